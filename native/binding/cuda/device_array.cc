#include "binding/cuda/device_array.h"

#include <memory>

#include "binding/arguments.h"
#include "binding/exports.h"
#include "cuda/memory.h"

namespace detloss {
namespace {

constexpr napi_type_tag kTag = {0x8b6f2d1c94e34a70, 0xa1d5c7e2380f4b96};

// Memory of the device, which JavaScript's garbage collector counts and frees.
class DeviceArray {
 public:
  DeviceArray(napi_env env, napi_typedarray_type type, size_t length)
      : env_(env), array_{type, length, cuda::Allocate(length * SizeOf(type))} {
    Account(static_cast<int64_t>(Bytes()));
  }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { Dispose(); }

  static size_t SizeOf(napi_typedarray_type type) { return type == napi_uint8_array ? 1 : 4; }

  const ArrayInfo& array() const { return array_; }
  size_t Bytes() const { return array_.length * SizeOf(array_.type); }
  bool disposed() const { return disposed_; }

  void Dispose() {
    if (disposed_) return;
    disposed_ = true;
    cuda::Free(array_.data);
    Account(-static_cast<int64_t>(Bytes()));
  }

 private:
  void Account(int64_t bytes) const {
    int64_t total = 0;
    napi_adjust_external_memory(env_, bytes, &total);
  }

  napi_env env_;
  ArrayInfo array_;
  bool disposed_ = false;
};

// The array behind a handle; null where `value` is none.
DeviceArray* ArrayOf(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  bool tagged = false;
  void* data = nullptr;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_object ||
      napi_check_object_type_tag(env, value, &kTag, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, value, &data) != napi_ok) {
    return nullptr;
  }
  return static_cast<DeviceArray*>(data);
}

DeviceArray& UsableArray(napi_env env, napi_value value) {
  DeviceArray* const array = ArrayOf(env, value);
  if (array == nullptr) throw std::invalid_argument("argument 0 is no array of the device");
  if (array->disposed()) throw std::invalid_argument("the array has been disposed");
  return *array;
}

// The typed array that has as many numbers of the same kind as `array`.
void* HostArray(napi_env env, napi_value value, const ArrayInfo& array) {
  ArrayInfo host;
  if (napi_get_typedarray_info(env, value, &host.type, &host.length, &host.data, nullptr,
                               nullptr) != napi_ok ||
      host.type != array.type) {
    throw std::invalid_argument("argument 1 is no typed array of the same kind");
  }
  if (host.length != array.length) throw std::out_of_range("argument 1 has the wrong length");
  return host.data;
}

// Argument `index`, a number from `least` to `most`.
size_t NumberAt(napi_env env, const Arguments& arguments, size_t index, double least, double most) {
  double number = 0.0;
  if (napi_get_value_double(env, arguments.Value(index), &number) != napi_ok ||
      !(number >= least && number <= most)) {
    throw std::out_of_range("argument " + std::to_string(index) + " is out of range");
  }
  return static_cast<size_t>(number);
}

// (kind, as napi_typedarray_type has it, length): a handle.
napi_value Allocate(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) {
    constexpr double kMost = 1ull << 48;
    const auto type = static_cast<napi_typedarray_type>(
        NumberAt(env, arguments, 0, napi_int8_array, napi_biguint64_array));
    if (type != napi_float32_array && type != napi_int32_array && type != napi_uint8_array) {
      throw std::out_of_range("there are no such arrays on the device");
    }
    auto array = std::make_unique<DeviceArray>(env, type, NumberAt(env, arguments, 1, 0, kMost));
    napi_value handle = nullptr;
    napi_create_object(env, &handle);
    const auto release = [](napi_env, void* data, void*) {
      delete static_cast<DeviceArray*>(data);
    };
    if (napi_type_tag_object(env, handle, &kTag) != napi_ok ||
        napi_wrap(env, handle, array.get(), release, nullptr, nullptr) != napi_ok) {
      throw std::runtime_error("the array cannot be handed to JavaScript");
    }
    array.release();
    return handle;
  });
}

// (handle, typed array)
napi_value Upload(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) -> napi_value {
    const DeviceArray& array = UsableArray(env, arguments.Value(0));
    const void* const from = HostArray(env, arguments.Value(1), array.array());
    cuda::CopyToDevice(array.array().data, from, array.Bytes());
    return nullptr;
  });
}

// (handle, typed array)
napi_value Download(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) -> napi_value {
    const DeviceArray& array = UsableArray(env, arguments.Value(0));
    void* const to = HostArray(env, arguments.Value(1), array.array());
    cuda::CopyToHost(to, array.array().data, array.Bytes());
    return nullptr;
  });
}

// (handle); again for an array that is disposed does nothing.
napi_value Dispose(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) -> napi_value {
    DeviceArray* const array = ArrayOf(env, arguments.Value(0));
    if (array == nullptr) throw std::invalid_argument("argument 0 is no array of the device");
    array->Dispose();
    return nullptr;
  });
}

}  // namespace

// Float64Arrays, which carry a call's few numbers, stay in the host's memory.
bool ReadArray(napi_env env, napi_value value, napi_typedarray_type kind, ArrayInfo* array) {
  if (const DeviceArray* const device = ArrayOf(env, value)) {
    *array = device->array();
    return !device->disposed() && array->type == kind;
  }
  return kind == napi_float64_array &&
         napi_get_typedarray_info(env, value, &array->type, &array->length, &array->data, nullptr,
                                  nullptr) == napi_ok &&
         array->type == kind;
}

void ExportDeviceArrays(const Exports& exports) {
  exports.Function("allocate", Allocate);
  exports.Function("upload", Upload);
  exports.Function("download", Download);
  exports.Function("dispose", Dispose);
}

}  // namespace detloss
