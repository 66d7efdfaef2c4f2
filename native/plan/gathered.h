// Losses of rows that lie anywhere in an output. A listed term is evaluated by groups of rows,
// which are added in another order; here a loss has all its rows at once, as in a call of it alone.

#ifndef DETLOSS_PLAN_GATHERED_H_
#define DETLOSS_PLAN_GATHERED_H_

#include <cstddef>
#include <vector>

#include "loops/category.h"
#include "loops/rows.h"

namespace detloss {

// A loss of rows of numbers, or of classes.
struct GatheredTerm {
  std::vector<size_t> places;  // of the first number of every row in the output, all different
  size_t width = 1;            // numbers of a row, which are side by side
  double factor = 1.0;         // what the gradient is multiplied by
  Reduction reduction = Reduction::kSum;
  // One of the two, and its targets, weights and hyperparameters.
  const RowLoss* loss = nullptr;
  Rows rows;
  const ClassLoss* class_loss = nullptr;
  ClassRows class_rows;
};

// An output, and the terms that are made of it.
struct GatheredOutput {
  const float* numbers = nullptr;
  float* grad = nullptr;  // all of it is written; or none
  size_t length = 0;
  std::vector<GatheredTerm> terms;
};

// Copies of rows of `width` numbers, one after another.
std::vector<float> GatherRows(Crew* crew, const float* from, const std::vector<size_t>& places,
                              size_t width);

// The reduced losses of the terms. The gradient is the sum of theirs, which are added in their
// order. The terms demand nothing of their rows.
std::vector<double> ComputeGathered(Crew* crew, const GatheredOutput& output);

}  // namespace detloss

#endif  // DETLOSS_PLAN_GATHERED_H_
