// Rows of several numbers: between interleaved arrays and one vector per number.

#include "number/lanes-inl.h"

#if defined(DETLOSS_LOOPS_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_COLUMNS_INL_H_
#undef DETLOSS_LOOPS_COLUMNS_INL_H_
#else
#define DETLOSS_LOOPS_COLUMNS_INL_H_
#endif

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

inline Lanes Load(const float* from) { return hn::LoadU(FloatTag(), from); }

// Numbers that are used more than once, which GCC would load anew for each use: of the objectness
// of logits, that is a fourteenth of its time.
inline Lanes Once(Lanes lanes) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3 && (defined(__GNUC__) || defined(__clang__))
  asm("" : "+v"(lanes.v.raw));
#endif
  return lanes;
}

inline void Store(Lanes lanes, float* to) { hn::StoreU(lanes.v, FloatTag(), to); }

// The first `count` lanes; the others are 0.
inline Lanes Some(Lanes lanes, size_t count) {
  const FloatTag d;
  if (HWY_LIKELY(count >= hn::Lanes(d))) return lanes;
  return hn::IfThenElseZero(hn::FirstN(d, count), lanes.v);
}

// Whether a masked load or store leaves memory alone where the mask is false.
#undef DETLOSS_MASKED_MEMORY
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#define DETLOSS_MASKED_MEMORY 1
#else
#define DETLOSS_MASKED_MEMORY 0
#endif

// The first `count` lanes, or all of them; the others are `filler`.
FORMULA Lanes LoadSome(const float* from, size_t count, float filler = 0.0f) {
  const FloatTag d;
  if (HWY_LIKELY(count >= hn::Lanes(d))) return Load(from);
#if DETLOSS_MASKED_MEMORY
  const Mask inside = hn::FirstN(d, count);
  return Select(inside, hn::MaskedLoad(inside, d, from), filler);
#else
  HWY_ALIGN float buffer[hn::MaxLanes(d)];
  Store(filler, buffer);
  std::copy(from, from + count, buffer);
  return Load(buffer);
#endif
}
FORMULA void StoreSome(Lanes lanes, size_t count, float* to) {
  const FloatTag d;
  if (HWY_LIKELY(count >= hn::Lanes(d))) return Store(lanes, to);
#if DETLOSS_MASKED_MEMORY
  hn::BlendedStore(lanes.v, hn::FirstN(d, count), d, to);
#else
  HWY_ALIGN float buffer[hn::MaxLanes(d)];
  Store(lanes, buffer);
  std::copy(buffer, buffer + count, to);
#endif
}

#include "number/columns.h"

// Which of a vector's rows of four a lane holds is up to the loading: transposing the 4 × 4 numbers
// in every 128 bits takes half the shuffles that bringing the rows into their order would. Lane
// 4k + j then holds row j · (lanes / 4) + k, and arrays of one number per row are brought into the
// same order by FromRows, and back by ToRows.
#if HWY_TARGET == HWY_SCALAR
inline Lanes FromRows(Lanes rows) { return rows; }
inline Lanes ToRows(Lanes lanes) { return lanes; }

inline Four LoadFour(const float* from) {
  return {Lanes(from[0]), Lanes(from[1]), Lanes(from[2]), Lanes(from[3])};
}

inline void StoreFour(const Four& four, float* to) {
  Store(four.a, to);
  Store(four.b, to + 1);
  Store(four.c, to + 2);
  Store(four.d, to + 3);
}

// One row is a whole vector of them.
FORMULA Four LoadSomeFour(const float* from, size_t) { return LoadFour(from); }
FORMULA void StoreSomeFour(const Four& four, size_t, float* to) { StoreFour(four, to); }
#else
constexpr size_t kBlocks = hn::MaxLanes(FloatTag()) / 4;

struct RowOrder {
  int32_t from_rows[4 * kBlocks];
  int32_t to_rows[4 * kBlocks];

