// The whole loss of YOLO v3, a scale per call.

#include "loops/yolo_v3.h"

#include <string>

#include "binding/arguments.h"
#include "binding/exports.h"

namespace detloss {
namespace {

// (features, grad, anchors, box, objectness, labels, categories, ignore, sizes, weights, parts):
// sizes = [box term, batch, height, width, classes, channels first, y first], weights = [box,
// objectness, category, smoothing] and parts, [box, objectness, category, positives], which is
// written, are Float64Arrays.
napi_value ComputeYoloV3Scale(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [](const Arguments& arguments) -> napi_value {
    const double* const sizes = arguments.Doubles(8, 7);
    const double* const weights = arguments.Doubles(9, 4);
    double* const parts = arguments.Doubles(10, 4);
    for (size_t i = 0; i < 7; ++i) {
      if (!(sizes[i] >= 0 && sizes[i] < 4294967296.0))
        throw std::out_of_range("size " + std::to_string(i) + " is out of range");
    }
    Scale scale;
    const size_t box_term = static_cast<size_t>(sizes[0]);
    size_t terms = 0;
    while (YoloV3BoxTerms()[terms] != nullptr) ++terms;
    if (box_term >= terms) throw std::out_of_range("there is no such box term");
    scale.batch = static_cast<size_t>(sizes[1]);
    scale.grid.height = static_cast<size_t>(sizes[2]);
    scale.grid.width = static_cast<size_t>(sizes[3]);
    scale.classes = static_cast<size_t>(sizes[4]);
    scale.channels_first = sizes[5] != 0;
    scale.y_first = sizes[6] != 0;
    scale.box_weight = weights[0];
    scale.objectness_weight = weights[1];
    scale.category_weight = weights[2];
    scale.smoothing = static_cast<float>(weights[3]);

    const Floats features = arguments.FloatArray(0);
    const Floats anchors = arguments.FloatArray(2);
    scale.features = features.data;
    scale.grid.anchors = anchors.data;
    scale.grid.anchor_count = anchors.length / 2;
    // In floating point, where the product of the sizes cannot overflow.
    const double rows = sizes[1] * sizes[2] * sizes[3] * static_cast<double>(anchors.length / 2);
    if (rows * (5 + sizes[4]) != static_cast<double>(features.length)) {
      throw std::out_of_range("features have the wrong length");
    }
    const size_t count = scale.Rows();
    scale.grad = arguments.Optional(1, features.length);
    scale.box = arguments.OfLength(3, 4 * count);
    scale.objectness = arguments.OfLength(4, count);
    if (arguments.Given(5)) {
      scale.labels = arguments.Labels(5, count);
      for (size_t row = 0; row < count; ++row) {
        if (!(scale.objectness[row] > 0.0f)) continue;
        if (scale.labels[row] < 0 || static_cast<size_t>(scale.labels[row]) >= scale.classes) {
          throw std::out_of_range("the label of row " + std::to_string(row) + " is no class");
        }
      }
    } else {
      scale.categories = arguments.OfLength(6, count * scale.classes);
    }
    if (arguments.Given(7)) scale.ignore = arguments.Bytes(7, count);
    const auto check = [&](const auto* other, size_t length) {
      CheckDistinct(scale.grad, features.length, other, length);
    };
    check(features.data, features.length);
    check(anchors.data, anchors.length);
    check(scale.box, 4 * count);
    check(scale.objectness, count);
    check(scale.labels, count);
    check(scale.categories, count * scale.classes);
    check(scale.ignore, count);

    const ScaleParts result = ComputeScale(box_term, scale);
    parts[0] = result.box;
    parts[1] = result.objectness;
    parts[2] = result.category;
    parts[3] = static_cast<double>(result.positives);
    return nullptr;
  });
}

}  // namespace

void ExportDetectors(Napi::Env env, Napi::Object exports) {
  struct Nothing {};
  AddFunction(env, exports, "yoloV3Scale", ComputeYoloV3Scale, Nothing{});
  const auto terms = Napi::Array::New(env);
  for (size_t i = 0; YoloV3BoxTerms()[i] != nullptr; ++i) {
    terms.Set(terms.Length(), YoloV3BoxTerms()[i]);
  }
  exports.Set("yoloV3BoxTerms", terms);
}

}  // namespace detloss
