// What the addon exports; lib/binding.ts describes it to TypeScript.

#include <napi.h>

#include <string>

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/promises.h"
#include "binding/sources.h"
#include "loops/rows.h"
#include "loops/targets.h"

namespace detloss {

// To ask N-API for an array's kind takes it 17 ns of 26, of a small call's 165. That numbers have
// the size of floats is what memory is safe by; whether they are floats, lib/check.ts has seen.
bool ReadArray(napi_env env, napi_value value, napi_typedarray_type kind, ArrayInfo* array) {
  const bool floats = kind == napi_float32_array;
  if (napi_get_typedarray_info(env, value, floats ? nullptr : &array->type, &array->length,
                               &array->data, nullptr, nullptr) != napi_ok) {
    return false;
  }
  PrefetchFirst(array->data);
  if (!floats) return array->type == kind;
  size_t bytes = 0;
  return napi_get_buffer_info(env, value, nullptr, &bytes) == napi_ok &&
         bytes == array->length * sizeof(float);
}

namespace {

Napi::Value ListTargets(const Napi::CallbackInfo& info) {
  const auto list = Napi::Array::New(info.Env());
  for (const std::string& name : TargetNames()) list.Set(list.Length(), name);
  return list;
}

Napi::Value UseTargetNamed(const Napi::CallbackInfo& info) {
  const bool known = UseTarget(info[0].IsString() ? info[0].As<Napi::String>() : std::string());
  return Napi::Boolean::New(info.Env(), known);
}

// (typed array, typed array): whether they have memory in common.
napi_value Share(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) {
    MemorySpan spans[2];
    for (size_t i = 0; i < 2; ++i) {
      void* data = nullptr;
      void* unused = nullptr;
      size_t bytes = 0;
      if (napi_get_typedarray_info(env, arguments.Value(i), nullptr, nullptr, &data, nullptr,
                                   nullptr) != napi_ok ||
          napi_get_buffer_info(env, arguments.Value(i), &unused, &bytes) != napi_ok) {
        throw std::invalid_argument("argument " + std::to_string(i) + " is not a typed array");
      }
      spans[i].begin = reinterpret_cast<uintptr_t>(data);
      spans[i].end = spans[i].begin + bytes;
    }
    napi_value result = nullptr;
    napi_get_boolean(env, ShareMemory(spans[0], spans[1]), &result);
    return result;
  });
}

Napi::Object Initialize(Napi::Env env, Napi::Object object) {
  const Exports exports(object);
  UseEventLoop(env);
  ExportRowLosses(exports);
  ExportCategoryLosses(exports);
  ExportOverlaps(exports);
  ExportCodecs(exports);
  ExportDetectors(exports);
  ExportYoloV1(exports);
  exports.Value("sources", Napi::String::New(env, kSources));
  exports.Value("targets", Napi::Function::New<ListTargets>(env, "targets"));
  exports.Value("useTarget", Napi::Function::New<UseTargetNamed>(env, "useTarget"));
  exports.Function("shareMemory", Share);
  return object;
}

NODE_API_MODULE(detloss, Initialize)

}  // namespace
}  // namespace detloss
