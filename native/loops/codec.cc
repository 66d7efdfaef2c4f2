// The codecs of native/formulas/faster_rcnn.h and yolo.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/codec.cc"
#include "hwy/foreach_target.h"
#include "loops/blocks.h"
#include "loops/codec.h"
#include "loops/grid-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/regression.h"
#include "formulas/faster_rcnn.h"
#include "coordinates/cells.h"

// Calls `code(in, anchors, row)` for every vector of rows [begin, end).
template <class Code>
inline void ForFours(const CodecRows& rows, size_t begin, size_t end, const Code& code) {
  const size_t lanes = hn::Lanes(FloatTag());
  for (size_t row = begin; row < end; row += lanes) {
    const size_t count = std::min(lanes, end - row);
    const Four in = LoadSomeFour(rows.in + 4 * row, count);
    const float* const anchors = rows.anchors == nullptr ? nullptr : rows.anchors + 4 * row;
    const Four anchor = anchors == nullptr ? in : LoadSomeFour(anchors, count);
    StoreSomeFour(code(in, anchor, row), count, rows.out + 4 * row);
  }
}

template <Format kFormat>
struct EncodeToAnchor {
  inline Four operator()(const Four& box, const Four& anchor, size_t) const {
    const auto boxes = ToBoxes<kFormat>(box, anchor);
    return XFirst<kFormat>({OffsetToAnchor(boxes.x), OffsetToAnchor(boxes.y),
                            GrowthFromAnchor(boxes.x), GrowthFromAnchor(boxes.y)});
  }
};

template <Format kFormat>
struct DecodeFromAnchor {
  Lanes clamp;

  inline Four operator()(const Four& deltas, const Four& anchor, size_t) const {
    const Four t = XFirst<kFormat>(deltas);
    const Four a = CentreAndSize<kFormat>(anchor);
    return FromCentreAndSize<kFormat>({CentreFromAnchor(t.a, a.a, PositiveSize(a.c)),
                                       CentreFromAnchor(t.b, a.b, PositiveSize(a.d)),
                                       SizeFromAnchor(t.c, PositiveSize(a.c), clamp),
                                       SizeFromAnchor(t.d, PositiveSize(a.d), clamp)});
  }
};

struct ToCell {
  const CodecRows& rows;

  inline Four operator()(const Four& box, const Four&, size_t row) const {
    const bool y_first = rows.format == Format::kYxhw;
    Cells cells(rows.grid);
    cells.SetFrom(row);
    return RawInOrder(y_first, EncodeToCell(RawInOrder(y_first, box), cells.Read()));
  }
};

struct FromCell {
  const CodecRows& rows;

  inline Four operator()(const Four& raw, const Four&, size_t row) const {
    const bool y_first = rows.format == Format::kYxhw;
    Cells cells(rows.grid);
    cells.SetFrom(row);
    return RawInOrder(y_first, DecodeFromCell(RawInOrder(y_first, raw), cells.Read()));
  }
};

void EncodeFasterRcnn(const CodecRows& rows, size_t begin, size_t end) {
  WithFormat(rows.format, [&](auto format) HWY_ATTR {
    ForFours(rows, begin, end, EncodeToAnchor<format.value>{});
  });
}
void DecodeFasterRcnn(const CodecRows& rows, size_t begin, size_t end) {
  WithFormat(rows.format, [&](auto format) HWY_ATTR {
    ForFours(rows, begin, end, DecodeFromAnchor<format.value>{Lanes(rows.clamp)});
  });
}
void EncodeYoloV3(const CodecRows& rows, size_t begin, size_t end) {
  ForFours(rows, begin, end, ToCell{rows});
}
void DecodeYoloV3(const CodecRows& rows, size_t begin, size_t end) {
  ForFours(rows, begin, end, FromCell{rows});
}

const Codec* CodecTable() {
  static constexpr Codec kTable[] = {
      {"fasterRcnnEncode", Anchors::kPerRow, &EncodeFasterRcnn},
      {"fasterRcnnDecode", Anchors::kPerRow, &DecodeFasterRcnn},
      {"yoloV3Encode", Anchors::kPerCell, &EncodeYoloV3},
      {"yoloV3Decode", Anchors::kPerCell, &DecodeYoloV3},
      {},
  };
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(CodecTable);

const Codec* Codecs() { return HWY_DYNAMIC_DISPATCH(CodecTable)(); }

void Compute(Crew* crew, const Codec& codec, const CodecRows& rows) {
  ForBlocks(crew, rows.count, kBlock,
            [&](size_t begin, size_t end) { codec.kernel(rows, begin, end); });
}

}  // namespace detloss
#endif
