#include "binding/promises.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

#include "binding/threads.h"

namespace detloss {

struct PromisedCall {
  std::shared_ptr<PromisedArrays> arrays;
  std::function<double(Crew*)> work;
  int threads = 1;
  Crew crew;
  bool computed = false;
  double result = 0.0;
  std::exception_ptr thrown;
  napi_deferred deferred = nullptr;

  void Run() {
    try {
      result = work(threads == 1 ? nullptr : &crew);
    } catch (...) {
      thrown = std::current_exception();
    }
    crew.Dismiss();
  }

  void Fail(const char* why) { thrown = std::make_exception_ptr(std::runtime_error(why)); }
};

namespace {

using Call = std::shared_ptr<PromisedCall>;

// An error of JavaScript's for one of C++.
napi_value ErrorOf(napi_env env, const std::exception_ptr& thrown) {
  napi_value message = nullptr;
  napi_value error = nullptr;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::out_of_range& range) {
    napi_create_string_utf8(env, range.what(), NAPI_AUTO_LENGTH, &message);
    napi_create_range_error(env, nullptr, message, &error);
  } catch (const std::invalid_argument& kind) {
    napi_create_string_utf8(env, kind.what(), NAPI_AUTO_LENGTH, &message);
    napi_create_type_error(env, nullptr, message, &error);
  } catch (const std::exception& other) {
    napi_create_string_utf8(env, other.what(), NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, nullptr, message, &error);
  }
  return error;
}

void Admit(napi_env env);

void Settle(napi_env env, const Call& call) {
  PromisedCalls& calls = PromisedCallsOf(env);
  calls.bytes -= call->arrays->Bytes();
  call->arrays->Release(env);
  call->arrays.reset();
  napi_status status = napi_ok;
  if (call->thrown) {
    status = napi_reject_deferred(env, call->deferred, ErrorOf(env, call->thrown));
  } else {
    napi_value value = nullptr;
    napi_create_double(env, call->result, &value);
    status = napi_resolve_deferred(env, call->deferred, value);
  }
  if (status != napi_ok) calls.closed = true;
  Admit(env);
}

void Copying(napi_env env, const Call& call);

void Compute(napi_env env, const Call& call) {
  const auto finish = [call](napi_env env) {
    call->computed = true;
    Copying(env, call);
  };
  if (!RunInPool(env, [call] { call->Run(); }, finish)) {
    call->Fail("Node takes no more work");
    return Settle(env, call);
  }
  // The pool begins tasks in the order in which they are queued: whoever helps has a call to help.
  for (int helper = 1; helper < call->threads; ++helper) {
    const auto help = [call] { call->crew.Help(std::chrono::hours(24)); };
    if (!RunInPool(env, help, [](napi_env) {})) break;
  }
}

// Copies what there is to copy, and has the call go on when that is done. False if it is not.
bool Advance(napi_env env, const Call& call) {
  size_t& budget = PromisedCallsOf(env).budget;
  PromisedArrays& arrays = *call->arrays;
  try {
    if (!call->thrown &&
        !(call->computed ? arrays.CopyOutputs(env, &budget) : arrays.CopyInputs(env, &budget))) {
      return false;
    }
  } catch (...) {
    call->thrown = std::current_exception();
  }
  if (call->computed || call->thrown) {
    Settle(env, call);
  } else {
    Compute(env, call);
  }
  return true;
}

// Asks for a turn of the event loop; where none is to be had, the calls that wait for it fail.
void AskForTurn(napi_env env) {
  PromisedCalls& calls = PromisedCallsOf(env);
  if (calls.asked) return;
  napi_value set_immediate = nullptr;
  napi_value copy_some = nullptr;
  napi_value receiver = nullptr;
  calls.asked = true;
  if (napi_get_reference_value(env, calls.set_immediate, &set_immediate) == napi_ok &&
      napi_get_reference_value(env, calls.copy_some, &copy_some) == napi_ok &&
      napi_get_undefined(env, &receiver) == napi_ok &&
      napi_call_function(env, receiver, set_immediate, 1, &copy_some, nullptr) == napi_ok) {
    return;
  }
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  calls.asked = false;
  while (!calls.copying.empty()) {
    const Call call = calls.copying.front();
    calls.copying.pop_front();
    call->Fail("the event loop takes no more work");
    Settle(env, call);
  }
}

void Copying(napi_env env, const Call& call) {
  PromisedCalls& calls = PromisedCallsOf(env);
  if (calls.copying.empty() && Advance(env, call)) return;
  calls.copying.push_back(call);
  AskForTurn(env);
}

// Begins as many of the calls that wait as there is memory for.
void Admit(napi_env env) {
  PromisedCalls& calls = PromisedCallsOf(env);
  if (calls.admitting) return;
  calls.admitting = true;
  while (!calls.waiting.empty() && !calls.closed) {
    const Call call = calls.waiting.front();
    const size_t bytes = call->arrays->Bytes();
    if (calls.bytes != 0 && calls.bytes + bytes > PromisedCalls::kMostBytes) break;
    calls.waiting.pop_front();
    calls.bytes += bytes;
    if (bytes <= PromisedCalls::kBytesPerTurn) {
      Copying(env, call);
      continue;
    }
    const auto touch = [arrays = call->arrays] { arrays->Touch(); };
    if (!RunInPool(env, touch, [call](napi_env env) { Copying(env, call); })) {
      call->Fail("Node takes no more work");
      Settle(env, call);
    }
  }
  calls.admitting = false;
}

// What a turn of the event loop calls.
napi_value CopySome(napi_env env, napi_callback_info) {
  PromisedCalls& calls = PromisedCallsOf(env);
  calls.asked = false;
  calls.budget = PromisedCalls::kBytesPerTurn;
  while (!calls.copying.empty()) {
    const Call call = calls.copying.front();
    calls.copying.pop_front();
    if (Advance(env, call)) continue;
    calls.copying.push_front(call);
    AskForTurn(env);
    break;
  }
  return nullptr;
}

}  // namespace

napi_value PromiseOf(napi_env env, std::shared_ptr<PromisedArrays> arrays, int threads,
                     std::function<double(Crew*)> work) {
  arrays->Hold(env);
  const Call call = std::make_shared<PromisedCall>();
  call->arrays = std::move(arrays);
  call->work = std::move(work);
  call->threads = threads;
  napi_value promise = nullptr;
  if (napi_create_promise(env, &call->deferred, &promise) != napi_ok) {
    call->arrays->Release(env);
    return nullptr;
  }
  PromisedCallsOf(env).waiting.push_back(call);
  Admit(env);
  return promise;
}

void UseEventLoop(napi_env env) {
  PromisedCalls& calls = PromisedCallsOf(env);
  napi_value global = nullptr;
  napi_value set_immediate = nullptr;
  napi_value copy_some = nullptr;
  if (napi_get_global(env, &global) == napi_ok &&
      napi_get_named_property(env, global, "setImmediate", &set_immediate) == napi_ok &&
      napi_create_function(env, nullptr, 0, CopySome, nullptr, &copy_some) == napi_ok) {
    napi_create_reference(env, copy_some, 1, &calls.copy_some);
    napi_create_reference(env, set_immediate, 1, &calls.set_immediate);
  }
}

}  // namespace detloss
