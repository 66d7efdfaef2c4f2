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

HWY_INLINE Pair LoadPair(const float* from) {
  Pair pair;
  hn::LoadInterleaved2(FloatTag(), from, pair.a.v, pair.b.v);
  return pair;
}
HWY_INLINE void StorePair(const Pair& pair, float* to) {
  hn::StoreInterleaved2(pair.a.v, pair.b.v, FloatTag(), to);
}

// Up to a vector of pairs; the missing ones are 0 when loaded.
HWY_INLINE Pair LoadSomePair(const float* from, size_t count) {
  HWY_ALIGN float buffer[2 * hn::MaxLanes(FloatTag())] = {};
  std::copy(from, from + 2 * count, buffer);
  return LoadPair(buffer);
}
HWY_INLINE void StoreSomePair(const Pair& pair, size_t count, float* to) {
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
  HWY_INLINE Slice From(size_t row) const {
    const auto at = [row](auto* array, size_t width)
                        HWY_ATTR { return array == nullptr ? nullptr : array + row * width; };
    return {at(pred, Pass::kWidth), at(target, Pass::kTargetWidth), at(anchors, Pass::kWidth),
            at(weight, 1),          at(grad, Pass::kWidth),         at(losses, 1)};
  }

  HWY_INLINE Lanes Numbers(const float* from) const { return Load(from); }
  HWY_INLINE Pair Pairs(const float* from) const { return LoadPair(from); }
  HWY_INLINE Four Fours(const float* from) const { return LoadFour(from); }
  HWY_INLINE void Put(Lanes numbers, float* to) const { Store(numbers, to); }
  HWY_INLINE void Put(const Pair& pairs, float* to) const { StorePair(pairs, to); }
  HWY_INLINE void Put(const Four& fours, float* to) const { StoreFour(fours, to); }
};

// The same of the last rows where they do not fill a vector: the missing ones are 0 when read.
// Copies padded to a vector, which calls of a few boxes consist of, took those 25 ns longer.
struct LastRows : Slice {
  size_t count;

  HWY_INLINE Lanes Numbers(const float* from) const { return LoadSome(from, count); }
  HWY_INLINE Pair Pairs(const float* from) const { return LoadSomePair(from, count); }
  HWY_INLINE Four Fours(const float* from) const { return LoadSomeFour(from, count); }
  HWY_INLINE void Put(Lanes numbers, float* to) const { StoreSome(numbers, count, to); }
  HWY_INLINE void Put(const Pair& pairs, float* to) const { StoreSomePair(pairs, count, to); }
  HWY_INLINE void Put(const Four& fours, float* to) const { StoreSomeFour(fours, count, to); }
};

// One number per row, in the order in which vectors of rows of kWidth numbers have their lanes, and
// back from it.
template <size_t kWidth>
HWY_INLINE Lanes InRowOrder(Lanes numbers) {
  return kWidth == 4 ? FromRows(numbers) : numbers;
}
template <size_t kWidth>
HWY_INLINE Lanes InArrayOrder(Lanes lanes) {
  return kWidth == 4 ? ToRows(lanes) : lanes;
}

template <size_t kWidth>
HWY_INLINE Lanes LoadRows(const float* from) {
  return InRowOrder<kWidth>(Load(from));
}

// The weights of a vector of rows.
struct Weights {
  Lanes weight;
  Mask ignored;  // weight 0: whatever the row holds, it must not reach a result

  template <size_t kWidth>
  static HWY_INLINE Weights Of(const Slice& slice) {
    return Of(LoadRows<kWidth>(slice.weight));
  }
  // Missing rows have weight 0, which keeps them out of the result.
  template <size_t kWidth>
  static HWY_INLINE Weights Of(const LastRows& rows) {
    const bool given = rows.weight != nullptr;
    const Lanes weight = given ? rows.Numbers(rows.weight) : Some(1.0f, rows.count);
    return Of(InRowOrder<kWidth>(weight));
  }
  static HWY_INLINE Weights Of(Lanes weight) { return {weight, weight == Lanes(0.0f)}; }
  HWY_INLINE bool IgnoreAll() const { return hn::AllTrue(FloatTag(), ignored); }
  // Which of some rows count: where those fall that do not must not change how the others are
  // added.
  HWY_INLINE Mask operator()(Mask rows) const { return hn::AndNot(ignored, rows); }
  // Some numbers of the rows, or another where a row does not count.
  HWY_INLINE Lanes OrElse(Lanes numbers, Lanes other) const {
    return Select(ignored, other, numbers);
  }
  HWY_INLINE Weights operator*(Lanes factor) const { return {weight * factor, ignored}; }
  HWY_INLINE Lanes operator()(Lanes x) const { return ZeroWhere(ignored, x * weight); }
  HWY_INLINE Lanes operator()(Negated minus) const { return ZeroWhere(ignored, minus.x * -weight); }
  // A logarithm that is to be multiplied by other numbers than 0 and 1 has to be taken.
  HWY_INLINE LogSum operator()(const LogSum& sum) const {
    const Mask simple = hn::Or(ignored, weight == Lanes(1.0f));
    if (hn::AllTrue(FloatTag(), simple)) return ZeroWhere(ignored, sum);
    return {(*this)(Lanes(sum)), 0.0f};
  }
};

// The same of rows that all count alike.
struct EqualWeights {
  Lanes weight;

  template <size_t kWidth>
  static HWY_INLINE EqualWeights Of(const Slice&) {
    return {1.0f};
  }
  HWY_INLINE bool IgnoreAll() const { return false; }
  HWY_INLINE Mask operator()(Mask rows) const { return rows; }
  HWY_INLINE Lanes OrElse(Lanes numbers, Lanes) const { return numbers; }
  HWY_INLINE EqualWeights operator*(Lanes factor) const { return {weight * factor}; }
  HWY_INLINE Lanes operator()(Lanes x) const { return x * weight; }
  HWY_INLINE Lanes operator()(Negated minus) const { return minus.x * -weight; }
  HWY_INLINE LogSum operator()(const LogSum& sum) const { return sum; }
};

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
