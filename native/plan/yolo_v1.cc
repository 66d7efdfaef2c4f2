#include "plan/yolo_v1.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "loops/catalogue.h"
#include "loops/overlap.h"
#include "plan/gathered.h"
#include "plan/plan.h"
#include "plan/select.h"

namespace detloss {

namespace {

using Places = std::vector<size_t>;

size_t ChannelsOf(const YoloV1& call) { return 5 * call.boxes + call.classes; }

// Where the box of a predictor is, of which a cell has some.
size_t PlaceOf(const YoloV1& call, size_t predictor) {
  return predictor / call.boxes * ChannelsOf(call) + 5 * (predictor % call.boxes);
}

// The cells as rows of an output that has their classes.
Output CellsOf(const YoloV1& call) {
  Output output;
  output.view = View::ChannelsLast(1, call.cells, 1, ChannelsOf(call));
  output.objectness = call.objectness;
  output.listed.resize(1);
  ListedTerm& category = output.listed[0];
  category.class_loss = category_yoloV1();
  category.classes = call.classes;
  category.labels = call.labels;
  category.target = call.categories;
  return output;
}

// Where the rows are in an array of rows of `width` numbers, or some numbers further.
Places PlacesOf(const Places& rows, size_t width, size_t offset = 0) {
  Places places(rows.size());
  std::transform(rows.begin(), rows.end(), places.begin(),
                 [=](size_t row) { return row * width + offset; });
  return places;
}

// Boxes in units of the cell, as IoU needs them: their sizes are fractions of the image.
std::vector<float> InCells(std::vector<float> boxes, double grid) {
  for (size_t k = 0; k < boxes.size(); ++k) {
    if (k % 4 >= 2) boxes[k] = static_cast<float>(boxes[k] * grid);
  }
  return boxes;
}

// The IoU of every predictor of these cells with the cell's object.
std::vector<float> OverlapsOf(Crew* crew, const YoloV1& call, const Places& cells) {
  Places places;
  Places truths;
  places.reserve(cells.size() * call.boxes);
  truths.reserve(cells.size() * call.boxes);
  for (const size_t cell : cells) {
    for (size_t k = 0; k < call.boxes; ++k) {
      places.push_back(PlaceOf(call, cell * call.boxes + k));
      truths.push_back(4 * cell);
    }
  }
  const auto boxes = InCells(GatherRows(crew, call.predictions, places, 4), call.grid);
  const auto objects = InCells(GatherRows(crew, call.box, truths, 4), call.grid);
  std::vector<float> ious(places.size());
  Overlap overlap;
  overlap.a = boxes.data();
  overlap.n = ious.size();
  overlap.b = objects.data();
  overlap.m = ious.size();
  overlap.out = ious.data();
  overlap.format = call.format;
  ComputeAlignedIou(crew, overlap);
  return ious;
}

// The largest of some numbers, the first of equals or of NaN.
size_t IndexOfLargest(const float* numbers, size_t count) {
  size_t largest = 0;
  for (size_t k = 0; k < count; ++k) {
    if (std::isnan(numbers[k])) return k;
    if (numbers[k] > numbers[largest]) largest = k;
  }
  return largest;
}

// What the confidences of all predictors should be and count by, and which predictor each of the
// cells with an object has responsible: that with the highest IoU.
struct Aims {
  std::vector<float> confidences;
  std::vector<float> weights;
  Places responsible;

  Aims(Crew* crew, const YoloV1& call, const Places& cells)
      : confidences(call.cells * call.boxes),
        weights(confidences.size(), static_cast<float>(call.no_object)) {
    const std::vector<float> ious = OverlapsOf(crew, call, cells);
    responsible.reserve(cells.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      const float* const own = ious.data() + i * call.boxes;
      const size_t best = IndexOfLargest(own, call.boxes);
      const size_t predictor = cells[i] * call.boxes + best;
      confidences[predictor] = call.iou ? own[best] : 1.0f;
      weights[predictor] = 1.0f;
      responsible.push_back(predictor);
    }
  }
};

GatheredTerm TermOf(Places places, size_t width) {
  GatheredTerm term;
  term.places = std::move(places);
  term.width = width;
  return term;
}

GatheredTerm BoxTerm(const YoloV1& call, const Places& responsible,
                     const std::vector<float>& objects) {
  Places places(responsible.size());
  std::transform(responsible.begin(), responsible.end(), places.begin(),
                 [&call](size_t predictor) { return PlaceOf(call, predictor); });
  GatheredTerm term = TermOf(std::move(places), 4);
  term.factor = call.coord;
  term.loss = box_yoloV1();
  term.rows.target = objects.data();
  term.rows.format = call.format;
  return term;
}

GatheredTerm ObjectnessTerm(const YoloV1& call, const Aims& aims) {
  Places places(aims.confidences.size());
  for (size_t predictor = 0; predictor < places.size(); ++predictor) {
    places[predictor] = PlaceOf(call, predictor) + 4;
  }
  GatheredTerm term = TermOf(std::move(places), 1);
  term.loss = regression_l2();
  term.rows.target = aims.confidences.data();
  term.rows.weight = aims.weights.data();
  return term;
}

// The classes of the cells' objects, of either kind.
struct Classes {
  std::vector<int32_t> labels;
  std::vector<float> categories;

  Classes(Crew* crew, const YoloV1& call, const Places& cells) {
    if (call.labels == nullptr) {
      const Places places = PlacesOf(cells, call.classes);
      categories = GatherRows(crew, call.categories, places, call.classes);
      return;
    }
    labels.reserve(cells.size());
    for (const size_t cell : cells) labels.push_back(call.labels[cell]);
  }
};

GatheredTerm CategoryTerm(const YoloV1& call, const Places& cells, const Classes& classes) {
  GatheredTerm term = TermOf(PlacesOf(cells, ChannelsOf(call), 5 * call.boxes), call.classes);
  term.class_loss = category_yoloV1();
  if (call.labels != nullptr) {
    term.class_rows.labels = classes.labels.data();
  } else {
    term.class_rows.target = classes.categories.data();
  }
  return term;
}

}  // namespace

std::optional<YoloV1Parts> ComputeYoloV1(Crew* crew, const YoloV1& call) {
  std::vector<Selection> selections;
  if (!Select(crew, {CellsOf(call)}, selections)) return std::nullopt;
  const Places& cells = selections[0].positives;
  const Aims aims(crew, call, cells);
  const std::vector<float> objects = GatherRows(crew, call.box, PlacesOf(cells, 4), 4);
  const Classes classes(crew, call, cells);
  GatheredOutput output;
  output.numbers = call.predictions;
  output.grad = call.grad;
  output.length = call.cells * ChannelsOf(call);
  output.terms.push_back(BoxTerm(call, aims.responsible, objects));
  output.terms.push_back(ObjectnessTerm(call, aims));
  output.terms.push_back(CategoryTerm(call, cells, classes));
  const std::vector<double> losses = ComputeGathered(crew, output);
  return YoloV1Parts{losses[0], losses[1], losses[2]};
}

}  // namespace detloss
