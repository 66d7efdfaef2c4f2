// Places in the arrays of a call, as passes read and write them, and the sums of what is there.

#include "loops/rows.h"
#include "loops/stand_ins.h"
#include "loops/weights-inl.h"

#if defined(DETLOSS_LOOPS_CURSOR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_CURSOR_INL_H_
#undef DETLOSS_LOOPS_CURSOR_INL_H_
#else
#define DETLOSS_LOOPS_CURSOR_INL_H_
#endif

#include <hwy/cache_control.h>
#include <algorithm>
#include <type_traits>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "number/hyper.h"
#include "passes/boxes.h"

// Asks for what will be read some microseconds from now. Addresses past the end do no harm. Always
// inlined, since GCC drops calls of a function that does nothing but prefetch.
HWY_INLINE void PrefetchAhead(const float* from, size_t count) {
  constexpr size_t kAhead = 4096 / sizeof(float);
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += kLine) hwy::Prefetch(from + kAhead + i);
}

// Some rows of a call, and what is written for them.
struct SomeRows {
  const Rows* call;  // has the numbers that a pass needs
  size_t first;      // the number of the first row
  size_t count;
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;  // or none
  float* grad;
  float* losses;  // or none
  Sides scale;
};

// A place in the arrays of a call. What arrays there are is known to the compiler, which keeps
// their addresses in registers.
template <class Pass>
struct RowCursor {
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;
  float* grad;
  float* losses;
  size_t row;

  explicit FORMULA RowCursor(const SomeRows& rows)
      : pred(rows.pred),
        target(rows.target),
        anchors(rows.anchors),
        weight(rows.weight),
        grad(rows.grad),
        losses(rows.losses),
        row(rows.first) {}

  template <size_t kWidth>
  FORMULA Columns<kWidth> Pred() const {
    return LoadColumns<kWidth>(pred);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Target() const {
    return LoadColumns<kWidth>(target);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Anchor() const {
    return LoadColumns<kWidth>(anchors);
  }
  FORMULA void PutLosses(Lanes numbers) const { Store(numbers, losses); }
  FORMULA void PutGradient(const Columns<Pass::kWidth>& columns) const {
    StoreColumns(columns, grad);
  }

  FORMULA void Advance(size_t rows) {
    pred += Pass::kWidth * rows;
    target += Pass::kTargetWidth * rows;
    if (Pass::kAnchors) anchors += Pass::kWidth * rows;
    if (Pass::kGradient) grad += Pass::kWidth * rows;
    row += rows;
  }
  FORMULA void Prefetch(size_t rows) const {
    PrefetchAhead(pred, Pass::kWidth * rows);
    PrefetchAhead(target, Pass::kTargetWidth * rows);
    if (Pass::kAnchors) PrefetchAhead(anchors, Pass::kWidth * rows);
    if (Pass::kGradient) PrefetchAhead(grad, Pass::kWidth * rows);
  }
};

// The same of up to a vector of rows: the missing ones are 0 when read.
template <class Pass>
struct PartialRows : RowCursor<Pass> {
  size_t count;

  FORMULA PartialRows(const RowCursor<Pass>& at, size_t rows) : RowCursor<Pass>(at), count(rows) {}

  template <size_t kWidth>
  FORMULA Columns<kWidth> Pred() const {
    return LoadSomeColumns<kWidth>(this->pred, count);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Target() const {
    return LoadSomeColumns<kWidth>(this->target, count);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Anchor() const {
    return LoadSomeColumns<kWidth>(this->anchors, count);
  }
  FORMULA void PutLosses(Lanes numbers) const { StoreSome(numbers, count, this->losses); }
  FORMULA void PutGradient(const Columns<Pass::kWidth>& columns) const {
    StoreSomeColumns<Pass::kWidth>(columns, count, this->grad);
  }
};

// The type of a row's loss, without its derivatives.
template <class Pass>
using ValueOf = decltype(Value(
    WithoutUnion(std::declval<const Pass&>().Evaluate(std::declval<const RowCursor<Pass>&>()))));

template <class Pass>
constexpr bool kHasLosses = !std::is_same_v<ValueOf<Pass>, LogSum>;

// Whether an area may have left the range of floats. NaN has not.
class Areas {
 public:
  inline Areas() : least_(1.0f), most_(1.0f) {}

  FORMULA void Note(Lanes area) {
    least_ = Lesser(area, least_);
    most_ = Greater(area, most_);
  }
  inline bool AreExtreme() const {
    const Mask small = least_ < Lanes(2.0f * kSmallArea);
    return !hn::AllFalse(FloatTag(), hn::Or(small, most_ > Lanes(kLargeArea)));
  }

 private:
  Lanes least_;
  Lanes most_;
};

// The sums of the rows of either side, as Sides has them, of losses of a type.
template <class Loss>
struct Totals {
  TotalOf<Loss> present;
  TotalOf<Loss> absent;
  Areas areas;
  size_t with_object = 0;

  inline Totals() {}

  inline RowSums Total() {
    return {{present.Total(), absent.Total()}, with_object, areas.AreExtreme()};
  }
};

// What derivatives are multiplied by in the rows of either side.
struct Scales {
  Lanes present;
  Lanes absent;

  explicit inline Scales(const Sides& scales)
      : present(static_cast<float>(scales.present)), absent(static_cast<float>(scales.absent)) {}
};

// Adds what a pass has evaluated of a vector of rows, and stores it.
template <class Pass, class Cursor, class Result, class WeightsType>
FORMULA void AddResult(const Pass& pass, const Cursor& at, const Result& result,
                       const WeightsType& weights, const Scales& scales,
                       Totals<ValueOf<Pass>>& totals) {
  const auto loss = weights(Value(WithoutUnion(result)));
  if constexpr (Pass::kMeasures) totals.areas.Note(weights.OrElse(result.united, 1.0f));
  if constexpr (kHasLosses<Pass>) {
    if (at.losses != nullptr) at.PutLosses(InArrayOrder<Pass::kWidth>(loss));
  }
  Lanes scale = scales.present;
  if constexpr (Pass::kSided) {
    const Mask with = weights(at.template Target<1>().a > Lanes(0.0f));
    scale = Select(with, scale, scales.absent);
    AddSides(with, loss, totals.present, totals.absent);
    if constexpr (!Pass::kGradient) totals.with_object += hn::CountTrue(FloatTag(), with);
  } else {
    totals.present.Add(loss);
  }
  // A row whose loss is NaN has no derivative by any of its numbers.
  if constexpr (Pass::kGradient) {
    at.PutGradient(
        pass.Gradient(WithoutUnion(result), weights * UnlessNaN(WithoutLog(loss), scale)));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
