// What each family adds to the addon's exports.

#ifndef DETLOSS_BINDING_EXPORTS_H_
#define DETLOSS_BINDING_EXPORTS_H_

#include <napi.h>

#include "binding/arguments.h"

namespace detloss {

struct Nothing {};

// An object of exports, and the memory in which all of them find their numbers.
class Exports {
 public:
  // The addon's own, with that memory as `numbers`, a Float64Array.
  explicit Exports(Napi::Object object) : object_(object) {
    const Napi::Env env = object.Env();
    auto memory = Napi::ArrayBuffer::New(env, Arguments::kMostNumbers * sizeof(double));
    numbers_ = static_cast<double*>(memory.Data());
    object.Set("numbers", Napi::Float64Array::New(env, Arguments::kMostNumbers, memory, 0));
    // For as long as there are functions that could be called.
    napi_ref forever = nullptr;
    napi_create_reference(env, memory, 1, &forever);
  }

  // A new object exported under `name`.
  Exports Group(const char* name) const {
    const auto group = Napi::Object::New(object_.Env());
    object_.Set(name, group);
    return Exports(group, numbers_);
  }

  // Exports `callback` under `name`; it finds `data` by Arguments::Registered.
  template <class Data = Nothing>
  void Function(const char* name, napi_callback callback, const Data& data = {}) const {
    const Napi::Env env = object_.Env();
    auto* kept = new RegistrationOf<Data>{{numbers_}, data};
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, kept, &function);
    object_.Set(name, Napi::Value(env, function));
    const auto release = [](napi_env, void* data, void*) {
      delete static_cast<RegistrationOf<Data>*>(data);
    };
    napi_add_finalizer(env, function, kept, release, nullptr, nullptr);
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

}  // namespace detloss

#endif  // DETLOSS_BINDING_EXPORTS_H_
