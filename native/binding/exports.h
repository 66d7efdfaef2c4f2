// What each family adds to the addon's exports.

#ifndef DETLOSS_BINDING_EXPORTS_H_
#define DETLOSS_BINDING_EXPORTS_H_

#include <napi.h>

namespace detloss {

void ExportRowLosses(Napi::Env env, Napi::Object exports);
void ExportCategoryLosses(Napi::Env env, Napi::Object exports);
void ExportCodecs(Napi::Env env, Napi::Object exports);
void ExportDetectors(Napi::Env env, Napi::Object exports);
void ExportOverlaps(Napi::Env env, Napi::Object exports);

// A new object exported under `name`.
inline Napi::Object AddGroup(Napi::Env env, Napi::Object exports, const char* name) {
  const auto group = Napi::Object::New(env);
  exports.Set(name, group);
  return group;
}

struct Nothing {};

// Exports `callback` under `name`; it finds `data` by Arguments::Registered.
template <class Data = Nothing>
void AddFunction(Napi::Env env, Napi::Object exports, const char* name, napi_callback callback,
                 Data data = {}) {
  auto* kept = new Data(data);
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, kept, &function);
  exports.Set(name, Napi::Value(env, function));
  napi_add_finalizer(
      env, function, kept, [](napi_env, void* data, void*) { delete static_cast<Data*>(data); },
      nullptr, nullptr);
}

}  // namespace detloss

#endif  // DETLOSS_BINDING_EXPORTS_H_
