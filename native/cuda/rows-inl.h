// Losses over rows on the device: one loop that writes losses and gradients and adds up the losses.

#ifndef DETLOSS_CUDA_ROWS_INL_H_
#define DETLOSS_CUDA_ROWS_INL_H_

#include "cuda/formulas-inl.h"
#include "cuda/launch-inl.h"
#include "loops/rows.h"
#include "loops/stand_ins.h"

namespace detloss::cuda {

// What a row's partial derivatives are multiplied by.
struct Weight {
  Number factor;

  FORMULA Weight operator*(Number by) const { return {factor * by}; }
  FORMULA Number operator()(Number partial) const { return partial * factor; }
  FORMULA Number operator()(Negated partial) const { return partial.x * -factor; }
};

FORMULA Columns<1> ColumnsAt(const float* from, Columns<1>*) { return {from[0]}; }
FORMULA Columns<2> ColumnsAt(const float* from, Columns<2>*) { return {from[0], from[1]}; }
FORMULA Columns<4> ColumnsAt(const float* from, Columns<4>*) {
  return {from[0], from[1], from[2], from[3]};
}
FORMULA Columns<5> ColumnsAt(const float* from, Columns<5>*) {
  return {from[0], from[1], from[2], from[3], from[4]};
}
FORMULA void PutColumns(const Columns<1>& columns, float* to) { to[0] = columns.a; }
FORMULA void PutColumns(const Columns<2>& columns, float* to) {
  to[0] = columns.a;
  to[1] = columns.b;
}
FORMULA void PutColumns(const Columns<4>& columns, float* to) { WriteFour(columns, to); }
FORMULA void PutColumns(const Columns<5>& columns, float* to) {
  WriteFour({columns.a, columns.b, columns.c, columns.d}, to);
  to[4] = columns.e;
}

// One row, as passes read it. Of a row that floats cannot compute as it is, the numbers stand for
// the row's own (loops/stand_ins.h): `scale` is what its boxes were multiplied by.
template <class Pass>
struct OneRow {
  float pred[Pass::kWidth];
  float target[Pass::kTargetWidth];
  const float* anchors;
  size_t row;
  Number scale = 1.0f;

  FORMULA OneRow(const Rows& rows, size_t at)
      : anchors(rows.anchors == nullptr ? nullptr : rows.anchors + Pass::kWidth * at), row(at) {
    const float* const own_pred = rows.pred + Pass::kWidth * at;
    const float* const own_target = rows.target + Pass::kTargetWidth * at;
    for (size_t k = 0; k < Pass::kWidth; ++k) pred[k] = own_pred[k];
    for (size_t k = 0; k < Pass::kTargetWidth; ++k) target[k] = own_target[k];
    if constexpr (Pass::kExtremes == Extremes::kScale) {
      scale = ScaleOfBoxes(rows.format, own_pred, own_target);
      ScaleBoxes(rows.format, scale, own_pred, own_target, pred, target);
    } else if constexpr (Pass::kExtremes == Extremes::kLogits) {
      const double logit = ExactLogit(own_pred, Pass::kWidth);
      if (IsLargeLogit(logit)) StandIn(logit, Pass::kWidth, pred);
    }
  }

  template <size_t kWidth>
  FORMULA Columns<kWidth> Pred() const {
    return ColumnsAt(pred, static_cast<Columns<kWidth>*>(nullptr));
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Target() const {
    return ColumnsAt(target, static_cast<Columns<kWidth>*>(nullptr));
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Anchor() const {
    return ColumnsAt(anchors, static_cast<Columns<kWidth>*>(nullptr));
  }
};

// Evaluates a row, adds its loss and stores its loss and gradient.
template <class Pass>
struct EvaluateRow {
  Pass pass;
  Rows rows;
  Sides scale;

  FORMULA void operator()(size_t row, Sides& sum) const {
    const float weight = rows.weight == nullptr ? 1.0f : rows.weight[row];
    float* const grad = Pass::kGradient ? rows.grad + row * Pass::kWidth : nullptr;
    if (weight == 0.0f) {
      // Whatever the row holds, it must not reach a result.
      if (rows.losses != nullptr) rows.losses[row] = 0.0f;
      for (size_t k = 0; Pass::kGradient && k < Pass::kWidth; ++k) grad[k] = 0.0f;
      return;
    }
    const OneRow<Pass> at(rows, row);
    const auto result = pass.Evaluate(at);
    const auto& of_row = WithoutUnion(result);
    const double loss = LossOf(row, Value(of_row)) * static_cast<double>(weight);
    const auto rounded = static_cast<float>(loss);
    if (rows.losses != nullptr) rows.losses[row] = rounded;
    const bool absent = Pass::kSided && !(rows.target[row] > 0.0f);
    // The sum is of rows as they are, unless a weight has taken them out of the range of floats.
    const bool in_range = std::fabs(rounded) >= 0x1p-100f && !IsInfinite(rounded);
    (absent ? sum.absent : sum.present) += in_range ? static_cast<double>(rounded) : loss;
    if constexpr (Pass::kGradient) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      const double factor = loss == loss ? weight * (absent ? scale.absent : scale.present) : loss;
      const Weight weigh = {static_cast<float>(factor) * at.scale};
      PutColumns(pass.Gradient(of_row, weigh), grad);
    }
  }

 private:
  FORMULA double LossOf(size_t row, Number loss) const {
    if constexpr (Pass::kExtremes == Extremes::kLogits) {
      const double logit = ExactLogit(rows.pred + row * Pass::kWidth, Pass::kWidth);
      if (IsLargeLogit(logit)) return LargeLoss(logit, rows.target[row]);
    }
    return loss;
  }
};

// A RowKernel of all rows.
template <class Pass>
RowSums Kernel(const Rows& rows, size_t, size_t, const Sides& scale) {
  return {SumOf<Sides>(rows.count, EvaluateRow<Pass>{Pass(rows), rows, scale})};
}

// The cell and anchor of a row.
struct CellsOfGrid {
  static constexpr bool kIsRare = false;

  Grid grid;

  explicit FORMULA CellsOfGrid(const Grid& of) : grid(of) {}

  FORMULA Cell At(size_t row) const {
    const size_t cell = row / grid.anchor_count;
    return CellOf(grid, cell / grid.width % grid.height, cell % grid.width,
                  row % grid.anchor_count);
  }
};

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_ROWS_INL_H_
