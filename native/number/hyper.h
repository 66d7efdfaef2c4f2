// Hyperparameters: the members of a formula, all of which are numbers. Like the formulas, this is
// text for the inside of a number type's namespace.

#if defined(DETLOSS_NUMBER_HYPER_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_HYPER_H_
#undef DETLOSS_NUMBER_HYPER_H_
#else
#define DETLOSS_NUMBER_HYPER_H_
#endif

// How many a formula has.
template <class Formula>
constexpr size_t kHyper = std::is_empty_v<Formula> ? 0 : sizeof(Formula) / sizeof(Number);

// A formula with its hyperparameters, which are in the order of its members.
template <class Formula, size_t... kIndex>
inline Formula Parametrize(const float* hyper, std::index_sequence<kIndex...>) {
  static_assert(sizeof...(kIndex) <= kMostHyper, "a formula has too many hyperparameters");
  return Formula{Number(hyper[kIndex])...};
}
template <class Formula>
inline Formula Parametrize(const float* hyper) {
  return Parametrize<Formula>(hyper, std::make_index_sequence<kHyper<Formula>>());
}

#endif