  constexpr RowOrder() : from_rows(), to_rows() {
    for (size_t i = 0; i < 4 * kBlocks; ++i) {
      from_rows[i] = static_cast<int32_t>(i % 4 * kBlocks + i / 4);
      to_rows[i] = static_cast<int32_t>(i % kBlocks * 4 + i / kBlocks);
    }
  }
};
HWY_ALIGN constexpr RowOrder kRowOrder;

inline Lanes FromRows(Lanes rows) {
  return hn::TableLookupLanes(rows.v, hn::SetTableIndices(FloatTag(), kRowOrder.from_rows));
}
inline Lanes ToRows(Lanes lanes) {
  return hn::TableLookupLanes(lanes.v, hn::SetTableIndices(FloatTag(), kRowOrder.to_rows));
}

// Transposes the 4 × 4 numbers in every 128 bits; its own inverse.
inline Four Transpose(const Four& four) {
  const FloatTag d;
  const hn::Repartition<double, FloatTag> pairs;
  const auto low_ab = hn::BitCast(pairs, hn::InterleaveLower(d, four.a.v, four.b.v));
  const auto high_ab = hn::BitCast(pairs, hn::InterleaveUpper(d, four.a.v, four.b.v));
  const auto low_cd = hn::BitCast(pairs, hn::InterleaveLower(d, four.c.v, four.d.v));
  const auto high_cd = hn::BitCast(pairs, hn::InterleaveUpper(d, four.c.v, four.d.v));
  return {hn::BitCast(d, hn::InterleaveLower(pairs, low_ab, low_cd)),
          hn::BitCast(d, hn::InterleaveUpper(pairs, low_ab, low_cd)),
          hn::BitCast(d, hn::InterleaveLower(pairs, high_ab, high_cd)),
          hn::BitCast(d, hn::InterleaveUpper(pairs, high_ab, high_cd))};
}

inline Four LoadFour(const float* from) {
  constexpr size_t kLanes = 4 * kBlocks;
  return Transpose(
      {Load(from), Load(from + kLanes), Load(from + 2 * kLanes), Load(from + 3 * kLanes)});
}

inline void StoreFour(const Four& four, float* to) {
  constexpr size_t kLanes = 4 * kBlocks;
  const Four rows = Transpose(four);
  Store(rows.a, to);
  Store(rows.b, to + kLanes);
  Store(rows.c, to + 2 * kLanes);
  Store(rows.d, to + 3 * kLanes);
}

// Up to a vector of rows of four; the missing ones are 0 when loaded. What is rare is a function of
// its own, which every loss would hold copies of.
inline HWY_NOINLINE Four LoadPart(const float* from, size_t count) {
  constexpr size_t kLanes = 4 * kBlocks;
  const auto some = [from, count](size_t i) HWY_ATTR {
    return i < 4 * count ? LoadSome(from + i, 4 * count - i) : Lanes(0.0f);
  };
  return {some(0), some(kLanes), some(2 * kLanes), some(3 * kLanes)};
}
inline HWY_NOINLINE void StorePart(const Four& rows, size_t count, float* to) {
  constexpr size_t kLanes = 4 * kBlocks;
  const auto store = [to, count](Lanes lanes, size_t i) HWY_ATTR {
    if (i < 4 * count) StoreSome(lanes, 4 * count - i, to + i);
  };
  store(rows.a, 0);
  store(rows.b, kLanes);
  store(rows.c, 2 * kLanes);
  store(rows.d, 3 * kLanes);
}

FORMULA Four LoadSomeFour(const float* from, size_t count) {
  constexpr size_t kLanes = 4 * kBlocks;
  if (HWY_LIKELY(count >= kLanes)) return LoadFour(from);
  return Transpose(LoadPart(from, count));
}
FORMULA void StoreSomeFour(const Four& four, size_t count, float* to) {
  constexpr size_t kLanes = 4 * kBlocks;
  if (HWY_LIKELY(count >= kLanes)) return StoreFour(four, to);
  StorePart(Transpose(four), count, to);
}
#endif

