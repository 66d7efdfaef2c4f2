#include "loops/crew.h"

#include <algorithm>
#include <thread>

namespace detloss {

// Blocks are taken several at a time, the fewer the fewer are left: one atomic operation for many
// blocks at first, and no thread with much to do when the others are finished.
void Crew::TakePart(Loop& loop) const {
  const size_t shares = 4 * (1 + static_cast<size_t>(present_.load(std::memory_order_relaxed)));
  size_t begin = loop.next.load(std::memory_order_relaxed);
  while (begin < loop.blocks) {
    const size_t end = begin + std::max<size_t>(1, (loop.blocks - begin) / shares);
    if (!loop.next.compare_exchange_weak(begin, end, std::memory_order_relaxed)) continue;
    for (size_t block = begin; block < end; ++block) loop.call(loop.body, block);
    begin = loop.next.load(std::memory_order_relaxed);
  }
}

void Crew::Run(Loop& loop) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    loop_ = &loop;
    loops_.fetch_add(1, std::memory_order_relaxed);
  }
  begun_.notify_all();
  TakePart(loop);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    loop_ = nullptr;
  }
  // Whoever is still inside is at its last block, so that sleeping would take longer.
  while (inside_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

// One call often follows another, and to wake a thread that sleeps takes longer than many a call.
void Crew::Spin(size_t entered) const {
  constexpr std::chrono::microseconds kSpin(100);
  const auto until = std::chrono::steady_clock::now() + kSpin;
  while (loops_.load(std::memory_order_relaxed) == entered && !dismissed_ &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
}

void Crew::Help(Patience patience) {
  ++present_;
  std::unique_lock<std::mutex> lock(mutex_);
  size_t entered = 0;
  const auto ready = [&] { return dismissed_ || (loop_ != nullptr && loops_ != entered); };
  while (begun_.wait_for(lock, patience, ready) && !dismissed_) {
    Loop& loop = *loop_;
    entered = loops_;
    ++inside_;
    lock.unlock();
    TakePart(loop);
    inside_.fetch_sub(1, std::memory_order_release);
    Spin(entered);
    lock.lock();
  }
  --present_;
}

void Crew::Dismiss() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    dismissed_ = true;
  }
  begun_.notify_all();
}

}  // namespace detloss
