// Rows of boxes.

#if defined(DETLOSS_PASSES_BOXES_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_BOXES_H_
#undef DETLOSS_PASSES_BOXES_H_
#else
#define DETLOSS_PASSES_BOXES_H_
#endif

#include "coordinates/boxes.h"
#include "number/hyper.h"
#include "passes/pass.h"

// Whether a formula measures boxes (formulas/iou.h): their scale makes no difference to it, and it
// has to be computed anew for boxes whose areas are no floats.
template <class Formula, class = void>
constexpr bool kMeasuresBoxes = false;
template <class Formula>
constexpr bool kMeasuresBoxes<Formula, std::void_t<decltype(std::declval<Formula>().Measure(
                                           std::declval<PlainBoxes<Zero>>()))>> = true;

// Whether roots and quotients, for which there is one divider, are most of a formula.
template <class Formula, class = void>
constexpr bool kMostlyDivides = false;
template <class Formula>
constexpr bool kMostlyDivides<Formula, std::void_t<decltype(Formula::kDivides)>> =
    Formula::kDivides;

// A loss with the area of the boxes' union.
template <class Loss>
struct WithUnion {
  Loss loss;
  Number united;
};
template <class Loss>
WithUnion(Loss, Number) -> WithUnion<Loss>;

// The loss of what any pass evaluates.
template <class Loss>
FORMULA const Loss& WithoutUnion(const Loss& loss) {
  return loss;
}
template <class Loss>
FORMULA const Loss& WithoutUnion(const WithUnion<Loss>& result) {
  return result.loss;
}

// For formulas of a pair of boxes and, where they take them, of an anchor's sizes.
template <class CoordinatesType, class FormulaType, bool kTakesAnchors, bool kWithGradient>
struct BoxPass : AnyRows {
  using Coordinates = CoordinatesType;
  using Formula = FormulaType;
  template <class Others>
  using In = BoxPass<Others, Formula, kTakesAnchors, kWithGradient>;
  static constexpr size_t kWidth = Coordinates::kWidth;
  static constexpr size_t kTargetWidth = Coordinates::kTargetWidth;
  static constexpr bool kAnchors = kTakesAnchors;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kIsLong = true;
  static constexpr bool kInPairs = !kMostlyDivides<Formula>;
  static constexpr bool kMeasures = kMeasuresBoxes<Formula>;
  static constexpr Extremes kExtremes = kMeasures ? Extremes::kScale : Extremes::kNone;

  Coordinates coordinates;
  Formula formula;

  explicit FORMULA BoxPass(const Rows& rows)
      : coordinates(rows), formula(Parametrize<Formula>(rows.hyper)) {}

  template <class Cursor>
  FORMULA auto Evaluate(const Cursor& at) const {
    const auto boxes =
        coordinates.Read(at.template Pred<kWidth>(), at.template Target<kTargetWidth>());
    if constexpr (kGradient) {
      return LossOf(Seed(boxes), at);
    } else {
      return LossOf(boxes, at);
    }
  }

  template <class Loss, class W>
  FORMULA auto Gradient(const Loss& loss, const W& weigh) const {
    return coordinates.Pull(loss, weigh);
  }

 private:
  template <class Read, class Cursor>
  FORMULA auto LossOf(const Read& boxes, const Cursor& at) const {
    if constexpr (kAnchors) {
      const Four anchor = coordinates.CentreAndSizeOf(at.template Anchor<4>());
      return formula(boxes, anchor.c, anchor.d);
    } else if constexpr (kMeasures) {
      const auto measured = formula.Measure(boxes);
      return WithUnion{measured.result, measured.united};
    } else {
      return formula(boxes);
    }
  }
};

#endif
