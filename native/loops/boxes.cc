// The rows of a call of any loss of boxes, as whole vectors, for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/boxes.cc"
#include "hwy/foreach_target.h"
#include "loops/boxes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {
namespace {

// Copies fewer rows of four than a vector has, and zeros behind them.
inline void CopyRows(const float* from, size_t count, float* to) {
  const size_t lanes = hn::Lanes(FloatTag());
  for (size_t i = 0; i < 4 * lanes; i += lanes) {
    Store(i < 4 * count ? LoadSome(from + i, 4 * count - i) : Lanes(0.0f), to + i);
  }
}

// And back.
inline void CopyBack(const float* from, size_t count, float* to) {
  const size_t lanes = hn::Lanes(FloatTag());
  for (size_t i = 0; i < 4 * count; i += lanes) StoreSome(Load(from + i), 4 * count - i, to + i);
}

// The arrays of a call from a row on.
inline BoxRows RowsFrom(const Rows& rows, size_t row, size_t vectors, float scale) {
  const auto from = [row](auto* array, size_t width) {
    return array == nullptr ? nullptr : array + width * row;
  };
  return {vectors,
          from(rows.pred, 4),
          from(rows.target, 4),
          from(rows.anchors, 4),
          from(rows.weight, 1),
          from(rows.grad, 4),
          from(rows.losses, 1),
          rows.hyper,
          scale};
}

// Fewer rows than a vector has, from `row` on, as one vector. Missing rows have weight 0, which
// keeps them out of the result.
RowSums SumLast(BoxEvaluator evaluate, const Rows& rows, size_t row, size_t count, float scale) {
  constexpr size_t kLanes = hn::MaxLanes(FloatTag());
  HWY_ALIGN float pred[4 * kLanes];
  HWY_ALIGN float target[4 * kLanes];
  HWY_ALIGN float anchors[4 * kLanes];
  HWY_ALIGN float grad[4 * kLanes];
  HWY_ALIGN float weight[kLanes];
  HWY_ALIGN float losses[kLanes];
  CopyRows(rows.pred + 4 * row, count, pred);
  CopyRows(rows.target + 4 * row, count, target);
  if (rows.anchors != nullptr) CopyRows(rows.anchors + 4 * row, count, anchors);
  Store(rows.weight == nullptr ? Some(1.0f, count) : LoadSome(rows.weight + row, count), weight);
  const RowSums sum =
      evaluate({1, pred, target, anchors, weight, rows.grad == nullptr ? nullptr : grad,
                rows.losses == nullptr ? nullptr : losses, rows.hyper, scale});
  if (rows.grad != nullptr) CopyBack(grad, count, rows.grad + 4 * row);
  if (rows.losses != nullptr) StoreSome(Load(losses), count, rows.losses + row);
  return sum;
}

}  // namespace

RowSums SumBoxes(BoxEvaluator evaluate, const Rows& rows, size_t begin, size_t end, float scale) {
  const size_t lanes = hn::Lanes(FloatTag());
  const size_t rest = (end - begin) % lanes;
  const size_t vectors = (end - begin) / lanes;
  // What is returned as it is need not be copied, for which small calls would wait.
  if (vectors == 0) return SumLast(evaluate, rows, begin, rest, scale);
  if (rest == 0) return evaluate(RowsFrom(rows, begin, vectors, scale));
  RowSums sum = evaluate(RowsFrom(rows, begin, vectors, scale));
  sum += SumLast(evaluate, rows, end - rest, rest, scale);
  return sum;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();
