#include "binding/threads.h"

#include <algorithm>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "binding/pool.h"
#include "loops/float_mode.h"

namespace detloss {
namespace {

using Clock = std::chrono::steady_clock;

// Below this a helper costs more than it saves where it is just going to sleep: measured, two
// threads with a third of it each were sometimes slower than one.
constexpr size_t kFloatsPerThread = 96 * 1024;

// To call a helper from the pool costs some 20 µs, and it comes some 100 µs later: worth it for one
// call on so many floats, or for calls that follow one another so soon that it is still there.
constexpr size_t kFloatsOfLongCall = 1024 * 1024;
constexpr std::chrono::milliseconds kSoon(2);

// What the pool runs, and what this thread does with it afterwards.
struct Task {
  std::function<void()> run;
  std::function<void(napi_env)> finish;
  napi_async_work work = nullptr;
};

// False where Node takes no more tasks, as it does while it stops.
bool Queue(napi_env env, std::unique_ptr<Task> task) {
  const auto run = [](napi_env, void* data) {
    const DefaultFloatMode mode;
    static_cast<Task*>(data)->run();
  };
  const auto finish = [](napi_env env, napi_status, void* data) {
    const std::unique_ptr<Task> task(static_cast<Task*>(data));
    task->finish(env);
    napi_delete_async_work(env, task->work);
  };
  napi_value name = nullptr;
  if (napi_create_string_utf8(env, "detloss", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, nullptr, name, run, finish, task.get(), &task->work) != napi_ok) {
    return false;
  }
  if (napi_queue_async_work(env, task->work) != napi_ok) {
    napi_delete_async_work(env, task->work);
    return false;
  }
  task.release();
  return true;
}

// The helpers of one JavaScript thread's calls.
struct Helpers {
  Crew crew;
  std::atomic<int> called{0};  // and not gone yet
  // Tasks that the event loop has not put away. While JavaScript does not return to it they pile
  // up, so the more there are the longer helpers stay, and beyond some no more are called.
  int tasks = 0;
  Clock::time_point last_call;

  static constexpr int kMostTasks = 1000;

  Crew::Patience PatienceOfNext() const { return Crew::Patience(std::min(1 + tasks, 100)); }
};

// What the addon keeps for one JavaScript thread.
struct Instance {
  std::shared_ptr<Helpers> helpers = std::make_shared<Helpers>();
  PromisedCalls promised;
};

Instance& InstanceOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  if (data == nullptr) {
    data = new Instance;
    const auto release = [](napi_env, void* data, void*) { delete static_cast<Instance*>(data); };
    napi_set_instance_data(env, data, release, nullptr);
  }
  return *static_cast<Instance*>(data);
}

}  // namespace

int WorthwhileThreads(size_t floats, int most) {
  const size_t worthwhile = std::max<size_t>(1, floats / kFloatsPerThread);
  return static_cast<int>(std::min<size_t>(worthwhile, static_cast<size_t>(std::max(1, most))));
}

PromisedCalls& PromisedCallsOf(napi_env env) { return InstanceOf(env).promised; }

bool RunInPool(napi_env env, std::function<void()> run, std::function<void(napi_env)> finish) {
  if (!PoolCanStart()) {
    const DefaultFloatMode mode;
    run();
    finish(env);
    return true;
  }
  auto task = std::make_unique<Task>();
  task->run = std::move(run);
  task->finish = std::move(finish);
  return Queue(env, std::move(task));
}

Crew* CrewOf(napi_env env, int threads, size_t floats) {
  if (threads == 1) return nullptr;
  const std::shared_ptr<Helpers>& helpers = InstanceOf(env).helpers;
  const Clock::time_point now = Clock::now();
  const bool worthwhile = floats >= kFloatsOfLongCall || now - helpers->last_call < kSoon;
  helpers->last_call = now;
  // Counted once: on a busy machine the first may have gone before the last is called.
  int missing = worthwhile ? threads - 1 - helpers->called : 0;
  if (missing > 0 && !PoolCanStart()) missing = 0;
  for (int call = 0; call < missing && helpers->tasks < Helpers::kMostTasks; ++call) {
    auto task = std::make_unique<Task>();
    const Crew::Patience patience = helpers->PatienceOfNext();
    task->run = [helpers, patience] {
      helpers->crew.Help(patience);
      --helpers->called;
    };
    task->finish = [helpers](napi_env) { --helpers->tasks; };
    if (!Queue(env, std::move(task))) break;
    ++helpers->called;
    ++helpers->tasks;
  }
  return helpers->called == 0 ? nullptr : &helpers->crew;
}

}  // namespace detloss
