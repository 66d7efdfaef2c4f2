#include "loops/targets.h"

#include "hwy/highway.h"

namespace detloss {

std::vector<std::string> TargetNames() {
  std::vector<std::string> names;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    names.emplace_back(hwy::TargetName(target));
  }
  return names;
}

bool UseTarget(const std::string& name) {
  hwy::SetSupportedTargetsForTest(0);
  int64_t targets = 0;
  if (!name.empty()) {
    for (const auto target : hwy::SupportedAndGeneratedTargets()) {
      if (name == hwy::TargetName(target)) targets = target;
    }
    if (targets == 0) return false;
    hwy::SetSupportedTargetsForTest(targets);
  }
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return true;
}

}  // namespace detloss
