// Losses over rows: what one call is given, and how it is computed.

#ifndef DETLOSS_LOOPS_ROWS_H_
#define DETLOSS_LOOPS_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "formulas/format.h"

namespace detloss {

class Crew;

// How many hyperparameters a loss has at most.
constexpr size_t kMostHyper = 8;

// kBalanced: the mean over the rows with an object plus the mean over those without.
enum class Reduction { kMean, kSum, kNone, kBalanced };

// The cells and anchors of a YOLO v3 scale; `anchors` are pairs of height and width. The rows of a
// call are those of [B, H, W, A] in their order, or those that `listed` names, one for each row of
// the call, filled up to whole vectors with any.
struct Grid {
  size_t height = 0;
  size_t width = 0;
  size_t anchor_count = 0;
  const float* anchors = nullptr;
  const size_t* listed = nullptr;
};

// Arrays of a call whose numbers have to be in a range, or null. A row has one weight and `width`
// of the other numbers. In a row of weight 0 those may be anything, and NaN, which a result shows,
// is in their ranges everywhere.
struct Demands {
  const float* weight = nullptr;         // finite
  const float* fractions = nullptr;      // from 0 to 1
  const float* probabilities = nullptr;  // the same, but for rounding
  size_t width = 1;

  constexpr bool Any() const {
    return weight != nullptr || fractions != nullptr || probabilities != nullptr;
  }
};

// The arrays of one call. A row is one number, a pair of logits, or a box of four numbers.
struct Rows {
  size_t count = 0;
  const float* pred = nullptr;
  const float* target = nullptr;
  const float* anchors = nullptr;  // one box per row, for the losses that take anchors
  const float* weight = nullptr;   // one per row, or none
  float* grad = nullptr;           // in the shape of pred, or none
  float* losses = nullptr;         // one per row, or none
  Format format = Format::kYxhw;
  float hyper[kMostHyper] = {};  // hyperparameters, in the order of the formula's members
  Grid grid;
  Demands demands;
};

// What a row counts by: objectness keeps rows with an object (target above 0) and rows without
// apart; other losses count every row as present.
struct Sides {
  double present = 0.0;
  double absent = 0.0;

  constexpr Sides& operator+=(const Sides& other) {
    present += other.present;
    absent += other.absent;
    return *this;
  }
};

// What there is of some rows.
struct RowSums {
  Sides losses;        // weighted
  size_t present = 0;  // those with an object, counted of rows without weights in a pass for values
  bool extreme = false;  // whether there are boxes whose areas may be no floats

  constexpr RowSums& operator+=(const RowSums& other) {
    losses += other.losses;
    present += other.present;
    extreme = extreme || other.extreme;
    return *this;
  }
};

// Computes rows [begin, end): writes their losses and gradients, the latter times the `scale` of
// the row's side, and returns their sums.
using RowKernel = RowSums (*)(const Rows& rows, size_t begin, size_t end, const Sides& scale);

// Which anchors a loss takes: none, one box per row, or one pair of sizes per anchor of a cell.
enum class Anchors { kNone, kPerRow, kPerCell };

// Which rows a loss has that its kernels alone do not compute: none, boxes of any scale, or
// infinite logits; see loops/extremes.h.
enum class Extremes { kNone, kScale, kLogits };

// One loss: the kernel of its value alone, and of its value with its gradient.
struct RowLoss {
  size_t width;         // numbers in a row of predictions
  size_t target_width;  // numbers in a row of targets
  RowKernel value;
  RowKernel gradient;
  size_t hyper = 0;  // how many hyperparameters its formula has
  Anchors anchors = Anchors::kNone;
  Extremes extremes = Extremes::kNone;
  bool sided = false;  // whether targets are from 0 to 1, and tell rows with an object

  // numbers / width: a small call would wait for the division.
  constexpr size_t RowsOf(size_t numbers) const {
    switch (width) {
      case 1:
        return numbers;
      case 2:
        return numbers / 2;
      case 4:
        return numbers / 4;
      default:
        return numbers / width;
    }
  }
};

// The weights of the rows [begin, end) with an object and of those without, or their numbers.
Sides WeighSides(const Rows& rows, size_t begin, size_t end);

// Whether loops over large arrays gain from asking for what comes next. Most hardware prefetchers
// stop at the end of a page, where a loop waits for the page table too: on a Xeon, a million boxes
// took up to 1.5 times as long without. Those of AMD's Zen go on: there the requests only cost, a
// quarter of IoU's time.
bool PrefetchPays();

// Asks for the first numbers of an array, of which a call on a few rows consists. Loops ask for
// nothing that they are about to read: a call on 8 boxes would take 10 ns longer.
void PrefetchFirst(const void* array);

// The reduced loss; with Reduction::kNone, the sum. None where the demands are not met: then
// nothing has been written. Here and below, `crew` shares the work, or is null where the calling
// thread does it alone.
std::optional<double> Compute(Crew* crew, const RowLoss& loss, const Rows& rows,
                              Reduction reduction);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_ROWS_H_
