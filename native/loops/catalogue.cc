#include "loops/catalogue.h"

#include <type_traits>

namespace detloss {

namespace {

// Adds a loss to the list of its kind, and to no other.
template <class Loss, class Other>
void Add(List<Loss>& list, const char* family, const char* name, const Other* (*loss)()) {
  if constexpr (std::is_same_v<Other, Loss>) list.push_back({family, name, loss});
}

template <class Loss>
List<Loss> MakeList() {
  List<Loss> list;
#define KERNEL(FAMILY, NAME, ...) Add(list, #FAMILY, #NAME, &FAMILY##_##NAME);
#include "catalogue.inc"
#undef KERNEL
  return list;
}

}  // namespace

const List<RowLoss>& RowLosses() {
  static const List<RowLoss> list = MakeList<RowLoss>();
  return list;
}

const List<ClassLoss>& ClassLosses() {
  static const List<ClassLoss> list = MakeList<ClassLoss>();
  return list;
}

}  // namespace detloss
