#include "binding/promised_arrays.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace detloss {
namespace {

// A vector of the widest instruction set, so that none lies across two lines of the cache.
constexpr size_t kAlignment = 64;
// Of memory that the system backs at once.
constexpr size_t kPage = 4096;
// As many bytes are copied in the time it takes to look at an array.
constexpr size_t kBytesPerLook = 1024;

}  // namespace

void* PromisedArrays::Take(napi_env env, napi_value array, void* data, size_t bytes, bool output) {
  if (bytes == 0) return data;
  napi_value buffer = nullptr;
  bool detachable = false;
  if (napi_get_typedarray_info(env, array, nullptr, nullptr, nullptr, &buffer, nullptr) !=
          napi_ok ||
      napi_is_arraybuffer(env, buffer, &detachable) != napi_ok) {
    throw std::invalid_argument("there are no promises of such arrays");
  }
  Array taken;
  taken.value = array;
  taken.bytes = bytes;
  taken.output = output;
  if (detachable) {
    taken.memory.reset(bytes > SIZE_MAX - kAlignment ? nullptr : std::malloc(bytes + kAlignment));
    if (!taken.memory) throw std::runtime_error("there is no memory for a copy of the arrays");
    const auto address = reinterpret_cast<uintptr_t>(taken.memory.get());
    taken.own = static_cast<char*>(taken.memory.get()) + (kAlignment - address % kAlignment);
    bytes_ += bytes;
  }
  arrays_.push_back(std::move(taken));
  return detachable ? arrays_.back().own : data;
}

void PromisedArrays::Hold(napi_env env) {
  for (Array& array : arrays_) {
    if (napi_create_reference(env, array.value, 1, &array.reference) != napi_ok) {
      Release(env);
      throw std::runtime_error("an array cannot be held");
    }
  }
}

void PromisedArrays::Release(napi_env env) {
  for (Array& array : arrays_) {
    if (array.reference != nullptr) napi_delete_reference(env, array.reference);
    array.reference = nullptr;
  }
}

void PromisedArrays::Touch() const {
  for (const Array& array : arrays_) {
    for (size_t at = 0; array.own != nullptr && at < array.bytes; at += kPage) array.own[at] = 0;
  }
}

// None of these calls runs JavaScript, so an array stays as it is found until the next turn.
char* PromisedArrays::DataOf(napi_env env, const Array& array) {
  napi_value value = nullptr;
  void* data = nullptr;
  void* unused = nullptr;
  size_t bytes = 0;
  if (napi_get_reference_value(env, array.reference, &value) != napi_ok || value == nullptr ||
      napi_get_buffer_info(env, value, &unused, &bytes) != napi_ok || bytes != array.bytes ||
      napi_get_typedarray_info(env, value, nullptr, nullptr, &data, nullptr, nullptr) != napi_ok ||
      data == nullptr) {
    throw std::invalid_argument(
        "expected the memory of all arrays to stay until the promise settles, got an array that "
        "has been detached or resized");
  }
  return static_cast<char*>(data);
}

bool PromisedArrays::Copy(napi_env env, bool outputs, size_t* budget) {
  const auto is_meant = [outputs](const Array& array) {
    return array.own != nullptr && array.output == outputs;
  };
  // All outputs are there before one is written.
  if (outputs && next_ == 0) {
    for (const Array& array : arrays_) {
      if (is_meant(array)) DataOf(env, array);
    }
  }
  for (; next_ < arrays_.size(); ++next_) {
    Array& array = arrays_[next_];
    if (!is_meant(array)) continue;
    char* const there = DataOf(env, array) + array.copied;
    char* const own = array.own + array.copied;
    const size_t bytes = std::min(*budget, array.bytes - array.copied);
    std::memcpy(outputs ? there : own, outputs ? own : there, bytes);
    array.copied += bytes;
    if (array.copied < array.bytes) {
      *budget = 0;
      return false;
    }
    *budget -= std::min(*budget, bytes + kBytesPerLook);
  }
  next_ = 0;
  return true;
}

}  // namespace detloss
