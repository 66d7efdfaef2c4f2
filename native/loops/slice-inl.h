// The arrays of some rows, as passes read and write them, and the rows' weights.

#include "loops/four-inl.h"
#include "loops/sums-inl.h"
#include "number/lanes-inl.h"
#include "number/math-inl.h"

#if defined(DETLOSS_LOOPS_SLICE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_SLICE_INL_H_
#undef DETLOSS_LOOPS_SLICE_INL_H_
#else
#define DETLOSS_LOOPS_SLICE_INL_H_
#endif

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// Two numbers of each of a vector of rows.
struct Pair {
  Lanes a, b;
};

inline Pair LoadPair(const float* from) {
  Pair pair;
  hn::LoadInterleaved2(FloatTag(), from, pair.a.v, pair.b.v);
  return pair;
}
inline void StorePair(const Pair& pair, float* to) {
  hn::StoreInterleaved2(pair.a.v, pair.b.v, FloatTag(), to);
}

// Up to a vector of pairs; the missing ones are 0 when loaded.
inline Pair LoadSomePair(const float* from, size_t count) {
  HWY_ALIGN float buffer[2 * hn::MaxLanes(FloatTag())] = {};
  std::copy(from, from + 2 * count, buffer);
  return LoadPair(buffer);
}
inline void StoreSomePair(const Pair& pair, size_t count, float* to) {
  HWY_ALIGN float buffer[2 * hn::MaxLanes(FloatTag())];
  StorePair(pair, buffer);
  std::copy(buffer, buffer + 2 * count, to);
}

// The arrays of some rows, of which a pass reads and writes a whole vector of rows at a time.
struct Slice {
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;
  float* grad;
  float* losses;

  // The same from `row` on.
  template <class Pass>
  inline Slice From(size_t row) const {
    const auto at = [row](auto* array, size_t width)
                        HWY_ATTR { return array == nullptr ? nullptr : array + row * width; };
    return {at(pred, Pass::kWidth), at(target, Pass::kTargetWidth), at(anchors, Pass::kWidth),
            at(weight, 1),          at(grad, Pass::kWidth),         at(losses, 1)};
  }

  inline Lanes Numbers(const float* from) const { return Load(from); }
  inline Pair Pairs(const float* from) const { return LoadPair(from); }
  inline Four Fours(const float* from) const { return LoadFour(from); }
  inline void Put(Lanes numbers, float* to) const { Store(numbers, to); }
  inline void Put(const Pair& pairs, float* to) const { StorePair(pairs, to); }
  inline void Put(const Four& fours, float* to) const { StoreFour(fours, to); }
};

// The same of the last rows where they do not fill a vector: the missing ones are 0 when read.
// Copies padded to a vector, which calls of a few boxes consist of, took those 25 ns longer.
struct LastRows : Slice {
  size_t count;

  inline Lanes Numbers(const float* from) const { return LoadSome(from, count); }
  inline Pair Pairs(const float* from) const { return LoadSomePair(from, count); }
  inline Four Fours(const float* from) const { return LoadSomeFour(from, count); }
  inline void Put(Lanes numbers, float* to) const { StoreSome(numbers, count, to); }
  inline void Put(const Pair& pairs, float* to) const { StoreSomePair(pairs, count, to); }
  inline void Put(const Four& fours, float* to) const { StoreSomeFour(fours, count, to); }
};

// One number per row, in the order in which vectors of rows of kWidth numbers have their lanes, and
// back from it.
template <size_t kWidth>
inline Lanes InRowOrder(Lanes numbers) {
  return kWidth == 4 ? FromRows(numbers) : numbers;
}
template <size_t kWidth>
inline Lanes InArrayOrder(Lanes lanes) {
  return kWidth == 4 ? ToRows(lanes) : lanes;
}

template <size_t kWidth>
inline Lanes LoadRows(const float* from) {
  return InRowOrder<kWidth>(Load(from));
}

// The weights of a vector of rows.
struct Weights {
  Lanes weight;
  Mask ignored;  // weight 0: whatever the row holds, it must not reach a result

  template <size_t kWidth>
  static inline Weights Of(const Slice& slice) {
    return Of(LoadRows<kWidth>(slice.weight));
  }
  // Missing rows have weight 0, which keeps them out of the result.
  template <size_t kWidth>
  static inline Weights Of(const LastRows& rows) {
    const bool given = rows.weight != nullptr;
    const Lanes weight = given ? rows.Numbers(rows.weight) : Some(1.0f, rows.count);
    return Of(InRowOrder<kWidth>(weight));
  }
  static inline Weights Of(Lanes weight) { return {weight, weight == Lanes(0.0f)}; }
  inline bool IgnoreAll() const { return hn::AllTrue(FloatTag(), ignored); }
  // Which of some rows count: where those fall that do not must not change how the others are
  // added.
  inline Mask operator()(Mask rows) const { return hn::AndNot(ignored, rows); }
  // Some numbers of the rows, or another where a row does not count.
  inline Lanes OrElse(Lanes numbers, Lanes other) const { return Select(ignored, other, numbers); }
  inline Weights operator*(Lanes factor) const { return {weight * factor, ignored}; }
  inline Lanes operator()(Lanes x) const { return ZeroWhere(ignored, x * weight); }
  inline Lanes operator()(Negated minus) const { return ZeroWhere(ignored, minus.x * -weight); }
  // A logarithm that is to be multiplied by other numbers than 0 and 1 has to be taken.
  inline LogSum operator()(const LogSum& sum) const {
    const Mask simple = hn::Or(ignored, weight == Lanes(1.0f));
    if (hn::AllTrue(FloatTag(), simple)) return ZeroWhere(ignored, sum);
    return {(*this)(Lanes(sum)), 0.0f};
  }
};

// The same of rows that all count alike.
struct EqualWeights {
  Lanes weight;

  template <size_t kWidth>
  static inline EqualWeights Of(const Slice&) {
    return {1.0f};
  }
  inline bool IgnoreAll() const { return false; }
  inline Mask operator()(Mask rows) const { return rows; }
  inline Lanes OrElse(Lanes numbers, Lanes) const { return numbers; }
  inline EqualWeights operator*(Lanes factor) const { return {weight * factor}; }
  inline Lanes operator()(Lanes x) const { return x * weight; }
  inline Lanes operator()(Negated minus) const { return minus.x * -weight; }
  inline LogSum operator()(const LogSum& sum) const { return sum; }
};

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
