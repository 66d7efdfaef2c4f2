// The overlaps of boxes.

#include "loops/overlap.h"

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/threads.h"

namespace detloss {
namespace {

// What the two calls have in common.
Overlap OverlapOf(Arguments& arguments, bool pairs) {
  const Floats a = arguments.FloatArray(0);
  const Floats b = arguments.FloatArray(1);
  Overlap call;
  call.a = a.data;
  call.n = a.length / 4;
  call.b = b.data;
  call.m = b.length / 4;
  if (pairs && call.m != call.n) throw std::out_of_range("there are not as many boxes in both");
  const size_t numbers = pairs ? call.n : call.n * call.m;
  call.out = arguments.Output(2, numbers);
  call.format = arguments.FormatOf();
  arguments.CheckDistinct();
  return call;
}

// (a, b, out): `out` has a row for every box of a, a column for every box of b. It returns 0 or a
// promise of it.
napi_value MatrixOf(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const OverlapMetric& metric = arguments.Member(OverlapMetrics());
    const Overlap call = OverlapOf(arguments, false);
    // Every pair is some work, whatever little is read for it.
    return Perform(env, arguments, 4 * call.n * call.m, [&metric, call](Crew* crew) {
      ComputeMatrix(crew, metric, call);
      return 0.0;
    });
  });
}

// (a, b, out): `out` has an element for every pair. It returns 0 or a promise of it.
napi_value AlignedIouOf(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const Overlap call = OverlapOf(arguments, true);
    return Perform(env, arguments, 9 * call.n, [call](Crew* crew) {
      ComputeAlignedIou(crew, call);
      return 0.0;
    });
  });
}

}  // namespace

void ExportOverlaps(const Exports& exports) {
  exports.Function("computeOverlapMatrix", MatrixOf);
  exports.Group("overlapMatrix").Family(OverlapMetrics());
  exports.Function("computeAlignedIou", AlignedIouOf);
}

}  // namespace detloss
