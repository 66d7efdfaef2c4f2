// The losses over rows of classes.

#include "loops/category.h"

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/threads.h"
#include "loops/catalogue.h"

namespace detloss {
namespace {

// The work of a call, filled where it stays.
struct ClassCall {
  const ClassLoss* loss = nullptr;
  ClassRows rows;
  Reduction reduction = Reduction::kMean;

  double operator()(Crew* crew) const {
    if (rows.labels != nullptr && !HasLabels(crew, rows)) {
      throw std::out_of_range("the label of a row is no class");
    }
    const std::optional<double> result = Compute(crew, *loss, rows, reduction);
    if (!result) throw std::out_of_range("a weight, target or prediction is out of range");
    return *result;
  }
};

// (pred, labels, target[, grad, weight, losses]), with labels or a target of the shape of pred,
// returning the loss or a promise of it.
napi_value ComputeClassLoss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const ClassLoss& loss = *arguments.Member(ClassLosses()).loss();
    const Floats pred = arguments.FloatArray(0);
    const size_t length = pred.length;

    ClassCall call;
    call.loss = &loss;
    ClassRows& rows = call.rows;
    rows.classes = arguments.Count(Slot::classes);
    rows.count = length / rows.classes;
    if (rows.count * rows.classes != length) throw std::out_of_range("pred is not whole rows");
    rows.pred = pred.data;
    rows.target = arguments.Optional(2, length);
    rows.labels = arguments.OptionalLabels(1, rows.count);
    if (rows.labels == nullptr && (loss.labels_only || rows.target == nullptr) && length != 0) {
      throw std::invalid_argument("neither labels nor a target");
    }
    if (rows.labels != nullptr && rows.classes > 1 << 24) {
      throw std::out_of_range("there are too many classes for labels");
    }
    rows.grad = arguments.OptionalOutput(3, length);
    rows.weight = arguments.Optional(4, rows.count);
    rows.losses = arguments.OptionalOutput(5, rows.count);
    call.reduction = arguments.ReductionOf(Reduction::kNone);
    arguments.ReadHyper(loss.hyper, rows.hyper);
    rows.smoothing = arguments.Hyper(loss.hyper);
    rows.demands = {rows.weight, rows.target, nullptr, rows.classes};
    if (arguments.Flag(Slot::probabilities)) rows.demands.probabilities = rows.pred;

    arguments.CheckDistinct();

    const size_t floats = (rows.target ? 2 : 1) * length + (rows.grad ? length : 0);
    return Perform(env, arguments, floats, call);
  });
}

}  // namespace

void ExportCategoryLosses(const Exports& exports) {
  exports.Function("computeClasses", ComputeClassLoss);
  exports.Losses(ClassLosses());
}

}  // namespace detloss
