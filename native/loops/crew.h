// Threads that share the blocks of a call.

#ifndef DETLOSS_LOOPS_CREW_H_
#define DETLOSS_LOOPS_CREW_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace detloss {

// The thread of a call runs loops; helpers, which may come late, early or never, take part in them.
// A crew starts no threads of its own: whoever calls Help is one.
class Crew {
 public:
  using Patience = std::chrono::milliseconds;

  // Calls `body(block)` once for every block from 0 on, on this thread and on the helpers that are
  // there, and returns when all calls have. Only one thread may call this.
  template <class Body>
  void For(size_t blocks, const Body& body) {
    Loop loop;
    loop.blocks = blocks;
    loop.body = &body;
    loop.call = [](const void* body, size_t block) { (*static_cast<const Body*>(body))(block); };
    Run(loop);
  }

  // Takes part in loops until the crew is dismissed, or none begins for `patience`.
  void Help(Patience patience);

  // Sends all helpers away.
  void Dismiss();

 private:
  struct Loop {
    size_t blocks = 0;
    const void* body = nullptr;
    void (*call)(const void* body, size_t block) = nullptr;
    std::atomic<size_t> next{0};
  };

  void Run(Loop& loop);
  void TakePart(Loop& loop) const;
  void Spin(size_t entered) const;

  std::mutex mutex_;
  std::condition_variable begun_;
  Loop* loop_ = nullptr;
  // Begun so far, so that a helper enters each of them once.
  std::atomic<size_t> loops_{0};
  std::atomic<bool> dismissed_{false};
  std::atomic<int> inside_{0};   // helpers in the loop
  std::atomic<int> present_{0};  // helpers that wait for a loop or are in one
};

}  // namespace detloss

#endif  // DETLOSS_LOOPS_CREW_H_
