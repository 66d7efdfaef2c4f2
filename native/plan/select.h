// Which rows of an output take part in which terms.

#ifndef DETLOSS_PLAN_SELECT_H_
#define DETLOSS_PLAN_SELECT_H_

#include <cstddef>
#include <vector>

#include "plan/plan.h"

namespace detloss {

struct Selection {
  std::vector<size_t> positives;  // the rows with an object, in their order
  Sides counted;                  // how many rows count for the dense term
};

// Selects the rows of every output. False where a target that counts is no class or not from 0 to
// 1.
bool Select(Crew* crew, const std::vector<Output>& outputs, std::vector<Selection>& selections);

}  // namespace detloss

#endif  // DETLOSS_PLAN_SELECT_H_
