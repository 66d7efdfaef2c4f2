// Rows of boxes: from interleaved arrays to the axes a formula is given, and back to gradients.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_BOXES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_BOXES_INL_H_
#undef DETLOSS_LOOPS_BOXES_INL_H_
#else
#define DETLOSS_LOOPS_BOXES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/formats.h"

// Whether a formula measures boxes (formulas/iou.h): the scale of these makes no difference to it,
// and it has to be computed for boxes whose areas underflow.
template <class Formula, class = void>
constexpr bool kMeasures = false;
template <class Formula>
constexpr bool kMeasures<Formula, std::void_t<decltype(std::declval<Formula>().Measure(
                                      std::declval<PlainBoxes<Zero>>()))>> = true;

// Rows of boxes, for formulas of a pair of boxes and, where they take them, of an anchor's sizes.
template <class Formula, bool kPairs, bool kWithGradient, Format kFormat>
class BoxPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;
  static constexpr bool kKeepsSides = false;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kInPairs = kPairs;
  static constexpr Anchors kAnchors = std::is_invocable_v<Formula, PlainBoxes<Zero>, Lanes, Lanes>
                                          ? Anchors::kPerRow
                                          : Anchors::kNone;
  static constexpr bool kTakesAnchors = kAnchors == Anchors::kPerRow;

  explicit HWY_INLINE BoxPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.parameter)) {}

  template <class SliceType>
  HWY_INLINE auto Evaluate(const SliceType& slice, size_t) const {
    const auto boxes = ToBoxes<kFormat>(slice.Fours(slice.pred), slice.Fours(slice.target));
    if constexpr (kGradient) {
      return Apply(Seed(boxes), slice);
    } else {
      return Apply(boxes, slice);
    }
  }

  template <class Loss, class W>
  HWY_INLINE auto Gradient(const Loss& loss, const W& weigh) const {
    return GradientOf<kFormat>(loss, weigh);
  }

 private:
  template <class Boxes, class SliceType>
  HWY_INLINE auto Apply(const Boxes& boxes, const SliceType& slice) const {
    if constexpr (kTakesAnchors) {
      const Four anchor = CentreAndSize<kFormat>(slice.Fours(slice.anchors));
      return formula_(boxes, anchor.c, anchor.d);
    } else if constexpr (kMeasures<Formula>) {
      const auto measured = formula_.Measure(boxes);
      return WithUnion{measured.result, measured.united};
    } else {
      return formula_(boxes);
    }
  }

  Formula formula_;
};

template <class Formula, bool kPairs, bool kGradient>
RowSums BoxKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return WithFormat(rows.format, [&](auto format) {
    return Kernel<BoxPass<Formula, kPairs, kGradient, format.value>>(rows, begin, end, scale);
  });
}

template <class Formula, bool kPairs = true>
constexpr RowLoss BoxKernels(const char* name) {
  return {name,
          4,
          4,
          BoxPass<Formula, kPairs, true, Format::kYxhw>::kAnchors,
          &BoxKernel<Formula, kPairs, false>,
          &BoxKernel<Formula, kPairs, true>,
          kMeasures<Formula> ? Extremes::kScale : Extremes::kNone};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

// A line of a family's table, from its list in native/formulas.
#define DETLOSS_BOX_KERNELS(NAME, FORMULA_TYPE) BoxKernels<FORMULA_TYPE>(#NAME),

#endif
