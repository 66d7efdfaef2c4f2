// Another addon in the process: it has memory at addresses of its own, and changes the
// floating-point mode of threads.
#include <fenv.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <node_api.h>

static void SetMode(int32_t mode) {
  static const int kRoundings[] = {FE_TONEAREST, FE_TONEAREST, FE_DOWNWARD, FE_UPWARD,
                                   FE_TOWARDZERO};
  fesetround(kRoundings[mode]);
  const int flush = mode == 1;
#if defined(__x86_64__)
  const unsigned kFlush = 0x8040;  // results and arguments that are subnormal count as 0
  const unsigned csr = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(flush ? csr | kFlush : csr & ~kFlush);
#elif defined(__aarch64__)
  const uint64_t kFlush = 1u << 24;
  uint64_t fpcr = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
  fpcr = flush ? fpcr | kFlush : fpcr & ~kFlush;
  __asm__ volatile("msr fpcr, %0" ::"r"(fpcr));
#endif
}

static int32_t IntegerAt(napi_env env, napi_callback_info info, size_t index) {
  napi_value values[2];
  size_t count = 2;
  int32_t number = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_value_int32(env, values[index], &number);
  return number;
}

// (mode): of this thread.
static napi_value SetModeHere(napi_env env, napi_callback_info info) {
  SetMode(IntegerAt(env, info, 0));
  return NULL;
}

static void SetModeThere(napi_env env, void* data) {
  (void)env;
  SetMode((int32_t)(intptr_t)data);
  // So long that every thread of the pool takes one of these tasks.
  const struct timespec pause = {0, 50 * 1000 * 1000};
  nanosleep(&pause, NULL);
}

// The tasks are not deleted: the process of a test is a short one.
static void Finish(napi_env env, napi_status status, void* data) {
  (void)env;
  (void)status;
  (void)data;
}

// (mode, threads): of the threads of Node's pool.
static napi_value SetModeOfPool(napi_env env, napi_callback_info info) {
  const int32_t mode = IntegerAt(env, info, 0);
  const int32_t threads = IntegerAt(env, info, 1);
  napi_value name;
  napi_create_string_utf8(env, "foreign", NAPI_AUTO_LENGTH, &name);
  for (int32_t i = 0; i < threads; ++i) {
    napi_async_work work;
    napi_create_async_work(env, NULL, name, SetModeThere, Finish, (void*)(intptr_t)mode, &work);
    napi_queue_async_work(env, work);
  }
  return NULL;
}

static void Free(napi_env env, void* data, void* hint) {
  (void)env;
  (void)data;
  free(hint);
}

// (bytes, offset): an ArrayBuffer so many bytes after a multiple of 64.
static napi_value Memory(napi_env env, napi_callback_info info) {
  const size_t bytes = (size_t)IntegerAt(env, info, 0);
  const size_t offset = (size_t)IntegerAt(env, info, 1);
  char* const memory = aligned_alloc(64, (bytes + offset + 127) / 64 * 64);
  napi_value buffer;
  napi_create_external_arraybuffer(env, memory + offset, bytes, Free, memory, &buffer);
  return buffer;
}

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {{"setMode", SetModeHere}, {"setModeOfPool", SetModeOfPool}, {"memory", Memory}};
  for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); ++i) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].callback, NULL,
                         &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
