// The losses over rows of numbers, pairs and boxes.

#include "loops/rows.h"

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/threads.h"
#include "loops/catalogue.h"

namespace detloss {
namespace {

// The work of a call, filled where it stays.
struct RowCall {
  const RowLoss* loss = nullptr;
  Rows rows;
  Reduction reduction = Reduction::kMean;

  double operator()(Crew* crew) const {
    const std::optional<double> result = Compute(crew, *loss, rows, reduction);
    if (!result) throw std::out_of_range("a weight, target or prediction is out of range");
    return *result;
  }
};

// (pred, target[, grad, anchors, weight, losses]), returning the loss or a promise of it. Anchors
// are one box per row, or those of a grid's cells, which alone has height and width.
napi_value ComputeRowLoss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const RowLoss& loss = *arguments.Member(RowLosses()).loss();
    const Floats pred = arguments.FloatArray(0);
    const size_t length = pred.length;
    RowCall call;
    call.loss = &loss;
    Rows& rows = call.rows;
    rows.count = loss.RowsOf(length);
    if (rows.count * loss.width != length) throw std::out_of_range("pred is not whole rows");
    rows.pred = pred.data;
    const size_t target_length = rows.count * loss.target_width;
    rows.target = arguments.OfLength(1, target_length);
    call.reduction = arguments.ReductionOf(Reduction::kBalanced);
    rows.format = arguments.FormatOf();
    arguments.ReadHyper(loss.hyper, rows.hyper);
    rows.grad = arguments.OptionalOutput(2, length);
    rows.weight = arguments.Optional(4, rows.count);
    rows.losses = arguments.OptionalOutput(5, rows.count);
    rows.demands.weight = rows.weight;
    if (loss.sided) rows.demands.fractions = rows.target;
    if (loss.width == 1 && arguments.Flag(Slot::probabilities))
      rows.demands.probabilities = rows.pred;

    Floats anchors;
    if (loss.anchors != Anchors::kNone) anchors = arguments.FloatArray(3);
    if (loss.anchors == Anchors::kPerRow) {
      if (anchors.length != length) throw std::out_of_range("anchors have the wrong length");
      rows.anchors = anchors.data;
    }
    if (loss.anchors == Anchors::kPerCell) rows.grid = arguments.GridOf(anchors);

    arguments.CheckDistinct();

    const size_t floats = length + target_length + anchors.length + (rows.grad ? length : 0);
    return Perform(env, arguments, floats, call);
  });
}

}  // namespace

void ExportRowLosses(const Exports& exports) {
  exports.Function("computeRows", ComputeRowLoss);
  exports.Losses(RowLosses());
}

}  // namespace detloss