inline Columns<2> LoadTwo(const float* from) {
  Columns<2> two;
  hn::LoadInterleaved2(FloatTag(), from, two.a.v, two.b.v);
  return two;
}
inline void StoreTwo(const Columns<2>& two, float* to) {
  hn::StoreInterleaved2(two.a.v, two.b.v, FloatTag(), to);
}

// Rows of other widths, number by number.
inline Lanes LoadColumn(const float* from, size_t width) {
  const FloatTag d;
  HWY_ALIGN float column[hn::MaxLanes(d)];
  for (size_t lane = 0; lane < hn::Lanes(d); ++lane) column[lane] = from[lane * width];
  return Load(column);
}
inline void StoreColumn(Lanes lanes, size_t width, float* to) {
  const FloatTag d;
  HWY_ALIGN float column[hn::MaxLanes(d)];
  Store(lanes, column);
  for (size_t lane = 0; lane < hn::Lanes(d); ++lane) to[lane * width] = column[lane];
}

// A vector of rows of kWidth numbers.
template <size_t kWidth>
FORMULA Columns<kWidth> LoadColumns(const float* from) {
  if constexpr (kWidth == 1) {
    return {Load(from)};
  } else if constexpr (kWidth == 2) {
    return LoadTwo(from);
  } else if constexpr (kWidth == 4) {
    return LoadFour(from);
  } else {
    static_assert(kWidth == 5, "rows have 1, 2, 4 or 5 numbers");
    return {LoadColumn(from, 5), LoadColumn(from + 1, 5), LoadColumn(from + 2, 5),
            LoadColumn(from + 3, 5), LoadColumn(from + 4, 5)};
  }
}
FORMULA void StoreColumns(const Columns<1>& columns, float* to) { Store(columns.a, to); }
FORMULA void StoreColumns(const Columns<2>& columns, float* to) { StoreTwo(columns, to); }
FORMULA void StoreColumns(const Columns<4>& columns, float* to) { StoreFour(columns, to); }
FORMULA void StoreColumns(const Columns<5>& columns, float* to) {
  StoreColumn(columns.a, 5, to);
  StoreColumn(columns.b, 5, to + 1);
  StoreColumn(columns.c, 5, to + 2);
  StoreColumn(columns.d, 5, to + 3);
  StoreColumn(columns.e, 5, to + 4);
}

// Up to a vector of rows; the missing ones are 0 when loaded.
template <size_t kWidth>
FORMULA Columns<kWidth> LoadSomeColumns(const float* from, size_t count) {
  if constexpr (kWidth == 1) {
    return {LoadSome(from, count)};
  } else if constexpr (kWidth == 4) {
    return LoadSomeFour(from, count);
  } else {
    const size_t lanes = hn::Lanes(FloatTag());
    if (HWY_LIKELY(count >= lanes)) return LoadColumns<kWidth>(from);
    HWY_ALIGN float rows[kWidth * hn::MaxLanes(FloatTag())] = {};
    std::copy(from, from + kWidth * count, rows);
    return LoadColumns<kWidth>(rows);
  }
}
template <size_t kWidth>
FORMULA void StoreSomeColumns(const Columns<kWidth>& columns, size_t count, float* to) {
  if constexpr (kWidth == 1) {
    StoreSome(columns.a, count, to);
  } else if constexpr (kWidth == 4) {
    StoreSomeFour(columns, count, to);
  } else {
    const size_t lanes = hn::Lanes(FloatTag());
    if (HWY_LIKELY(count >= lanes)) return StoreColumns(columns, to);
    HWY_ALIGN float rows[kWidth * hn::MaxLanes(FloatTag())];
    StoreColumns(columns, rows);
    std::copy(rows, rows + kWidth * count, to);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
