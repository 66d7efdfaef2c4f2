// A plan over the blocks of all outputs at once: first the rows with an object are found, then the
// dense terms are computed for all rows, then the listed ones for those.

#include <algorithm>
#include <memory>

#include "plan/dense.h"
#include "plan/listed.h"
#include "plan/pieces.h"
#include "plan/plan.h"
#include "plan/select.h"

namespace detloss {
namespace {

struct Nothing {};

double Share(double sum, double count) { return count == 0.0 ? 0.0 : sum / count; }

std::vector<Piece<Sides>> ComputeDense(Crew* crew, const std::vector<Output>& outputs,
                                       const std::vector<Selection>& selections) {
  auto planes = Cut<Nothing>(outputs.size(), 1, [&](size_t o) { return PlaneCount(outputs[o]); });
  ForPieces(crew, planes,
            [&](const Piece<Nothing>& piece) { ClearPlanes(outputs[piece.output], piece.begin); });
  auto blocks = Cut<Sides>(outputs.size(), 1, [&](size_t o) {
    return outputs[o].view.images * DenseBlocks(outputs[o].view).per_image;
  });
  ForPieces(crew, blocks, [&](Piece<Sides>& piece) {
    const Output& output = outputs[piece.output];
    const Sides& count = selections[piece.output].counted;
    const Sides factor = {Share(output.dense.weight, count.present),
                          Share(output.dense.weight, count.absent)};
    piece.result = SumDense(output, piece.begin, factor);
  });
  return blocks;
}

// The listed terms of all outputs in groups of rows.
class Groups {
 public:
  // All memory is there before anything is written.
  Groups(Crew* crew, const std::vector<Output>& outputs, const std::vector<Selection>& selections)
      : outputs_(outputs),
        selections_(selections),
        groups_(Cut<Nothing>(outputs.size(), kListedGroup,
                             [&](size_t o) { return selections[o].positives.size(); })),
        strands_(std::min(groups_.size(), crew == nullptr ? 1 : kMostStrands)) {
    for (const auto& group : groups_) {
      const auto& terms = outputs[group.output].listed;
      most_terms_ = std::max(most_terms_, terms.size());
      for (const ListedTerm& term : terms) {
        most_memory_ = std::max(most_memory_, MemoryOf(term, group.end - group.begin));
      }
    }
    sums_.resize(groups_.size() * most_terms_);
    memory_.reset(new float[strands_ * most_memory_]);
  }

  // Threads share strands of groups, each of which has memory of its own.
  void Compute(Crew* crew) {
    ForBlocks(crew, strands_, 1, [this](size_t strand, size_t) {
      float* const memory = memory_.get() + strand * most_memory_;
      for (size_t g = strand; g < groups_.size(); g += strands_) ComputeGroup(g, memory);
    });
  }

  // Adds the sums to those of the outputs, in the order of the groups.
  void AddTo(std::vector<OutputLoss>& losses) const {
    for (size_t g = 0; g < groups_.size(); ++g) {
      std::vector<double>& sums = losses[groups_[g].output].listed;
      for (size_t t = 0; t < sums.size(); ++t) sums[t] += sums_[g * most_terms_ + t];
    }
  }

 private:
  static constexpr size_t kMostStrands = 32;

  void ComputeGroup(size_t g, float* memory) {
    const auto& group = groups_[g];
    const Output& output = outputs_[group.output];
    const std::vector<size_t>& positives = selections_[group.output].positives;
    const ListedRows rows(output, positives.data() + group.begin, group.end - group.begin);
    for (size_t t = 0; t < output.listed.size(); ++t) {
      const ListedTerm& term = output.listed[t];
      const double factor = Share(term.weight, static_cast<double>(positives.size()));
      sums_[g * most_terms_ + t] = SumListed(rows, term, static_cast<float>(factor), memory);
    }
  }

  const std::vector<Output>& outputs_;
  const std::vector<Selection>& selections_;
  const std::vector<Piece<Nothing>> groups_;
  const size_t strands_;
  size_t most_terms_ = 0;
  size_t most_memory_ = 0;
  std::vector<double> sums_;
  std::unique_ptr<float[]> memory_;
};

}  // namespace

bool Execute(Crew* crew, const std::vector<Output>& outputs, std::vector<OutputLoss>& losses) {
  std::vector<Selection> selections;
  if (!Select(crew, outputs, selections)) return false;
  Groups groups(crew, outputs, selections);
  const auto blocks = ComputeDense(crew, outputs, selections);
  groups.Compute(crew);

  losses.assign(outputs.size(), {});
  for (size_t o = 0; o < outputs.size(); ++o) losses[o].listed.resize(outputs[o].listed.size());
  groups.AddTo(losses);
  std::vector<Sides> dense(outputs.size());
  for (const auto& block : blocks) dense[block.output] += block.result;
  for (size_t o = 0; o < outputs.size(); ++o) {
    const Sides& count = selections[o].counted;
    OutputLoss& loss = losses[o];
    loss.positives = selections[o].positives.size();
    loss.dense = Share(dense[o].present, count.present) + Share(dense[o].absent, count.absent);
    for (double& sum : loss.listed) sum = Share(sum, static_cast<double>(loss.positives));
  }
  return true;
}

}  // namespace detloss
