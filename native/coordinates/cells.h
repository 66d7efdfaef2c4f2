// The raw features of YOLO v3 as boxes, and back (formulas/yolo.h has what they stand for). Rows of
// four are in the order (x, y, w, h).

#if defined(DETLOSS_COORDINATES_CELLS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_COORDINATES_CELLS_H_
#undef DETLOSS_COORDINATES_CELLS_H_
#else
#define DETLOSS_COORDINATES_CELLS_H_
#endif

#include "coordinates/raw.h"
#include "formulas/yolo.h"

// A box in fractions of the image from its raw features, and those from it.
FORMULA Four DecodeFromCell(const Four& raw, const Cell& cell) {
  return {CentreFromRaw(raw.a, cell.columns, cell.column),
          CentreFromRaw(raw.b, cell.lines, cell.line), SizeFromRaw(raw.c, cell.anchor_w),
          SizeFromRaw(raw.d, cell.anchor_h)};
}
FORMULA Four EncodeToCell(const Four& box, const Cell& cell) {
  return {RawCentre(box.a, cell.columns, cell.column), RawCentre(box.b, cell.lines, cell.line),
          RawSize(box.c, cell.anchor_w), RawSize(box.d, cell.anchor_h)};
}

// The centre that a raw feature stands for, less the target's. It is taken in units of the cell,
// where it is a difference of numbers near 1: x − x* = (σ(x̂) − (n x* − c)) / n.
template <class X>
FORMULA auto OffsetFromRaw(const X& raw, const Number& truth, const Number& cells,
                           const Number& cell) {
  return (Sigmoid(raw) - OffsetIn(truth, cells, cell)) / cells;
}

// Read: a box from its raw features, which RawOf makes, with its centre relative to the target's.
// The target is then (0, 0, w*, h*).
template <class Raw>
FORMULA auto ReadFromCell(const Raw& raw, const Truth& truth, const Cell& cell) {
  return CentreSize{OffsetFromRaw(raw.x, truth.x, cell.columns, cell.column),
                    OffsetFromRaw(raw.y, truth.y, cell.lines, cell.line),
                    SizeFromRaw(raw.w, cell.anchor_w), SizeFromRaw(raw.h, cell.anchor_h)};
}

// The box that has been read, and how fast each of its numbers changes with its own raw feature,
// on which it depends alone.
template <class Read>
FORMULA Four BoxOf(const Read& read) {
  return {Value(read.x), Value(read.y), Value(read.w), Value(read.h)};
}
template <class Read>
FORMULA Four RatesOf(const Read& read) {
  return {ToNumber(read.x.a), ToNumber(read.y.b), ToNumber(read.w.c), ToNumber(read.h.d)};
}

// Pull: derivatives by raw features from those by the box.
FORMULA Four PullToCell(const Four& slopes, const Four& rates) {
  return {slopes.a * rates.a, slopes.b * rates.b, slopes.c * rates.c, slopes.d * rates.d};
}

#endif
