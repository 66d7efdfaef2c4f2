// Which threads do a call's work: the calling one with helpers, or, for a promise, others alone.
// All of them but the calling one belong to Node's own pool, whose size is UV_THREADPOOL_SIZE.

#ifndef DETLOSS_BINDING_THREADS_H_
#define DETLOSS_BINDING_THREADS_H_

#include <napi.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "binding/arguments.h"
#include "loops/crew.h"

namespace detloss {

// How many threads, `most` at most, pay for work on so many floats.
int WorthwhileThreads(size_t floats, int most);

// The crew for a call of this JavaScript thread on so many floats, or null if it is better alone.
// As many helpers as make up `threads` are called where that pays. They may come while the call
// runs, and they stay for a moment, so that the next call has them at once.
Crew* CrewOf(napi_env env, int threads, size_t floats);

// N-API can hold an array, but not its memory, which JavaScript may transfer away from it. Before a
// call is promised, this function of JavaScript gets the memory of each of its arrays, to keep it
// in place or to throw. Without it nothing is promised.
void KeepMemoryBy(napi_env env, napi_value keep);

// A promise of what `work` returns, which Node's pool runs. Until then `held` are held.
napi_value PromiseOf(napi_env env, const std::vector<napi_value>& held, int threads,
                     std::function<double(Crew*)> work);

// Does `work`, which returns the call's result, as Arguments::Threads says: a number above 0 is the
// most threads for doing it now; one below 0 is the same with a minus, for a promise. `lists` are
// the call's arguments that are lists.
template <class Work>
napi_value Perform(napi_env env, const Arguments& arguments, size_t floats, const Work& work,
                   const std::vector<Arguments>& lists = {}) {
  const double threads = arguments.Threads();
  const int used = WorthwhileThreads(floats, static_cast<int>(threads < 0 ? -threads : threads));
  if (threads < 0) {
    std::vector<napi_value> held = arguments.Values();
    for (const Arguments& list : lists) {
      const std::vector<napi_value> values = list.Values();
      held.insert(held.end(), values.begin(), values.end());
    }
    return PromiseOf(env, held, used, work);
  }
  arguments.Return(work(CrewOf(env, used, floats)));
  return nullptr;
}

}  // namespace detloss

#endif  // DETLOSS_BINDING_THREADS_H_
