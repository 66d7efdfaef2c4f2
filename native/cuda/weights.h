// What losses over rows are divided by.

#ifndef DETLOSS_CUDA_WEIGHTS_H_
#define DETLOSS_CUDA_WEIGHTS_H_

#include <cstddef>

#include "loops/rows.h"

namespace detloss::cuda {

// Of a mean, Σ w or the number of rows; 1 of others.
double MeanDivisor(const float* weight, size_t count, Reduction reduction);

// Whether so many rows meet the demands.
bool AreMet(const Demands& demands, size_t count);

void FillWithZeros(float* numbers, size_t count);

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_WEIGHTS_H_
