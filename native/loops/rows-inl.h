// The loop over rows for one instruction set: whole vectors of rows, the rest, and the float64 sum.

#include "loops/rest-inl.h"

#if defined(DETLOSS_LOOPS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_ROWS_INL_H_
#undef DETLOSS_LOOPS_ROWS_INL_H_
#else
#define DETLOSS_LOOPS_ROWS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// How many vectors of rows are evaluated at a time. A formula is a long chain of operations that
// wait for one another, longer than a processor looks ahead. Of two vectors it finds some that need
// not wait, if there are registers for both, as AVX-512 has.
template <class Pass>
constexpr size_t kTogether =
    Pass::kInPairs && hn::MaxLanes(FloatTag()) >= (Pass::kGradient ? 16 : 8) ? 2 : 1;

// Evaluates vectors of rows that all count alike, and of whose losses only the sum is wanted: the
// loop in which most time is spent.
template <class Pass>
HWY_NOINLINE void EvaluateAlike(const SomeRows& rows, size_t groups, Totals<ValueOf<Pass>>& sums) {
  const size_t lanes = hn::Lanes(FloatTag());
  const Pass pass(*rows.call);
  const Scales scales(rows.scale);
  const bool prefetch = PrefetchPays();
  RowCursor<Pass> at(rows);
  at.losses = nullptr;
  Totals<ValueOf<Pass>> totals;
  for (; groups != 0; --groups) {
    if constexpr (kTogether<Pass> == 2) {
      RowCursor<Pass> next = at;
      next.Advance(lanes);
      const auto result = pass.Evaluate(at);
      const auto next_result = pass.Evaluate(next);
      AddResult(pass, at, result, EqualWeights{1.0f}, scales, totals);
      AddResult(pass, next, next_result, EqualWeights{1.0f}, scales, totals);
    } else {
      AddResult(pass, at, pass.Evaluate(at), EqualWeights{1.0f}, scales, totals);
    }
    if (prefetch) at.Prefetch(kTogether<Pass> * lanes);
    at.Advance(kTogether<Pass> * lanes);
  }
  sums = totals;
}

// What is left of rows of which EvaluateAlike has evaluated some.
template <class Pass>
inline SomeRows RestOf(const SomeRows& all, size_t done) {
  RowCursor<Pass> at(all);
  at.Advance(done);
  SomeRows rest = all;
  rest.first = at.row;
  rest.count -= done;
  rest.pred = at.pred;
  rest.target = at.target;
  rest.anchors = at.anchors;
  rest.grad = at.grad;
  return rest;
}

template <class Pass>
inline RowSums EvaluateRest(const SomeRows& rows, const Totals<ValueOf<Pass>>* alike) {
  if constexpr (Pass::kIsLong) {
    using Coordinates = typename Pass::Coordinates;
    using Ordered = typename Pass::template In<typename Coordinates::Ordered>;
    const Ordered pass(*rows.call);
    const AnyPass<Coordinates, Pass::kAnchors, Pass::kGradient> any = {
        {}, Coordinates(*rows.call), &pass, &EvaluateOne<Ordered>};
    return SumRestBy(any, rows, alike);
  } else {
    return SumRest(Pass(*rows.call), rows, alike);
  }
}

// Whether only old processors are left with this instruction set: they do without the fastest
// loops, as does what is rare.
constexpr bool kIsFallback = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX2;

template <class Pass>
HWY_NOINLINE RowSums EvaluateRows(const SomeRows& all) {
  if constexpr (!Pass::kIsRare && !kIsFallback) {
    const size_t together = kTogether<Pass> * hn::Lanes(FloatTag());
    const size_t groups = all.count / together;
    if (groups != 0 && all.weight == nullptr && all.losses == nullptr) {
      Totals<ValueOf<Pass>> totals;
      EvaluateAlike<Pass>(all, groups, totals);
      if (all.count == groups * together) return totals.Total();
      return EvaluateRest<Pass>(RestOf<Pass>(all, groups * together), &totals);
    }
  }
  return EvaluateRest<Pass>(all, nullptr);
}

template <class Pass>
RowSums SumRows(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  const auto from = [begin](auto* array, size_t width) {
    return array == nullptr ? nullptr : array + width * begin;
  };
  return EvaluateRows<Pass>({&rows, begin, end - begin, from(rows.pred, Pass::kWidth),
                             from(rows.target, Pass::kTargetWidth),
                             from(rows.anchors, Pass::kWidth), from(rows.weight, 1),
                             from(rows.grad, Pass::kWidth), from(rows.losses, 1), scale});
}

// A pass with the logarithm of each row's LogSum taken, as its own loss needs it.
template <class Pass>
struct WithLogs : Pass {
  explicit inline WithLogs(const Rows& rows) : Pass(rows) {}
  template <class Cursor>
  FORMULA auto Evaluate(const Cursor& at) const {
    return TakeLog(Pass::Evaluate(at));
  }
};

template <class Pass>
RowSums Kernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  if constexpr (!kHasLosses<Pass>) {
    if (rows.losses != nullptr) return SumRows<WithLogs<Pass>>(rows, begin, end, scale);
  }
  return SumRows<Pass>(rows, begin, end, scale);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
