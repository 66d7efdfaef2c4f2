// Rows whose numbers no vector of floats computes as they are: boxes so small or so large that
// their areas are no floats, and infinite logits. Kernels notice them at next to no cost; their
// blocks are then computed once more, from numbers that stand for theirs.

#ifndef DETLOSS_LOOPS_EXTREMES_H_
#define DETLOSS_LOOPS_EXTREMES_H_

#include <cstddef>

#include "loops/category.h"
#include "loops/rows.h"

namespace detloss {

// Computes rows [begin, end) by a kernel of `loss`, extreme rows among them.
RowSums EvaluateRows(const RowLoss& loss, RowKernel kernel, const Rows& rows, size_t begin,
                     size_t end, const Sides& scale);

// The target of a class in a row, with label smoothing.
double SmoothedTarget(const ClassRows& rows, size_t row, size_t k);

double EvaluateClassRows(const ClassLoss& loss, ClassKernel kernel, const ClassRows& rows,
                         size_t begin, size_t end, double scale);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_EXTREMES_H_
