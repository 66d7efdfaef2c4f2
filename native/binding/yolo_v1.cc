// The whole loss of YOLO (v1).

#include "plan/yolo_v1.h"

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/threads.h"

namespace detloss {
namespace {

// The predictors of a cell, of which there is one at least.
size_t BoxesOf(size_t predictions, size_t cells, size_t classes) {
  const size_t channels = cells == 0 ? 5 + classes : predictions / cells;
  if (channels * cells != predictions || channels <= classes || (channels - classes) % 5 != 0) {
    throw std::out_of_range("predictions have the wrong length");
  }
  return (channels - classes) / 5;
}

// (predictions, grad, objectness, box, labels, categories, parts): of every cell predictors and
// classes, an objectness and a box, and a label or a number for every class. `parts`, which is
// written, is a Float64Array of box, objectness and category. The kernel is 0 where confidences
// should be the IoU, 1 where they should be 1; the hyperparameters are the factor of boxes, the
// weight of confidences without an object and the cells in a row. It returns 0 or a promise of it.
napi_value ComputeYoloV1Loss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const Floats predictions = arguments.FloatArray(0);
    const Floats objectness = arguments.FloatArray(2);
    YoloV1 call;
    call.cells = objectness.length;
    call.classes = arguments.Count(Slot::classes);
    call.boxes = BoxesOf(predictions.length, call.cells, call.classes);
    call.predictions = predictions.data;
    call.objectness = objectness.data;
    call.grad = arguments.OptionalOutput(1, predictions.length);
    call.box = arguments.OfLength(3, 4 * call.cells);
    if (arguments.Given(4)) {
      call.labels = arguments.Labels(4, call.cells);
    } else {
      call.categories = arguments.OfLength(5, call.cells * call.classes);
    }
    double* const parts = arguments.DoublesOutput(6, 3);
    call.format = arguments.Integer(Slot::format, 0, 1) == 0 ? Format::kYxhw : Format::kCxcywh;
    call.iou = arguments.Member(2) == 0;
    call.coord = arguments.Hyper(0);
    call.no_object = arguments.Hyper(1);
    call.grid = arguments.Hyper(2);
    arguments.CheckDistinct();

    const size_t floats = (call.grad ? 2 : 1) * predictions.length + 5 * call.cells;
    return Perform(env, arguments, floats, [call, parts](Crew* crew) {
      const std::optional<YoloV1Parts> result = ComputeYoloV1(crew, call);
      if (!result) throw std::out_of_range("a target is no class or out of range");
      parts[0] = result->box;
      parts[1] = result->objectness;
      parts[2] = result->category;
      return 0.0;
    });
  });
}

}  // namespace

void ExportYoloV1(const Exports& exports) { exports.Function("yoloV1", ComputeYoloV1Loss); }

}  // namespace detloss
