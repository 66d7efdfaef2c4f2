// Calls on the device need no threads of the host, and the device's arrays may be disposed while a
// promise is pending.

#include "binding/threads.h"

#include <stdexcept>

namespace detloss {

int WorthwhileThreads(size_t, int) { return 1; }

Crew* CrewOf(napi_env, int, size_t) { return nullptr; }

napi_value PromiseOf(napi_env, std::shared_ptr<PromisedArrays>, int, std::function<double(Crew*)>) {
  throw std::invalid_argument("there are no promises of the device");
}

}  // namespace detloss
