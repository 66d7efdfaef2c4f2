// Calls whose result is promised: copied from JavaScript, computed by Node's pool, copied back.

#ifndef DETLOSS_BINDING_PROMISES_H_
#define DETLOSS_BINDING_PROMISES_H_

#include <napi.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "binding/promised_arrays.h"
#include "loops/crew.h"

namespace detloss {

// A promise of what `work` returns, which Node's pool runs on the arrays that the call has taken.
napi_value PromiseOf(napi_env env, std::shared_ptr<PromisedArrays> arrays, int threads,
                     std::function<double(Crew*)> work);

// The thread of JavaScript copies some of the arrays in one turn of the event loop and the rest in
// the next ones. From here on it has them by the setImmediate of today.
void UseEventLoop(napi_env env);

struct PromisedCall;

// What the addon keeps of the promised calls of one JavaScript thread.
struct PromisedCalls {
  // As many bytes as are copied in one turn, which takes about a millisecond.
  static constexpr size_t kBytesPerTurn = 4 << 20;
  // As much memory as calls have for their copies, unless a single one needs more.
  static constexpr size_t kMostBytes = 256 << 20;

  std::deque<std::shared_ptr<PromisedCall>> waiting;  // for other calls to give memory back
  std::deque<std::shared_ptr<PromisedCall>> copying;  // in turns of the event loop
  size_t bytes = 0;                                   // of the memory that calls have
  size_t budget = kBytesPerTurn;                      // bytes left to copy in this turn
  napi_ref set_immediate = nullptr;
  napi_ref copy_some = nullptr;  // what is called in a turn
  bool asked = false;
  bool admitting = false;
  bool closed = false;  // the thread ends, and JavaScript gets no more results
};

}  // namespace detloss

#endif  // DETLOSS_BINDING_PROMISES_H_
