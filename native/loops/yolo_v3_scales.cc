// YOLO v3's loss over the blocks of all scales at once, so that threads share them however many
// there are of which size: first the rows with an object are found, then objectness is computed for
// all rows, then box and category for those.

#include <algorithm>

#include "loops/demands.h"
#include "loops/yolo_v3.h"

namespace detloss {
namespace {

// Rows with an object that are computed together.
constexpr size_t kPositivesBlock = 64;

// A block of one scale, and what comes of it.
template <class Result>
struct Piece {
  size_t scale = 0;
  size_t begin = 0;
  size_t end = 0;
  Result result = {};
};

// The blocks of every scale, of which `count(s)` is cut into blocks of `block(s)`.
template <class Result, class Count, class Block>
std::vector<Piece<Result>> Cut(size_t scales, const Count& count, const Block& block) {
  std::vector<Piece<Result>> pieces;
  for (size_t s = 0; s < scales; ++s) {
    ForBlocks(nullptr, count(s), block(s),
              [&](size_t begin, size_t end) { pieces.push_back({s, begin, end, {}}); });
  }
  return pieces;
}

template <class Result, class Body>
void ForPieces(Crew* crew, std::vector<Piece<Result>>& pieces, const Body& body) {
  ForBlocks(crew, pieces.size(), 1, [&](size_t i, size_t) { body(pieces[i]); });
}

// The rows of a block by what they hold.
struct Tally {
  size_t positives = 0;
  size_t first_positive = 0;  // its place among those of the scale
  size_t present = 0;         // with an object, and not ignored
  size_t absent = 0;
  bool sound = true;  // whether targets that count are classes and fractions
};

// Whether the objectness of every row that is not ignored is from 0 to 1, or NaN.
bool AreFractions(const Scale& scale, size_t begin, size_t end) {
  if (AreMet({nullptr, scale.objectness, nullptr, 1}, begin, end)) return true;
  if (scale.ignore == nullptr) return false;
  size_t outside = 0;
  for (size_t row = begin; row < end; ++row) {
    const bool is_outside = scale.objectness[row] < 0.0f || scale.objectness[row] > 1.0f;
    outside += static_cast<size_t>(is_outside && scale.ignore[row] == 0);
  }
  return outside == 0;
}

Tally TallyRows(const Scale& scale, size_t begin, size_t end) {
  Tally tally;
  for (size_t row = begin; row < end; ++row) tally.positives += scale.objectness[row] > 0.0f;
  tally.present = tally.positives;
  tally.absent = end - begin - tally.positives;
  for (size_t row = begin; scale.ignore != nullptr && row < end; ++row) {
    if (scale.ignore[row] != 0) --(scale.objectness[row] > 0.0f ? tally.present : tally.absent);
  }
  tally.sound = AreFractions(scale, begin, end);
  if (tally.positives == 0) return tally;
  for (size_t row = begin; scale.labels != nullptr && row < end; ++row) {
    const bool is_class = static_cast<uint32_t>(scale.labels[row]) < scale.classes;
    if (scale.objectness[row] > 0.0f && !is_class) tally.sound = false;
  }
  const Demands categories = {nullptr, scale.categories, nullptr, scale.classes};
  for (size_t row = begin; scale.categories != nullptr && row < end; ++row) {
    if (!(scale.objectness[row] > 0.0f)) continue;
    if (!AreMet(categories, row, row + 1)) tally.sound = false;
  }
  return tally;
}

// The rows of a scale with an object, and what the means of objectness are divided by.
struct Counts {
  std::vector<size_t> positives;
  Sides objectness;
};

// False if a target is no class or no fraction.
bool CountRows(Crew* crew, const std::vector<Scale>& scales, std::vector<Counts>& counts) {
  auto pieces = Cut<Tally>(
      scales.size(), [&](size_t s) { return scales[s].Rows(); }, [](size_t) { return kBlock; });
  ForPieces(crew, pieces, [&scales](Piece<Tally>& piece) {
    piece.result = TallyRows(scales[piece.scale], piece.begin, piece.end);
  });
  for (Piece<Tally>& piece : pieces) {
    Tally& tally = piece.result;
    if (!tally.sound) return false;
    Counts& count = counts[piece.scale];
    tally.first_positive = count.positives.size();
    count.positives.resize(tally.first_positive + tally.positives);
    count.objectness += {static_cast<double>(tally.present), static_cast<double>(tally.absent)};
  }
  ForPieces(crew, pieces, [&](const Piece<Tally>& piece) {
    size_t left = piece.result.positives;
    if (left == 0) return;
    // No more than were counted, though shared memory may have changed since.
    size_t* to = counts[piece.scale].positives.data() + piece.result.first_positive;
    for (size_t row = piece.begin; row < piece.end && left > 0; ++row) {
      if (!(scales[piece.scale].objectness[row] > 0.0f)) continue;
      *to++ = row;
      --left;
    }
  });
  return true;
}

// Clears the gradients whose channels are planes, those of one anchor at a time. Blocks of cells
// are short pieces of many planes: to clear those takes half as long again.
void ClearPlanes(Crew* crew, const std::vector<Scale>& scales) {
  struct Nothing {};
  const auto count = [&scales](size_t s) {
    const Scale& scale = scales[s];
    const bool planes = scale.channels_first && scale.grad != nullptr;
    return planes ? scale.batch * scale.grid.anchor_count : 0;
  };
  auto pieces = Cut<Nothing>(scales.size(), count, [](size_t) { return 1; });
  ForPieces(crew, pieces, [&scales](const Piece<Nothing>& piece) {
    const Scale& scale = scales[piece.scale];
    const size_t numbers = scale.Channels() * scale.Cells();
    std::fill_n(scale.grad + piece.begin * numbers, numbers, 0.0f);
  });
}

double Share(double sum, double count) { return count == 0.0 ? 0.0 : sum / count; }

// Sums of the terms of rows with an object.
struct PositiveSums {
  double box = 0.0;
  double category = 0.0;
};

}  // namespace

bool ComputeYoloV3(Crew* crew, size_t box_term, const std::vector<Scale>& scales,
                   std::vector<ScaleParts>& parts) {
  std::vector<Counts> counts(scales.size());
  if (!CountRows(crew, scales, counts)) return false;

  const auto kernels_of = [box_term](const Scale& scale) -> const ScaleKernels& {
    return YoloV3Kernels(box_term, scale.grad != nullptr);
  };
  ClearPlanes(crew, scales);
  auto blocks = Cut<Sides>(
      scales.size(),
      [&](size_t s) { return scales[s].batch * ObjectnessBlocks(scales[s]).per_image; },
      [](size_t) { return 1; });
  ForPieces(crew, blocks, [&](Piece<Sides>& piece) {
    const Scale& scale = scales[piece.scale];
    const Sides& count = counts[piece.scale].objectness;
    const Sides factor = {Share(scale.objectness_weight, count.present),
                          Share(scale.objectness_weight, count.absent)};
    piece.result = kernels_of(scale).objectness(scale, piece.begin, factor);
  });

  auto groups = Cut<PositiveSums>(
      scales.size(), [&](size_t s) { return counts[s].positives.size(); },
      [](size_t) { return kPositivesBlock; });
  size_t most_classes = 0;
  for (const Scale& scale : scales) most_classes = std::max(most_classes, scale.classes);
  std::vector<float> scratch(2 * most_classes * groups.size());
  ForPieces(crew, groups, [&](Piece<PositiveSums>& piece) {
    const Scale& scale = scales[piece.scale];
    const std::vector<size_t>& positives = counts[piece.scale].positives;
    const size_t* const rows = positives.data() + piece.begin;
    const size_t count = piece.end - piece.begin;
    const double all = static_cast<double>(positives.size());
    const size_t place = static_cast<size_t>(&piece - groups.data());
    const ScaleKernels& kernels = kernels_of(scale);
    piece.result.box =
        kernels.box(scale, rows, count, static_cast<float>(Share(scale.box_weight, all)));
    piece.result.category =
        kernels.category(scale, rows, count, static_cast<float>(Share(scale.category_weight, all)),
                         scratch.data() + 2 * most_classes * place);
  });

  parts.assign(scales.size(), {});
  std::vector<Sides> objectness(scales.size());
  for (const auto& piece : blocks) objectness[piece.scale] += piece.result;
  for (const auto& piece : groups) {
    parts[piece.scale].box += piece.result.box;
    parts[piece.scale].category += piece.result.category;
  }
  for (size_t s = 0; s < scales.size(); ++s) {
    const Sides& count = counts[s].objectness;
    parts[s].positives = counts[s].positives.size();
    const double positives = static_cast<double>(parts[s].positives);
    parts[s].box = Share(parts[s].box, positives);
    parts[s].category = Share(parts[s].category, positives);
    parts[s].objectness =
        Share(objectness[s].present, count.present) + Share(objectness[s].absent, count.absent);
  }
  return true;
}

}  // namespace detloss
