// The instruction sets the kernels are compiled for.

#ifndef DETLOSS_LOOPS_TARGETS_H_
#define DETLOSS_LOOPS_TARGETS_H_

#include <string>
#include <vector>

namespace detloss {

// The names of those this processor has, best first.
std::vector<std::string> TargetNames();

// Makes every kernel of the process use this one; an empty name stands for the best. False if
// there is none of that name. For tests: kernels under way in other threads may use either.
bool UseTarget(const std::string& name);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_TARGETS_H_
