// The losses over rows of numbers, pairs and boxes.

#include "loops/rows.h"

#include "binding/arguments.h"
#include "binding/exports.h"

namespace detloss {
namespace {

// A loss is looked up at every call, since tests change the instruction set in between.
struct RegisteredLoss {
  const RowLoss* (*family)();
  size_t index;
};

// (pred, target, anchors, weight, grad, losses, reduction, format, parameter[, height, width]).
// With a height and a width, anchors are those of a grid's cells, otherwise one box per row.
napi_value ComputeLoss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) {
    const auto& registered = arguments.Registered<RegisteredLoss>();
    const RowLoss& loss = registered.family()[registered.index];

    const Floats pred = arguments.FloatArray(0);
    const size_t length = pred.length;
    Rows rows;
    rows.count = length / loss.width;
    if (rows.count * loss.width != length) throw std::out_of_range("pred is not whole rows");
    rows.pred = pred.data;
    const size_t target_length = rows.count * loss.target_width;
    rows.target = arguments.OfLength(1, target_length);
    rows.weight = arguments.Optional(3, rows.count);
    rows.grad = arguments.Optional(4, length);
    rows.losses = arguments.Optional(5, rows.count);
    const auto reduction = static_cast<Reduction>(arguments.Integer(6, 0, 3));
    rows.format = static_cast<Format>(arguments.Integer(7, 0, 4));
    rows.parameter = static_cast<float>(arguments.Double(8));

    Floats anchors;
    if (loss.anchors != Anchors::kNone) anchors = arguments.FloatArray(2);
    if (loss.anchors == Anchors::kPerRow) {
      if (anchors.length != length) throw std::out_of_range("anchors have the wrong length");
      rows.anchors = anchors.data;
    }
    if (loss.anchors == Anchors::kPerCell) rows.grid = arguments.GridAt(9, anchors);

    const auto check_output = [&](const float* output, size_t output_length) {
      CheckDistinct(output, output_length, rows.pred, length);
      CheckDistinct(output, output_length, rows.target, target_length);
      CheckDistinct(output, output_length, anchors.data, anchors.length);
      CheckDistinct(output, output_length, rows.weight, rows.count);
    };
    check_output(rows.grad, length);
    check_output(rows.losses, rows.count);
    CheckDistinct(rows.losses, rows.count, rows.grad, length);

    napi_value result = nullptr;
    napi_create_double(env, Compute(loss, rows, reduction), &result);
    return result;
  });
}

void ExportFamily(Napi::Env env, Napi::Object group, const RowLoss* (*family)()) {
  for (size_t i = 0; family()[i].name != nullptr; ++i) {
    AddFunction(env, group, family()[i].name, ComputeLoss, RegisteredLoss{family, i});
  }
}

}  // namespace

void ExportRowLosses(Napi::Env env, Napi::Object exports) {
  ExportFamily(env, AddGroup(env, exports, "regression"), RegressionLosses);
  ExportFamily(env, AddGroup(env, exports, "objectness"), ObjectnessLosses);
  const Napi::Object box = AddGroup(env, exports, "box");
  ExportFamily(env, box, IouLosses);
  ExportFamily(env, box, FasterRcnnLosses);
  ExportFamily(env, box, YoloLosses);
}

}  // namespace detloss
