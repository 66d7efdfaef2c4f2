// The overlaps of boxes.

#include "loops/overlap.h"

#include "binding/arguments.h"
#include "binding/exports.h"

namespace detloss {
namespace {

// A metric is looked up at every call, since tests change the instruction set in between.
struct RegisteredMetric {
  size_t index;
};

// (a, b, out, format): `out` has a row for every box of a, a column for every box of b.
napi_value ComputeMatrix(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [](const Arguments& arguments) -> napi_value {
    const OverlapMetric& metric = OverlapMetrics()[arguments.Registered<RegisteredMetric>().index];
    const Floats a = arguments.FloatArray(0);
    const Floats b = arguments.FloatArray(1);
    const size_t n = a.length / 4;
    const size_t m = b.length / 4;
    float* out = arguments.OfLength(2, n * m);
    const auto format = static_cast<Format>(arguments.Integer(3, 0, 4));
    CheckDistinct(out, n * m, a.data, a.length);
    CheckDistinct(out, n * m, b.data, b.length);
    metric.matrix(a.data, n, b.data, m, format, out);
    return nullptr;
  });
}

// (a, b, out, format): `out` has an element for every pair.
napi_value ComputeAligned(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [](const Arguments& arguments) -> napi_value {
    const Floats a = arguments.FloatArray(0);
    const size_t n = a.length / 4;
    const float* b = arguments.OfLength(1, a.length);
    float* out = arguments.OfLength(2, n);
    const auto format = static_cast<Format>(arguments.Integer(3, 0, 4));
    CheckDistinct(out, n, a.data, a.length);
    CheckDistinct(out, n, b, a.length);
    AlignedIou(a.data, b, n, format, out);
    return nullptr;
  });
}

}  // namespace

void ExportOverlaps(Napi::Env env, Napi::Object exports) {
  const Napi::Object matrix = AddGroup(env, exports, "overlapMatrix");
  for (size_t i = 0; OverlapMetrics()[i].name != nullptr; ++i) {
    AddFunction(env, matrix, OverlapMetrics()[i].name, ComputeMatrix, RegisteredMetric{i});
  }
  struct Nothing {};
  AddFunction(env, AddGroup(env, exports, "overlapAligned"), "iou", ComputeAligned, Nothing{});
}

}  // namespace detloss
