// Where the numbers of a call are in the memory that JavaScript and the addon share. The addon
// exports the names; lib/kernels.ts, which writes the numbers, compares them with its own.

#ifndef DETLOSS_BINDING_SLOTS_H_
#define DETLOSS_BINDING_SLOTS_H_

#include <cstddef>

#include "loops/rows.h"

namespace detloss {

#define DETLOSS_SLOTS(SLOT)                                            \
  SLOT(threads) /* the most that compute the call; then its result */  \
  SLOT(later)   /* whether the result is promised */                   \
  SLOT(kernel)  /* which of those that a function of the addon has */  \
  SLOT(reduction)                                                      \
  SLOT(format)                                                         \
  SLOT(probabilities) /* whether predictions have to be from 0 to 1 */ \
  SLOT(classes)                                                        \
  SLOT(batch)                                                          \
  SLOT(height)                                                         \
  SLOT(width)                                                          \
  SLOT(channelsFirst)                                                  \
  SLOT(hyper) /* the first of a formula's hyperparameters, in its order */

enum class Slot : size_t {
#define DETLOSS_SLOT(NAME) NAME,
  DETLOSS_SLOTS(DETLOSS_SLOT)
#undef DETLOSS_SLOT
};

constexpr const char* kSlotNames[] = {
#define DETLOSS_SLOT(NAME) #NAME,
    DETLOSS_SLOTS(DETLOSS_SLOT)
#undef DETLOSS_SLOT
};

constexpr size_t kMostNumbers = static_cast<size_t>(Slot::hyper) + kMostHyper;

}  // namespace detloss

#endif  // DETLOSS_BINDING_SLOTS_H_
