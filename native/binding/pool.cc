#include "binding/pool.h"

#ifndef _WIN32

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace detloss {
namespace {

// As libuv reads it.
unsigned PoolSize() {
  constexpr unsigned kDefault = 4;
  constexpr unsigned kMost = 1024;
  const char* const given = std::getenv("UV_THREADPOOL_SIZE");
  const auto size = given == nullptr ? kDefault : static_cast<unsigned>(std::atoi(given));
  return std::clamp(size, 1u, kMost);
}

// Makes so many threads as the pool makes them, which all exist at once, and ends them.
bool CanMakeThreads(unsigned count) {
  constexpr size_t kStack = 8 << 20;  // libuv's, whatever the limit for stacks
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setstacksize(&attributes, kStack);
  const auto wait = [](void* gate) -> void* {
    const std::lock_guard<std::mutex> lock(*static_cast<std::mutex*>(gate));
    return nullptr;
  };
  std::mutex gate;
  std::vector<pthread_t> threads(count);
  unsigned made = 0;
  {
    const std::lock_guard<std::mutex> lock(gate);
    while (made < count && pthread_create(&threads[made], &attributes, wait, &gate) == 0) ++made;
  }
  for (unsigned i = 0; i < made; ++i) pthread_join(threads[i], nullptr);
  pthread_attr_destroy(&attributes);
  return made == count;
}

}  // namespace

// Nothing tells whether the pool has its threads already, so that what could be once is remembered.
bool PoolCanStart() {
  static std::atomic<bool> could{false};
  if (!could.load(std::memory_order_relaxed)) could = CanMakeThreads(PoolSize());
  return could;
}

}  // namespace detloss

#else

namespace detloss {

bool PoolCanStart() { return true; }

}  // namespace detloss

#endif
