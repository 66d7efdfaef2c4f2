// The arrays of a promised call, which other threads read and write while JavaScript runs.

#ifndef DETLOSS_BINDING_PROMISED_ARRAYS_H_
#define DETLOSS_BINDING_PROMISED_ARRAYS_H_

#include <napi.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

namespace detloss {

// JavaScript can take the memory of an ArrayBuffer away at any time (transfer it, shrink it, let a
// byte stream have it), and N-API has nothing that keeps it. So a promised call has memory of its
// own: inputs are copied to it, and outputs from it, by the thread of JavaScript, which looks at
// each array anew whenever it copies. A SharedArrayBuffer cannot be taken away as long as
// something refers to it, so a call uses that in place.
class PromisedArrays {
 public:
  // Where the call has an array: in its own memory, or in place.
  void* Take(napi_env env, napi_value array, void* data, size_t bytes, bool output);

  // From here on arrays may be used when the call that took them has returned; until Release.
  void Hold(napi_env env);
  void Release(napi_env env);

  // The size of the call's own memory.
  size_t Bytes() const { return bytes_; }

  // Makes the system back the call's own memory. A thread that has time does so: it takes several
  // times as long as to copy.
  void Touch() const;

  // Copies inputs, or outputs, until all are copied or `budget` bytes, which it takes those off.
  // True when all are. Throws where an array is no longer as it was.
  bool CopyInputs(napi_env env, size_t* budget) { return Copy(env, false, budget); }
  bool CopyOutputs(napi_env env, size_t* budget) { return Copy(env, true, budget); }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  struct Array {
    napi_value value = nullptr;  // while the call that takes it runs
    napi_ref reference = nullptr;
    std::unique_ptr<void, Free> memory;  // null where the array is used in place
    char* own = nullptr;                 // the part of it that the array has
    size_t bytes = 0;
    size_t copied = 0;
    bool output = false;
  };

  static char* DataOf(napi_env env, const Array& array);
  bool Copy(napi_env env, bool outputs, size_t* budget);

  std::vector<Array> arrays_;
  size_t bytes_ = 0;
  size_t next_ = 0;  // the first array that has not been looked at by the copy that is under way
};

}  // namespace detloss

#endif  // DETLOSS_BINDING_PROMISED_ARRAYS_H_
