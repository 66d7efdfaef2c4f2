#include "plan/yolo_v3.h"

#include "loops/catalogue.h"
#include "plan/plan.h"

namespace detloss {

namespace {

Output OutputOf(const Scale& scale, const RowLoss* box_loss) {
  Output output;
  output.view = scale.ViewOf();
  output.numbers = scale.features;
  output.grad = scale.grad;
  output.objectness = scale.objectness;
  output.ignore = scale.ignore;

  output.dense.loss = objectness_yoloV3Logit();
  output.dense.channel = 4;
  output.dense.idle_pred = -1e30f;
  output.dense.idle_target = 0.0f;
  output.dense.weight = scale.objectness_weight;

  output.listed.resize(2);
  ListedTerm& box = output.listed[0];
  box.channel = 0;
  box.weight = scale.box_weight;
  box.target = scale.box;
  box.loss = box_loss;
  box.format = scale.y_first ? Format::kYxhw : Format::kCxcywh;
  box.grid = scale.grid;

  ListedTerm& category = output.listed[1];
  category.channel = 5;
  category.weight = scale.category_weight;
  category.target = scale.categories;
  category.class_loss = category_yoloV3Logit();
  category.classes = scale.classes;
  category.labels = scale.labels;
  category.smoothing = scale.smoothing;
  return output;
}

}  // namespace

bool IsBoxTerm(const Listed<RowLoss>& loss) {
  const RowLoss& kernels = *loss.loss();
  const bool of_boxes = kernels.width == 4 && kernels.target_width == 4;
  return of_boxes && kernels.anchors != Anchors::kPerRow;
}

bool ComputeYoloV3(Crew* crew, const Listed<RowLoss>& box_term, const std::vector<Scale>& scales,
                   std::vector<ScaleParts>& parts) {
  std::vector<Output> outputs;
  outputs.reserve(scales.size());
  for (const Scale& scale : scales) outputs.push_back(OutputOf(scale, box_term.loss()));
  std::vector<OutputLoss> losses;
  if (!Execute(crew, outputs, losses)) return false;
  parts.clear();
  for (const OutputLoss& loss : losses) {
    parts.push_back({loss.listed[0], loss.dense, loss.listed[1], loss.positives});
  }
  return true;
}

}  // namespace detloss
