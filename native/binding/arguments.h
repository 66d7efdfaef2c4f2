// From JavaScript values to spans and numbers.
//
// lib/check.ts words the errors users see. What is checked here is what memory safety needs, so
// that the addon cannot be made to crash even when it is called without the facade.

#ifndef DETLOSS_BINDING_ARGUMENTS_H_
#define DETLOSS_BINDING_ARGUMENTS_H_

#include <napi.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "binding/distinct.h"
#include "binding/promised_arrays.h"
#include "binding/slots.h"
#include "loops/float_mode.h"
#include "loops/rows.h"

namespace detloss {

struct Floats {
  float* data = nullptr;
  size_t length = 0;
};

// An array: what of, how many, and where, which is on the device for an addon of the device.
struct ArrayInfo {
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void* data = nullptr;
};

// False where `value` is no array of this addon's, or one of another kind. Each addon has its own.
bool ReadArray(napi_env env, napi_value value, napi_typedarray_type kind, ArrayInfo* array);

// The arguments of one call, read in place: a call must not allocate. What is no number is passed
// as JavaScript passes arguments. Numbers are in memory that JavaScript and the addon share, as is
// the number that a call returns: through N-API each takes 3 to 5 ns to pass and some 20 to return,
// of a small call's 165.
//
// To read an array runs no JavaScript, and nothing may that comes after: it could take the memory
// of an array away. Where it must, CheckUnmoved looks at the arrays again. The arrays of a promised
// call are read as PromisedArrays has them.
class Arguments {
 public:
  static constexpr size_t kMost = 8;
  static constexpr double kMostCounted = 4294967295.0;
  static constexpr double kMostThreads = 1024;

  Arguments(napi_env env, napi_callback_info info) : env_(env), count_(kMost) {
    void* numbers = nullptr;
    napi_get_cb_info(env, info, &count_, values_.data(), nullptr, &numbers);
    result_ = static_cast<double*>(numbers);
    std::copy_n(result_, kMostNumbers, numbers_.begin());
    if (Later()) promised_ = std::make_shared<PromisedArrays>();
  }

  // Of a list of values of the same call.
  Arguments(const Arguments& call, const napi_value* values, size_t count)
      : env_(call.env_), count_(count), numbers_(call.numbers_), promised_(call.promised_) {
    std::copy_n(values, count, values_.begin());
  }

  // Which of the members of a family a call is for, by its number: see Exports::Family.
  size_t Member(size_t members) const {
    return Integer(Slot::kernel, 0, static_cast<double>(members) - 1);
  }

  // The same of a list, and of a table that ends with a null name. It is looked up at every call,
  // since tests change the instruction set in between.
  template <class Entry>
  const Entry& Member(const std::vector<Entry>& list) const {
    return list[Member(list.size())];
  }
  template <class Entry>
  const Entry& Member(const Entry* table) const {
    size_t members = 0;
    while (table[members].name != nullptr) ++members;
    return table[Member(members)];
  }

  bool Given(size_t index) const {
    if (index >= count_) return false;
    napi_valuetype type = napi_undefined;
    return napi_typeof(env_, values_[index], &type) == napi_ok && type != napi_undefined;
  }

  Floats FloatArray(size_t index) {
    Floats floats;
    floats.data = static_cast<float*>(
        TypedArray(index, napi_float32_array, "a Float32Array", &floats.length));
    return floats;
  }

  // The array, of `length` elements; none if the argument is undefined, which is asked only of what
  // is no array: it takes N-API 16 ns.
  const float* Optional(size_t index, size_t length) {
    return static_cast<float*>(OptionalOf(index, napi_float32_array, "a Float32Array", length));
  }

  const float* OfLength(size_t index, size_t length) {
    return static_cast<float*>(TypedArrayOf(index, napi_float32_array, "a Float32Array", length));
  }

