#include "binding/threads.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <utility>
#include <vector>

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
  const auto run = [](napi_env, void* data) { static_cast<Task*>(data)->run(); };
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
  napi_ref keep = nullptr;  // the function of KeepMemoryBy
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

// Calls JavaScript's `keep` with the memory of every array of `held`. False where it throws.
bool KeepMemory(napi_env env, const std::vector<napi_value>& held) {
  const napi_ref keep = InstanceOf(env).keep;
  if (keep == nullptr) throw std::runtime_error("nothing keeps the memory of a promised call");
  napi_value function = nullptr;
  napi_value receiver = nullptr;
  napi_get_reference_value(env, keep, &function);
  napi_get_undefined(env, &receiver);
  for (const napi_value value : held) {
    napi_value memory = nullptr;
    bool is_array = false;
    napi_is_typedarray(env, value, &is_array);
    if (!is_array) continue;
    napi_get_typedarray_info(env, value, nullptr, nullptr, nullptr, &memory, nullptr);
    if (napi_call_function(env, receiver, function, 1, &memory, nullptr) != napi_ok) return false;
  }
  return true;
}

// References to all objects of `held`.
std::vector<napi_ref> Hold(napi_env env, const std::vector<napi_value>& held) {
  std::vector<napi_ref> references;
  for (const napi_value value : held) {
    napi_ref reference = nullptr;
    if (napi_create_reference(env, value, 1, &reference) == napi_ok) {
      references.push_back(reference);
    }
  }
  return references;
}

// An error of JavaScript's for one of C++.
napi_value ErrorOf(napi_env env, const std::exception_ptr& thrown) {
  napi_value message = nullptr;
  napi_value error = nullptr;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::out_of_range& range) {
    napi_create_string_utf8(env, range.what(), NAPI_AUTO_LENGTH, &message);
    napi_create_range_error(env, nullptr, message, &error);
  } catch (const std::exception& other) {
    napi_create_string_utf8(env, other.what(), NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, nullptr, message, &error);
  }
  return error;
}

// A call whose result is promised.
struct Promised {
  std::function<double(Crew*)> work;
  Crew crew;
  double result = 0.0;
  std::exception_ptr thrown;
  napi_deferred deferred = nullptr;
  std::vector<napi_ref> held;

  void Run(int threads) {
    try {
      result = work(threads == 1 ? nullptr : &crew);
    } catch (...) {
      thrown = std::current_exception();
    }
    crew.Dismiss();
  }

  void Settle(napi_env env) {
    for (napi_ref reference : held) napi_delete_reference(env, reference);
    if (thrown) {
      napi_reject_deferred(env, deferred, ErrorOf(env, thrown));
    } else {
      napi_value value = nullptr;
      napi_create_double(env, result, &value);
      napi_resolve_deferred(env, deferred, value);
    }
  }
};

}  // namespace

int WorthwhileThreads(size_t floats, int most) {
  const size_t worthwhile = std::max<size_t>(1, floats / kFloatsPerThread);
  return static_cast<int>(std::min<size_t>(worthwhile, static_cast<size_t>(std::max(1, most))));
}

void KeepMemoryBy(napi_env env, napi_value keep) {
  Instance& instance = InstanceOf(env);
  if (instance.keep != nullptr) napi_delete_reference(env, instance.keep);
  instance.keep = nullptr;
  napi_create_reference(env, keep, 1, &instance.keep);
}

Crew* CrewOf(napi_env env, int threads, size_t floats) {
  if (threads == 1) return nullptr;
  const std::shared_ptr<Helpers>& helpers = InstanceOf(env).helpers;
  const Clock::time_point now = Clock::now();
  const bool worthwhile = floats >= kFloatsOfLongCall || now - helpers->last_call < kSoon;
  helpers->last_call = now;
  // Counted once: on a busy machine the first may have gone before the last is called.
  const int missing = worthwhile ? threads - 1 - helpers->called : 0;
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

napi_value PromiseOf(napi_env env, const std::vector<napi_value>& held, int threads,
                     std::function<double(Crew*)> work) {
  if (!KeepMemory(env, held)) return nullptr;
  const auto promised = std::make_shared<Promised>();
  promised->work = std::move(work);
  promised->held = Hold(env, held);
  napi_value promise = nullptr;
  if (napi_create_promise(env, &promised->deferred, &promise) != napi_ok) return nullptr;

  auto task = std::make_unique<Task>();
  task->run = [promised, threads] { promised->Run(threads); };
  task->finish = [promised](napi_env env) { promised->Settle(env); };
  if (!Queue(env, std::move(task))) {
    promised->thrown = std::make_exception_ptr(std::runtime_error("Node takes no more work"));
    promised->Settle(env);
    return promise;
  }
  // The pool begins tasks in the order in which they are queued: whoever helps has a call to help.
  for (int helper = 1; helper < threads; ++helper) {
    auto help = std::make_unique<Task>();
    help->run = [promised] { promised->crew.Help(std::chrono::hours(24)); };
    help->finish = [](napi_env) {};
    if (!Queue(env, std::move(help))) break;
  }
  return promise;
}

}  // namespace detloss
