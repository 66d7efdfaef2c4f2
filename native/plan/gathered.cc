#include "plan/gathered.h"

#include <algorithm>

#include "loops/blocks.h"

namespace detloss {
namespace {

// Copies of a term's rows, and their gradient.
struct Copies {
  std::vector<float> pred;
  std::vector<float> slopes;

  Copies(Crew* crew, const GatheredOutput& output, const GatheredTerm& term)
      : pred(GatherRows(crew, output.numbers, term.places, term.width)),
        slopes(output.grad == nullptr ? 0 : pred.size()) {}
};

double Evaluate(Crew* crew, const GatheredTerm& term, const Copies& copies, float* slopes) {
  if (term.class_loss != nullptr) {
    ClassRows rows = term.class_rows;
    rows.count = term.places.size();
    rows.classes = term.width;
    rows.pred = copies.pred.data();
    rows.grad = slopes;
    return Compute(crew, *term.class_loss, rows, term.reduction).value_or(0.0);
  }
  Rows rows = term.rows;
  rows.count = term.loss->RowsOf(copies.pred.size());
  rows.pred = copies.pred.data();
  rows.grad = slopes;
  return Compute(crew, *term.loss, rows, term.reduction).value_or(0.0);
}

void AddGradient(Crew* crew, const GatheredTerm& term, const float* slopes, float* grad) {
  ForBlocks(crew, term.places.size(), kBlock, [&](size_t begin, size_t end) {
    const float* from = slopes + begin * term.width;
    for (size_t row = begin; row < end; ++row) {
      float* const to = grad + term.places[row];
      for (size_t k = 0; k < term.width; ++k) {
        to[k] = static_cast<float>(to[k] + term.factor * *from++);
      }
    }
  });
}

}  // namespace

std::vector<float> GatherRows(Crew* crew, const float* from, const std::vector<size_t>& places,
                              size_t width) {
  std::vector<float> rows(places.size() * width);
  ForBlocks(crew, places.size(), kBlock, [&](size_t begin, size_t end) {
    float* to = rows.data() + begin * width;
    for (size_t row = begin; row < end; ++row) to = std::copy_n(from + places[row], width, to);
  });
  return rows;
}

std::vector<double> ComputeGathered(Crew* crew, const GatheredOutput& output) {
  // All memory is there before anything is written.
  std::vector<Copies> copies;
  copies.reserve(output.terms.size());
  for (const GatheredTerm& term : output.terms) copies.emplace_back(crew, output, term);
  std::vector<double> losses(output.terms.size());
  if (output.grad != nullptr) std::fill_n(output.grad, output.length, 0.0f);
  for (size_t t = 0; t < losses.size(); ++t) {
    float* const slopes = output.grad == nullptr ? nullptr : copies[t].slopes.data();
    losses[t] = Evaluate(crew, output.terms[t], copies[t], slopes);
    if (slopes != nullptr) AddGradient(crew, output.terms[t], slopes, output.grad);
  }
  return losses;
}

}  // namespace detloss
