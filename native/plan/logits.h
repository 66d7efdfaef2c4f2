// Infinite logits among rows that have been copied for their loss. As in loops/extremes.h, whose
// rows stay as they are, finite numbers stand for them; here these take their place, so that all
// rows are added in the order they always are.

#ifndef DETLOSS_PLAN_LOGITS_H_
#define DETLOSS_PLAN_LOGITS_H_

#include <cstddef>

#include "loops/category.h"
#include "loops/rows.h"

namespace detloss {

// Computes all rows of one logit, or of classes, by a kernel of `loss`. `pred` is what the rows
// have as their predictions.
RowSums EvaluateCopies(const RowLoss& loss, const Rows& rows, float* pred, const Sides& scale);
double EvaluateCopies(const ClassLoss& loss, const ClassRows& rows, float* pred, double scale);

}  // namespace detloss

#endif  // DETLOSS_PLAN_LOGITS_H_
