// What each family adds to the addon's exports.

#ifndef DETLOSS_BINDING_EXPORTS_H_
#define DETLOSS_BINDING_EXPORTS_H_

#include <napi.h>

#include <vector>

#include "binding/arguments.h"

namespace detloss {

// An object of exports, and the memory in which all of them find their numbers.
class Exports {
 public:
  // The addon's own, with that memory as `numbers`, a Float64Array of a SharedArrayBuffer: no
  // JavaScript can take that away.
  explicit Exports(Napi::Object object) : object_(object) {
    const Napi::Env env = object.Env();
    const auto make = [env](const char* name, napi_value argument) {
      return env.Global().Get(name).As<Napi::Function>().New({argument});
    };
    const size_t bytes = kMostNumbers * sizeof(double);
    const Napi::Value memory = make("SharedArrayBuffer", Napi::Number::New(env, bytes));
    const Napi::Value numbers = make("Float64Array", memory);
    napi_typedarray_type type = napi_int8_array;
    size_t length = 0;
    void* data = nullptr;
    napi_value buffer = nullptr;
    bool detachable = true;
    // JavaScript may have replaced the two constructors.
    if (napi_get_typedarray_info(env, numbers, &type, &length, &data, &buffer, nullptr) !=
            napi_ok ||
        napi_is_arraybuffer(env, buffer, &detachable) != napi_ok || detachable ||
        type != napi_float64_array || length != kMostNumbers) {
      throw Napi::Error::New(env, "there is no memory for the numbers of calls");
    }
    numbers_ = static_cast<double*>(data);
    object.Set("numbers", numbers);
    const auto slots = Napi::Array::New(env);
    for (const char* const name : kSlotNames) slots.Set(slots.Length(), name);
    object.Set("slots", slots);
    // For as long as there are functions that could be called.
    napi_ref forever = nullptr;
    napi_create_reference(env, numbers, 1, &forever);
  }

  // A new object exported under `name`.
  Exports Group(const char* name) const {
    const auto group = Napi::Object::New(object_.Env());
    object_.Set(name, group);
    return Exports(group, numbers_);
  }

  void Function(const char* name, napi_callback callback) const {
    const Napi::Env env = object_.Env();
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, numbers_, &function);
    object_.Set(name, Napi::Value(env, function));
  }

  // Exports the names of a table, the last of which is null, with the numbers by which
  // Arguments::Member knows them: from `first` on. Returns the number after the last.
  //
  // A function for each name would be simpler, but V8 takes 11 ns longer for calls of the
  // addon from a place in JavaScript that calls several of its functions.
  template <class Entry>
  size_t Family(const Entry* table, size_t first = 0) const {
    size_t number = first;
    for (; table->name != nullptr; ++table, ++number) {
      object_.Set(table->name, Napi::Number::New(object_.Env(), static_cast<double>(number)));
    }
    return number;
  }

  // Exports the names of a list of losses, in an object for each family, likewise.
  template <class Listed>
  void Losses(const std::vector<Listed>& list) const {
    for (size_t number = 0; number < list.size(); ++number) {
      Napi::Value family = object_.Get(list[number].family);
      if (family.IsUndefined()) {
        family = Napi::Object::New(object_.Env());
        object_.Set(list[number].family, family);
      }
      family.As<Napi::Object>().Set(list[number].name, Napi::Number::New(object_.Env(), number));
    }
  }

  void Value(const char* name, const Napi::Value& value) const { object_.Set(name, value); }

  Napi::Env Env() const { return object_.Env(); }

 private:
  Exports(Napi::Object object, double* numbers) : object_(object), numbers_(numbers) {}

  Napi::Object object_;
  double* numbers_;
};

void ExportRowLosses(const Exports& exports);
void ExportCategoryLosses(const Exports& exports);
void ExportCodecs(const Exports& exports);
void ExportDetectors(const Exports& exports);
void ExportOverlaps(const Exports& exports);
void ExportYoloV1(const Exports& exports);

}  // namespace detloss

#endif  // DETLOSS_BINDING_EXPORTS_H_
