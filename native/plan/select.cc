#include "plan/select.h"

#include <algorithm>

#include "loops/demands.h"
#include "plan/pieces.h"

namespace detloss {
namespace {

// The rows of a block by what they hold.
struct Tally {
  size_t positives = 0;
  size_t first_positive = 0;  // its place among those of the output
  size_t present = 0;         // with an object, of rows that count
  size_t absent = 0;
  bool sound = true;  // whether targets that count are classes and fractions
};

bool IsPositive(const Output& output, size_t row) { return output.objectness[row] > 0.0f; }

// Whether any of so many rows has an object.
constexpr size_t kLooked = 32;
bool AnyPositive(const float* objectness) {
  int positives = 0;
  for (size_t i = 0; i < kLooked; ++i) positives += static_cast<int>(objectness[i] > 0.0f);
  return positives != 0;
}

// Calls `body(row)` for the rows with an object, of which most rows are none.
template <class Body>
void ForPositives(const Output& output, size_t begin, size_t end, const Body& body) {
  size_t row = begin;
  while (row < end) {
    if (row + kLooked <= end && !AnyPositive(output.objectness + row)) {
      row += kLooked;
      continue;
    }
    for (const size_t last = std::min(end, row + kLooked); row < last; ++row) {
      if (IsPositive(output, row)) body(row);
    }
  }
}

// Whether the objectness of every row that counts is from 0 to 1, or NaN.
bool AreFractions(const Output& output, size_t begin, size_t end) {
  if (AreMet({nullptr, output.objectness, nullptr, 1}, begin, end)) return true;
  if (output.ignore == nullptr) return false;
  size_t outside = 0;
  for (size_t row = begin; row < end; ++row) {
    const bool is_outside = output.objectness[row] < 0.0f || output.objectness[row] > 1.0f;
    outside += static_cast<size_t>(is_outside && output.ignore[row] == 0);
  }
  return outside == 0;
}

// Whether the targets of a term are classes or fractions in the rows with an object.
bool AreTargets(const Output& output, const ListedTerm& term, size_t begin, size_t end) {
  if (term.class_loss == nullptr) return true;
  bool sound = true;
  const Demands fractions = {nullptr, term.target, nullptr, term.classes};
  ForPositives(output, begin, end, [&](size_t row) {
    sound &= term.labels != nullptr ? static_cast<uint32_t>(term.labels[row]) < term.classes
                                    : AreMet(fractions, row, row + 1);
  });
  return sound;
}

Tally TallyRows(const Output& output, size_t begin, size_t end) {
  Tally tally;
  Rows rows;
  rows.target = output.objectness;
  const Sides all = WeighSides(rows, begin, end);
  tally.positives = static_cast<size_t>(all.present);
  tally.present = tally.positives;
  tally.absent = static_cast<size_t>(all.absent);
  if (output.ignore != nullptr) {
    const uint8_t* const ignore = output.ignore;
    const float* const objectness = output.objectness;
    uint32_t ignored = 0;
    uint32_t ignored_positives = 0;
    for (size_t row = begin; row < end; ++row) {
      const uint32_t is_ignored = ignore[row] != 0;
      ignored += is_ignored;
      ignored_positives += is_ignored & static_cast<uint32_t>(objectness[row] > 0.0f);
    }
    tally.present -= ignored_positives;
    tally.absent -= ignored - ignored_positives;
  }
  tally.sound = AreFractions(output, begin, end);
  if (tally.positives == 0) return tally;
  for (const ListedTerm& term : output.listed) {
    if (!AreTargets(output, term, begin, end)) tally.sound = false;
  }
  return tally;
}

}  // namespace

bool Select(Crew* crew, const std::vector<Output>& outputs, std::vector<Selection>& selections) {
  selections.assign(outputs.size(), {});
  auto pieces =
      Cut<Tally>(outputs.size(), kBlock, [&](size_t o) { return outputs[o].view.Rows(); });
  ForPieces(crew, pieces, [&outputs](Piece<Tally>& piece) {
    piece.result = TallyRows(outputs[piece.output], piece.begin, piece.end);
  });
  for (Piece<Tally>& piece : pieces) {
    Tally& tally = piece.result;
    if (!tally.sound) return false;
    Selection& selection = selections[piece.output];
    tally.first_positive = selection.positives.size();
    selection.positives.resize(tally.first_positive + tally.positives);
    selection.counted += {static_cast<double>(tally.present), static_cast<double>(tally.absent)};
  }
  ForPieces(crew, pieces, [&](const Piece<Tally>& piece) {
    size_t left = piece.result.positives;
    if (left == 0) return;
    // No more than were counted, though shared memory may have changed since.
    size_t* to = selections[piece.output].positives.data() + piece.result.first_positive;
    ForPositives(outputs[piece.output], piece.begin, piece.end, [&](size_t row) {
      if (left == 0) return;
      *to++ = row;
      --left;
    });
  });
  return true;
}

}  // namespace detloss
