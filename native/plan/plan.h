// The loss of a whole detector as a plan: which losses of the catalogue are evaluated over which
// rows of the network's outputs. What executes plans knows no detector, and no loss has a kernel
// for a detector of its own.

#ifndef DETLOSS_PLAN_PLAN_H_
#define DETLOSS_PLAN_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loops/category.h"
#include "loops/rows.h"
#include "plan/view.h"

namespace detloss {

// A multiple of the lanes of every instruction set.
constexpr size_t kMostLanes = 16;

// A loss of one channel of every row that counts: the mean over those with an object plus the mean
// over those without.
struct DenseTerm {
  const RowLoss* loss = nullptr;
  size_t channel = 0;
  // A prediction and a target whose loss is 0. They stand for rows that do not count, so that the
  // loss is evaluated over whole vectors.
  float idle_pred = 0.0f;
  float idle_target = 0.0f;
  double weight = 1.0;  // what the gradient is multiplied by
};

// A loss of some channels of the rows with an object: the mean over them.
//
// It is one of rows of classes, or one of boxes. The channels of a box are the raw features of a
// grid's cell: a loss of cells is given these, any other what they stand for.
struct ListedTerm {
  size_t channel = 0;             // the first of them
  double weight = 1.0;            // what the gradient is multiplied by
  const float* target = nullptr;  // of every row of the output
  // Boxes, four channels.
  const RowLoss* loss = nullptr;
  Format format = Format::kYxhw;
  Grid grid;
  // Classes, whose targets may be labels.
  const ClassLoss* class_loss = nullptr;
  size_t classes = 0;
  const int32_t* labels = nullptr;
  double smoothing = 0.0;
};

// An output, and the terms that are made of it.
struct Output {
  View view;
  const float* numbers = nullptr;
  float* grad = nullptr;  // all of it is written; or none
  // One of each row: the target of the dense term, which is above 0 in rows with an object, and
  // whether the row counts for that term: where it is 0, or where there is none.
  const float* objectness = nullptr;
  const uint8_t* ignore = nullptr;
  DenseTerm dense;
  std::vector<ListedTerm> listed;
};

// The terms of an output, without their weights.
struct OutputLoss {
  double dense = 0.0;
  std::vector<double> listed;
  size_t positives = 0;  // rows with an object
};

// Computes the terms and gradients of all outputs, unless a target that counts is no class or not
// from 0 to 1: then it returns false and has written nothing.
bool Execute(Crew* crew, const std::vector<Output>& outputs, std::vector<OutputLoss>& losses);

}  // namespace detloss

#endif  // DETLOSS_PLAN_PLAN_H_
