// Which sources the addon is built from.

#ifndef DETLOSS_BINDING_SOURCES_H_
#define DETLOSS_BINDING_SOURCES_H_

namespace detloss {

// Their hash, which native/sources.cjs writes at every build.
extern const char kSources[];

}  // namespace detloss

#endif  // DETLOSS_BINDING_SOURCES_H_
