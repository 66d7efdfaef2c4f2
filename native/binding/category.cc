// The losses over rows of classes.

#include "loops/category.h"

#include "binding/arguments.h"
#include "binding/exports.h"

namespace detloss {
namespace {

// A loss is looked up at every call, since tests change the instruction set in between.
struct RegisteredLoss {
  size_t index;
};

// Throws where a row with weight has a label that is no class.
void CheckLabels(const ClassRows& rows) {
  for (size_t row = 0; row < rows.count; ++row) {
    if (rows.weight != nullptr && rows.weight[row] == 0.0f) continue;
    if (rows.labels[row] < 0 || static_cast<size_t>(rows.labels[row]) >= rows.classes) {
      throw std::out_of_range("the label of row " + std::to_string(row) + " is no class");
    }
  }
}

// (pred, labels, target, weight, grad, losses, reduction, classes, smoothing), with labels or a
// target of the shape of pred.
napi_value ComputeLoss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) {
    const ClassLoss& loss = CategoryLosses()[arguments.Registered<RegisteredLoss>().index];
    const Floats pred = arguments.FloatArray(0);
    const size_t length = pred.length;

    ClassRows rows;
    rows.classes = arguments.Integer(7, 1, 1 << 24);
    rows.count = length / rows.classes;
    if (rows.count * rows.classes != length) throw std::out_of_range("pred is not whole rows");
    rows.pred = pred.data;
    rows.target = arguments.Optional(2, length);
    rows.weight = arguments.Optional(3, rows.count);
    if (arguments.Given(1)) {
      rows.labels = arguments.Labels(1, rows.count);
      CheckLabels(rows);
    }
    if (!arguments.Given(1) && (loss.labels_only || !arguments.Given(2))) {
      throw std::invalid_argument("neither labels nor a target");
    }
    rows.grad = arguments.Optional(4, length);
    rows.losses = arguments.Optional(5, rows.count);
    const auto reduction = static_cast<Reduction>(arguments.Integer(6, 0, 2));
    rows.smoothing = static_cast<float>(arguments.Double(8));

    const auto check_output = [&](const float* output, size_t output_length) {
      CheckDistinct(output, output_length, rows.pred, length);
      CheckDistinct(output, output_length, rows.target, length);
      CheckDistinct(output, output_length, rows.weight, rows.count);
      CheckDistinct(output, output_length, rows.labels, rows.count);
    };
    check_output(rows.grad, length);
    check_output(rows.losses, rows.count);
    CheckDistinct(rows.losses, rows.count, rows.grad, length);

    napi_value result = nullptr;
    napi_create_double(env, Compute(loss, rows, reduction), &result);
    return result;
  });
}

}  // namespace

void ExportCategoryLosses(Napi::Env env, Napi::Object exports) {
  const Napi::Object group = AddGroup(env, exports, "category");
  for (size_t i = 0; CategoryLosses()[i].name != nullptr; ++i) {
    AddFunction(env, group, CategoryLosses()[i].name, ComputeLoss, RegisteredLoss{i});
  }
}

}  // namespace detloss
