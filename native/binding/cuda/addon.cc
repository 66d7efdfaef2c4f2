// What the addon of the device exports: the losses, of arrays on the device, and those arrays. The
// binding of the losses is that of the processor's addon, native/binding; lib/binding.ts describes
// both to TypeScript.

#include <napi.h>

#include <string>
#include <vector>

#include "binding/cuda/device_array.h"
#include "binding/exports.h"
#include "binding/sources.h"
#include "cuda/memory.h"

namespace detloss {
namespace {

// { devices: [{ name, memory, capability }], problem }: where there are none, `problem` is why.
Napi::Value ListDevices(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string problem;
  const auto devices = Napi::Array::New(env);
  for (const cuda::DeviceInfo& device : cuda::Devices(&problem)) {
    const auto entry = Napi::Object::New(env);
    entry.Set("name", device.name);
    entry.Set("memory", static_cast<double>(device.memory));
    entry.Set("capability", device.capability);
    devices.Set(devices.Length(), entry);
  }
  const auto result = Napi::Object::New(env);
  result.Set("devices", devices);
  result.Set("problem", problem);
  return result;
}

Napi::Object Initialize(Napi::Env env, Napi::Object object) {
  const Exports exports(object);
  ExportRowLosses(exports);
  ExportCategoryLosses(exports);
  ExportDetectors(exports);
  ExportDeviceArrays(exports);
  exports.Value("sources", Napi::String::New(env, kSources));
  exports.Value("backend", Napi::String::New(env, cuda::Backend()));
  exports.Value("listDevices", Napi::Function::New<ListDevices>(env, "listDevices"));
  return object;
}

NODE_API_MODULE(detloss_cuda, Initialize)

}  // namespace
}  // namespace detloss
