// Which threads do a call's work: the calling one with helpers, or, for a promise, others alone.
// All of them but the calling one belong to Node's own pool, whose size is UV_THREADPOOL_SIZE.

#ifndef DETLOSS_BINDING_THREADS_H_
#define DETLOSS_BINDING_THREADS_H_

#include <napi.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "binding/arguments.h"
#include "binding/promises.h"
#include "loops/crew.h"

namespace detloss {

// How many threads, `most` at most, pay for work on so many floats.
int WorthwhileThreads(size_t floats, int most);

// The crew for a call of this JavaScript thread on so many floats, or null if it is better alone.
// As many helpers as make up `threads` are called where that pays. They may come while the call
// runs, and they stay for a moment, so that the next call has them at once.
Crew* CrewOf(napi_env env, int threads, size_t floats);

// Has Node's pool do `run`, and the thread of JavaScript afterwards `finish`. False where Node
// takes no more work, as it does while it stops. Where the pool cannot have its threads, both are
// done at once, on this one.
bool RunInPool(napi_env env, std::function<void()> run, std::function<void(napi_env)> finish);

PromisedCalls& PromisedCallsOf(napi_env env);

// Runs `work`, which returns the call's result, now or as a promise. `lists`: arguments that are
// lists of arrays, which a promise must hold too.
template <class Work>
napi_value Perform(napi_env env, const Arguments& arguments, size_t floats, const Work& work,
                   const std::vector<Arguments>& lists = {}) {
  const int used = WorthwhileThreads(floats, arguments.Threads());
  if (arguments.Later()) return PromiseOf(env, arguments.Promised(), used, work);
  Crew* const crew = CrewOf(env, used, floats);
  if (used > 1) {
    // To ask the pool for helpers runs the hooks of JavaScript's async_hooks.
    arguments.CheckUnmoved();
    for (const Arguments& list : lists) list.CheckUnmoved();
  }
  arguments.Return(work(crew));
  return nullptr;
}

}  // namespace detloss

#endif  // DETLOSS_BINDING_THREADS_H_
