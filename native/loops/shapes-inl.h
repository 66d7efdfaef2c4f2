// All row shapes: for the shape S, LossOfS<Formula>() makes the kernels of a formula.

#include "loops/boxes-inl.h"
#include "loops/cells-inl.h"
#include "loops/class_rows-inl.h"
#include "loops/elements-inl.h"
#include "loops/logit_pairs-inl.h"
