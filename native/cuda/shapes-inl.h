// All row shapes on the device: for the shape S, LossOfS<Formula>() makes the kernels of a formula.

#include "cuda/boxes-inl.h"
#include "cuda/cells-inl.h"
#include "cuda/class_rows-inl.h"
#include "cuda/logit_pairs-inl.h"
#include "cuda/rows-inl.h"
