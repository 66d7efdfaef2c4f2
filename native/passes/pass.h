// What the loops ask of a pass, as most passes answer: a pass says what is other for it.
//
// A pass says how a row is read, what formula is evaluated and how its derivatives become the row's
// gradient. It is one text for every engine: `Number` is a vector of rows or the number of one row,
// and `at` is the engine's cursor, which reads the row's arrays as columns. Like the formulas,
// passes are text for the inside of a number type's namespace.

#if defined(DETLOSS_PASSES_PASS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_PASS_H_
#undef DETLOSS_PASSES_PASS_H_
#else
#define DETLOSS_PASSES_PASS_H_
#endif

struct AnyRows {
  static constexpr bool kAnchors = false;   // whether a row has an anchor too
  static constexpr bool kSided = false;     // whether rows with an object are summed by themselves
  static constexpr bool kMeasures = false;  // whether it gives the area of the boxes' union
  static constexpr bool kIsLong = false;    // whether a function of one vector pays
  static constexpr bool kIsRare = false;    // whether it does without the fastest loop
  static constexpr bool kInPairs = false;   // whether two vectors at a time are faster
  static constexpr Extremes kExtremes = Extremes::kNone;  // see loops/extremes.h
};

#endif
