// The whole loss of YOLO v3.

#include "plan/yolo_v3.h"

#include <utility>
#include <vector>

#include "binding/arguments.h"
#include "binding/exports.h"
#include "binding/threads.h"

namespace detloss {
namespace {

// What the arrays of a scale are, and the numbers that describe it, in their order.
enum Array {
  kFeatures,
  kGrad,
  kAnchors,
  kBox,
  kObjectness,
  kLabels,
  kCategories,
  kIgnore,
  kArrays,
};
constexpr size_t kNumbers = 5;  // height, width and the weights of box, objectness and category
constexpr size_t kParts = 4;    // box, objectness, category, positives

Scale ScaleOf(Arguments& arrays, const double* numbers, Scale scale) {
  constexpr double kMost = 4294967295.0;
  if (!(numbers[0] >= 1 && numbers[0] <= kMost && numbers[1] >= 1 && numbers[1] <= kMost)) {
    throw std::out_of_range("a grid is out of range");
  }
  scale.grid.height = static_cast<size_t>(numbers[0]);
  scale.grid.width = static_cast<size_t>(numbers[1]);
  scale.box_weight = numbers[2];
  scale.objectness_weight = numbers[3];
  scale.category_weight = numbers[4];
  const Floats features = arrays.FloatArray(kFeatures);
  const Floats anchors = arrays.FloatArray(kAnchors);
  scale.features = features.data;
  scale.grid.anchors = anchors.data;
  scale.grid.anchor_count = anchors.length / 2;
  if (scale.grid.anchor_count == 0) throw std::out_of_range("there are no anchors");
  // In floating point, where the product of the sizes cannot overflow.
  const double count = static_cast<double>(scale.batch) * numbers[0] * numbers[1] *
                       static_cast<double>(scale.grid.anchor_count);
  if (count * static_cast<double>(5 + scale.classes) != static_cast<double>(features.length)) {
    throw std::out_of_range("features have the wrong length");
  }
  const size_t rows = scale.ViewOf().Rows();
  scale.grad = arrays.OptionalOutput(kGrad, features.length);
  scale.box = arrays.OfLength(kBox, 4 * rows);
  scale.objectness = arrays.OfLength(kObjectness, rows);
  if (arrays.Given(kLabels)) {
    scale.labels = arrays.Labels(kLabels, rows);
  } else {
    scale.categories = arrays.OfLength(kCategories, rows * scale.classes);
  }
  if (arrays.Given(kIgnore)) scale.ignore = arrays.Bytes(kIgnore, rows);
  return scale;
}

// The elements of the JavaScript array that are the arrays of scale `s`.
Arguments ArraysOf(napi_env env, const Arguments& call, size_t s) {
  const napi_value list = call.Value(0);
  std::array<napi_value, kArrays> values;
  for (size_t i = 0; i < kArrays; ++i) {
    if (napi_get_element(env, list, static_cast<uint32_t>(s * kArrays + i), &values[i]) !=
        napi_ok) {
      throw std::invalid_argument("an array cannot be read");
    }
  }
  return Arguments(call, values.data(), values.size());
}

// (arrays, scales, parts), with the loss that is the box term for the kernel and the smoothing for
// the hyperparameter: `arrays` is a JavaScript array with the arrays of one scale after those of
// another, `scales`, with their numbers, and `parts`, which is written, are Float64Arrays. It
// returns 0 or a promise of it.
napi_value ComputeYoloV3Loss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](Arguments& arguments) {
    const std::vector<double> numbers = arguments.Doubles(1);
    const size_t count = numbers.size() / kNumbers;
    if (count * kNumbers != numbers.size())
      throw std::out_of_range("there are not 5 numbers of a scale");
    uint32_t elements = 0;
    if (napi_get_array_length(env, arguments.Value(0), &elements) != napi_ok) {
      throw std::invalid_argument("there is no array of arrays");
    }
    if (elements != count * kArrays) throw std::out_of_range("there are not 8 arrays of a scale");
    // Before any of them is read: to get an element may run JavaScript, which may move memory.
    std::vector<Arguments> lists;
    for (size_t s = 0; s < count; ++s) lists.push_back(ArraysOf(env, arguments, s));
    double* const parts = arguments.DoublesOutput(2, count * kParts);
    const Listed<RowLoss>& box_term = arguments.Member(RowLosses());
    if (!IsBoxTerm(box_term)) throw std::out_of_range("the kernel is no box term");
    Scale common;
    common.batch = arguments.Integer(Slot::batch, 0, Arguments::kMostCounted);
    common.classes = arguments.Count(Slot::classes);
    common.channels_first = arguments.Integer(Slot::channelsFirst, 0, 1) == 1;
    common.y_first = arguments.Integer(Slot::format, 0, 1) == 0;
    common.smoothing = arguments.Hyper();

    std::vector<Scale> scales;
    std::vector<MemorySpan> spans;
    arguments.AddSpans(&spans);
    size_t floats = 0;
    for (size_t s = 0; s < count; ++s) {
      scales.push_back(ScaleOf(lists[s], &numbers[s * kNumbers], common));
      lists[s].AddSpans(&spans);
      const Scale& scale = scales.back();
      floats += (scale.grad ? scale.ViewOf().Numbers() : 0) + 16 * scale.ViewOf().Rows();
    }
    CheckDistinct(std::move(spans));
    const auto work = [&box_term, parts, scales](Crew* crew) {
      std::vector<ScaleParts> results;
      if (!ComputeYoloV3(crew, box_term, scales, results)) {
        throw std::out_of_range("a target is no class or out of range");
      }
      for (size_t s = 0; s < results.size(); ++s) {
        double* const to = parts + s * kParts;
        to[0] = results[s].box;
        to[1] = results[s].objectness;
        to[2] = results[s].category;
        to[3] = static_cast<double>(results[s].positives);
      }
      return 0.0;
    };
    return Perform(env, arguments, floats, work, lists);
  });
}

}  // namespace

void ExportDetectors(const Exports& exports) {
  exports.Function("yoloV3", ComputeYoloV3Loss);
  const auto terms = Napi::Object::New(exports.Env());
  for (size_t number = 0; number < RowLosses().size(); ++number) {
    const Listed<RowLoss>& loss = RowLosses()[number];
    if (IsBoxTerm(loss)) terms.Set(loss.name, Napi::Number::New(exports.Env(), number));
  }
  exports.Value("yoloV3BoxTerms", terms);
}

}  // namespace detloss