  // The same of arrays that the call writes.
  float* OptionalOutput(size_t index, size_t length) {
    return static_cast<float*>(
        OptionalOf(index, napi_float32_array, "a Float32Array", length, true));
  }

  float* Output(size_t index, size_t length) {
    return static_cast<float*>(
        TypedArrayOf(index, napi_float32_array, "a Float32Array", length, true));
  }

  double* DoublesOutput(size_t index, size_t length) {
    return static_cast<double*>(
        TypedArrayOf(index, napi_float64_array, "a Float64Array", length, true));
  }

  const int32_t* Labels(size_t index, size_t length) {
    return static_cast<const int32_t*>(
        TypedArrayOf(index, napi_int32_array, "an Int32Array", length));
  }

  const int32_t* OptionalLabels(size_t index, size_t length) {
    return static_cast<const int32_t*>(
        OptionalOf(index, napi_int32_array, "an Int32Array", length));
  }

  const uint8_t* Bytes(size_t index, size_t length) {
    return static_cast<const uint8_t*>(
        TypedArrayOf(index, napi_uint8_array, "a Uint8Array", length));
  }

  // Numbers, which are read here and now.
  std::vector<double> Doubles(size_t index) const {
    ArrayInfo array;
    if (!Read(index, napi_float64_array, &array)) RefuseKind(index, "a Float64Array");
    const auto* const numbers = static_cast<const double*>(array.data);
    return {numbers, numbers + array.length};
  }

  napi_value Value(size_t index) const {
    if (index >= count_) throw std::invalid_argument("there are too few arguments");
    return values_[index];
  }

  double Number(Slot slot) const { return numbers_[static_cast<size_t>(slot)]; }
  bool Flag(Slot slot) const { return Number(slot) != 0.0; }

  // A number of things: an integer from `least` to `most`.
  size_t Integer(Slot slot, double least, double most) const {
    const double number = Number(slot);
    if (!(number >= least && number <= most)) {
      throw std::out_of_range(std::string(kSlotNames[static_cast<size_t>(slot)]) +
                              " is out of range");
    }
    return static_cast<size_t>(number);
  }

  // A hyperparameter, and the first `count` of them.
  double Hyper(size_t index = 0) const {
    return numbers_[static_cast<size_t>(Slot::hyper) + index];
  }
  void ReadHyper(size_t count, float (&hyper)[kMostHyper]) const {
    for (size_t i = 0; i < count; ++i) hyper[i] = static_cast<float>(Hyper(i));
  }

  Reduction ReductionOf(Reduction last) const {
    return static_cast<Reduction>(Integer(Slot::reduction, 0, static_cast<double>(last)));
  }
  Format FormatOf() const { return static_cast<Format>(Integer(Slot::format, 0, 4)); }
  size_t Count(Slot slot) const { return Integer(slot, 1, kMostCounted); }

  Grid GridOf(const Floats& anchors) const {
    Grid grid;
    grid.height = Count(Slot::height);
    grid.width = Count(Slot::width);
    grid.anchor_count = anchors.length / 2;
    grid.anchors = anchors.data;
    if (anchors.length == 0 || anchors.length % 2 != 0) {
      throw std::out_of_range("anchors are not pairs");
    }
    return grid;
  }

  // The most threads that compute the call, and whether its result is promised.
  int Threads() const { return static_cast<int>(Integer(Slot::threads, 1, kMostThreads)); }
  bool Later() const { return Flag(Slot::later); }

  // Where the call's numbers were is then what it returns.
  void Return(double result) const { *result_ = result; }

  // Throws where an output shares memory with another array.
  void CheckDistinct() const { detloss::CheckDistinct(spans_.data(), read_count_); }

  // Adds where the arrays are.
  void AddSpans(std::vector<MemorySpan>* spans) const {
    spans->insert(spans->end(), spans_.begin(), spans_.begin() + read_count_);
  }

