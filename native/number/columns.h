// The numbers of a row, each of them a vector where rows are. Like the formulas, this is text for
// the inside of a number type's namespace.

#if defined(DETLOSS_NUMBER_COLUMNS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_COLUMNS_H_
#undef DETLOSS_NUMBER_COLUMNS_H_
#else
#define DETLOSS_NUMBER_COLUMNS_H_
#endif

template <size_t kCount>
struct Columns;
template <>
struct Columns<1> {
  Number a;
};
template <>
struct Columns<2> {
  Number a, b;
};
template <>
struct Columns<4> {
  Number a, b, c, d;
};
template <>
struct Columns<5> {
  Number a, b, c, d, e;
};
using Four = Columns<4>;

#endif
