// Four numbers of a box, in the order of its format. Like the formulas, this is text for the inside
// of a number type's namespace.

#if defined(DETLOSS_NUMBER_FOUR_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_FOUR_H_
#undef DETLOSS_NUMBER_FOUR_H_
#else
#define DETLOSS_NUMBER_FOUR_H_
#endif

struct Four {
  Number a, b, c, d;
};

#endif
