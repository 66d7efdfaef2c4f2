// Category losses: rows of K classes.

#ifndef DETLOSS_LOOPS_CATEGORY_H_
#define DETLOSS_LOOPS_CATEGORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "loops/rows.h"

namespace detloss {

// The arrays of one call: a row's target is a label or K numbers.
struct ClassRows {
  size_t count = 0;
  size_t classes = 0;
  const float* pred = nullptr;
  const int32_t* labels = nullptr;
  const float* target = nullptr;
  const float* weight = nullptr;  // one per row, or none
  float* grad = nullptr;          // in the shape of pred, or none
  float* losses = nullptr;        // one per row, or none
  float hyper[kMostHyper] = {};   // hyperparameters, in the order of the formula's members
  double smoothing = 0.0;         // of the labels, for the losses that take it
  Demands demands;
};

// Computes rows [begin, end): writes their losses and gradients, the latter times `scale`, and
// returns the sum of their weighted losses.
using ClassKernel = double (*)(const ClassRows& rows, size_t begin, size_t end, double scale);

// One loss: the kernel of its value alone, and of its value with its gradient.
struct ClassLoss {
  ClassKernel value;
  ClassKernel gradient;
  size_t hyper = 0;          // how many hyperparameters its formula has
  bool labels_only = false;  // whether the target cannot be K numbers
  bool logits = false;       // whether its terms are those of logits, which may be infinite
};

// Whether the label of every row with weight is a class.
bool HasLabels(Crew* crew, const ClassRows& rows);

// The reduced loss; with Reduction::kNone, the sum. None where the demands are not met: then
// nothing has been written.
std::optional<double> Compute(Crew* crew, const ClassLoss& loss, const ClassRows& rows,
                              Reduction reduction);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_CATEGORY_H_