  // Throws where an array is no longer as it was read.
  void CheckUnmoved() const {
    for (size_t i = 0; i < read_count_; ++i) {
      ArrayInfo array;
      if (spans_[i].begin != spans_[i].end &&
          !(Read(reads_[i].index, reads_[i].kind, &array) && array.length == reads_[i].length &&
            reinterpret_cast<uintptr_t>(array.data) == spans_[i].begin)) {
        throw std::invalid_argument("an array has been detached or resized during the call");
      }
    }
  }

  // The arrays of a call that is to be promised; null for any other.
  const std::shared_ptr<PromisedArrays>& Promised() const { return promised_; }

 private:
  struct ReadOnce {
    size_t index;
    napi_typedarray_type kind;
    size_t length;
  };

  bool Read(size_t index, napi_typedarray_type kind, ArrayInfo* array) const {
    return index < count_ && ReadArray(env_, values_[index], kind, array);
  }

  // Where the call has an array that has been read.
  void* Use(size_t index, napi_typedarray_type kind, const ArrayInfo& array, bool output) {
    if (read_count_ == kMost) throw std::logic_error("an array is read twice");
    const size_t size = kind == napi_float64_array ? 8 : kind == napi_uint8_array ? 1 : 4;
    const size_t bytes = array.length * size;
    const auto begin = reinterpret_cast<uintptr_t>(array.data);
    spans_[read_count_] = {begin, begin + bytes, output};
    reads_[read_count_] = {index, kind, array.length};
    ++read_count_;
    return promised_ ? promised_->Take(env_, values_[index], array.data, bytes, output)
                     : array.data;
  }

  [[noreturn]] static void RefuseKind(size_t index, const char* kind_name) {
    throw std::invalid_argument("argument " + std::to_string(index) + " is not " + kind_name);
  }

  void* TypedArray(size_t index, napi_typedarray_type kind, const char* kind_name, size_t* length) {
    ArrayInfo array;
    if (!Read(index, kind, &array)) RefuseKind(index, kind_name);
    *length = array.length;
    return Use(index, kind, array, false);
  }

  void* TypedArrayOf(size_t index, napi_typedarray_type kind, const char* kind_name, size_t length,
                     bool output = false) {
    ArrayInfo array;
    if (!Read(index, kind, &array)) RefuseKind(index, kind_name);
    if (array.length != length) {
      throw std::out_of_range("argument " + std::to_string(index) + " has the wrong length");
    }
    return Use(index, kind, array, output);
  }

  void* OptionalOf(size_t index, napi_typedarray_type kind, const char* kind_name, size_t length,
                   bool output = false) {
    ArrayInfo array;
    const bool read = Read(index, kind, &array);
    if (read && array.length == length) return Use(index, kind, array, output);
    return read || Given(index) ? TypedArrayOf(index, kind, kind_name, length, output) : nullptr;
  }

  napi_env env_;
  size_t count_;
  std::array<napi_value, kMost> values_;
  // As they were when the call was made: JavaScript that runs meanwhile may make other calls.
  std::array<double, kMostNumbers> numbers_;
  double* result_ = nullptr;
  // What has been read.
  size_t read_count_ = 0;
  std::array<MemorySpan, kMost> spans_;
  std::array<ReadOnce, kMost> reads_;
  std::shared_ptr<PromisedArrays> promised_;
};

// Runs `body(Arguments)`, whose result is a napi_value, and turns what it throws into JavaScript's
// TypeError (the wrong kind), RangeError (the wrong length or value) and Error (anything else).
template <class Body>
napi_value Guarded(napi_env env, napi_callback_info info, Body body) {
  const DefaultFloatMode mode;
  try {
    Arguments arguments(env, info);
    return body(arguments);
  } catch (const std::out_of_range& error) {
    napi_throw_range_error(env, nullptr, error.what());
  } catch (const std::invalid_argument& error) {
    napi_throw_type_error(env, nullptr, error.what());
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return nullptr;
}

}  // namespace detloss

#endif  // DETLOSS_BINDING_ARGUMENTS_H_
