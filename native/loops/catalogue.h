// Every loss over rows, as native/catalogue.inc lists them.

#ifndef DETLOSS_LOOPS_CATALOGUE_H_
#define DETLOSS_LOOPS_CATALOGUE_H_

#include <vector>

#include "loops/category.h"
#include "loops/rows.h"

namespace detloss {

// What a loss of each row shape is.
namespace shapes {
using AnchoredBoxes = RowLoss;
using Boxes = RowLoss;
using Cells = RowLoss;
using Elements = RowLoss;
using LogitPairs = RowLoss;
using SidedElements = RowLoss;
using Classes = ClassLoss;
using Softmax = ClassLoss;
}  // namespace shapes

// Every loss, as the units define it that CMake makes of loops/kernels.cc.in.
#define KERNEL(FAMILY, NAME, SHAPE, ...) const shapes::SHAPE* FAMILY##_##NAME();
#include "catalogue.inc"
#undef KERNEL

// A loss by its name. Its kernels are those of the instruction set in use, which tests change: they
// are asked for at every call.
template <class Loss>
struct Listed {
  const char* family;
  const char* name;
  const Loss* (*loss)();
};

template <class Loss>
using List = std::vector<Listed<Loss>>;

// The losses of rows of numbers, and those of rows of classes.
const List<RowLoss>& RowLosses();
const List<ClassLoss>& ClassLosses();

}  // namespace detloss

#endif  // DETLOSS_LOOPS_CATALOGUE_H_
