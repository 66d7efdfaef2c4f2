#include "plan/listed.h"

#include <hwy/cache_control.h>

#include <algorithm>

#include "loops/extremes.h"
#include "plan/cell_boxes.h"
#include "plan/logits.h"

namespace detloss {
namespace {

// The channels of rows that a term is about.
struct Channels {
  const ListedRows& rows;
  const ListedTerm& term;
  size_t width;

  // Copies those of one row after another, and the rows' targets, which are as wide. The lines of
  // the cache that the gradient will be written to are asked for meanwhile, for which stores would
  // wait.
  void Copy(float* to) const {
    const size_t stride = rows.output.view.channel_stride;
    const float* const from = rows.output.numbers + term.channel * stride;
    for (size_t i = 0; i < rows.count; ++i, to += width) {
      CopyRow(from + rows.places[i], stride, to);
      if (stride == 1 && rows.output.grad != nullptr) {
        const float* const grad = rows.output.grad + term.channel + rows.places[i];
        for (size_t k = 0; k < width; k += 16) hwy::Prefetch(grad + k);
      }
    }
  }
  void CopyTargets(float* to) const {
    for (size_t i = 0; i < rows.count; ++i, to += width) {
      CopyRow(term.target + rows.rows[i] * width, 1, to);
    }
  }

  // Writes their gradient, given for one row after another.
  void Write(const float* slopes) const {
    const size_t stride = rows.output.view.channel_stride;
    float* const to = rows.output.grad + term.channel * stride;
    for (size_t i = 0; i < rows.count; ++i, slopes += width) {
      float* const row = to + rows.places[i];
      if (stride == 1) {
        std::copy_n(slopes, width, row);
      } else {
        for (size_t k = 0; k < width; ++k) row[k * stride] = slopes[k];
      }
    }
  }

 private:
  void CopyRow(const float* from, size_t stride, float* to) const {
    if (stride == 1) {
      std::copy_n(from, width, to);
    } else {
      for (size_t k = 0; k < width; ++k) to[k] = from[k * stride];
    }
  }
};

// A group of boxes, filled up to whole vectors by rows of weight 0.
double SumBoxes(const ListedRows& group, const ListedTerm& term, float factor) {
  alignas(64) float raw[4 * kListedGroup] = {};
  alignas(64) float truth[4 * kListedGroup] = {};
  alignas(64) float boxes[4 * kListedGroup];
  alignas(64) float targets[4 * kListedGroup];
  alignas(64) float rates[4 * kListedGroup];
  alignas(64) float slopes[4 * kListedGroup];
  alignas(64) float weight[kListedGroup] = {};
  size_t listed[kListedGroup] = {};
  const Channels channels = {group, term, 4};
  const RowLoss& loss = *term.loss;
  const bool gradient = group.output.grad != nullptr;
  channels.Copy(raw);
  channels.CopyTargets(truth);
  std::fill_n(weight, group.count, 1.0f);
  std::copy_n(group.rows, group.count, listed);

  CellRows cells;
  cells.count = (group.count + kMostLanes - 1) / kMostLanes * kMostLanes;
  cells.raw = raw;
  cells.target = truth;
  cells.y_first = term.format == Format::kYxhw;
  cells.grid = term.grid;
  cells.grid.listed = listed;
  Rows rows;
  rows.count = cells.count;
  rows.weight = cells.count == group.count ? nullptr : weight;
  rows.grad = gradient ? slopes : nullptr;
  const bool takes_cells = loss.anchors == Anchors::kPerCell;
  if (takes_cells) {
    rows.pred = raw;
    rows.target = truth;
    rows.format = term.format;
    rows.grid = cells.grid;
  } else {
    ReadCellBoxes(cells, boxes, targets, gradient ? rates : nullptr);
    rows.pred = boxes;
    rows.target = targets;
    rows.format = Format::kCxcywh;
  }
  const RowKernel kernel = gradient ? loss.gradient : loss.value;
  const RowSums sums = EvaluateRows(loss, kernel, rows, 0, rows.count, {factor, factor});
  if (gradient) {
    if (!takes_cells) PullCellBoxes(cells, rates, slopes);
    channels.Write(slopes);
  }
  return sums.losses.present;
}

// A group of rows of classes. `memory` has room for copies of their predictions, targets and
// gradients.
double SumClasses(const ListedRows& group, const ListedTerm& term, float factor, float* memory) {
  const Channels channels = {group, term, term.classes};
  const bool gradient = group.output.grad != nullptr;
  const size_t numbers = group.count * term.classes;
  int32_t labels[kListedGroup];
  float* const pred = memory;
  float* const target = memory + numbers;
  float* const slopes = memory + 2 * numbers;
  channels.Copy(pred);
  ClassRows rows;
  rows.count = group.count;
  rows.classes = term.classes;
  rows.pred = pred;
  rows.grad = gradient ? slopes : nullptr;
  rows.smoothing = term.smoothing;
  if (term.labels != nullptr) {
    for (size_t i = 0; i < group.count; ++i) labels[i] = term.labels[group.rows[i]];
    rows.labels = labels;
  } else {
    channels.CopyTargets(target);
    rows.target = target;
  }
  const double sum = EvaluateCopies(*term.class_loss, rows, pred, factor);
  if (gradient) channels.Write(slopes);
  return sum;
}

}  // namespace

size_t MemoryOf(const ListedTerm& term, size_t count) {
  return term.class_loss == nullptr ? 0 : 3 * count * term.classes;
}

double SumListed(const ListedRows& rows, const ListedTerm& term, float factor, float* memory) {
  return term.class_loss == nullptr ? SumBoxes(rows, term, factor)
                                    : SumClasses(rows, term, factor, memory);
}

}  // namespace detloss
