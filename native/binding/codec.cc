// The codecs.

#include "loops/codec.h"

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/threads.h"

namespace detloss {
namespace {

// (in, anchors, out), returning 0 or a promise of it. The hyperparameter is the clamp.
napi_value ComputeCodec(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const Codec& codec = arguments.Member(Codecs());
    const Floats in = arguments.FloatArray(0);
    const Floats anchors = arguments.FloatArray(1);
    CodecRows rows;
    rows.count = in.length / 4;
    if (rows.count * 4 != in.length) throw std::out_of_range("the input is not whole rows");
    rows.in = in.data;
    rows.out = arguments.Output(2, in.length);
    rows.format = arguments.FormatOf();
    rows.clamp = static_cast<float>(arguments.Hyper());
    if (codec.anchors == Anchors::kPerRow) {
      if (anchors.length != in.length) throw std::out_of_range("anchors have the wrong length");
      rows.anchors = anchors.data;
    } else {
      rows.grid = arguments.GridOf(anchors);
    }
    arguments.CheckDistinct();
    return Perform(env, arguments, 3 * in.length, [&codec, rows](Crew* crew) {
      Compute(crew, codec, rows);
      return 0.0;
    });
  });
}

}  // namespace

void ExportCodecs(const Exports& exports) {
  exports.Function("computeCodec", ComputeCodec);
  exports.Group("codec").Family(Codecs());
}

}  // namespace detloss
