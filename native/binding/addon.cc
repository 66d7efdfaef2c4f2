// What the addon exports; lib/binding.ts describes it to TypeScript.

#include <napi.h>

#include "binding/arguments.h"
#include "loops/overlap.h"
#include "loops/rows.h"
#include "loops/targets.h"

namespace detloss {
namespace {

// A loss is looked up at every call, since tests change the instruction set in between.
struct RegisteredLoss {
  const RowLoss* (*family)();
  size_t index;
};

struct RegisteredMetric {
  size_t index;
};

// (pred, target, anchors, weight, grad, losses, reduction, format, parameter[, height, width]).
// With a height and a width, anchors are those of a grid's cells, otherwise one box per row.
napi_value ComputeLoss(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [env](const Arguments& arguments) {
    const auto& registered = arguments.Registered<RegisteredLoss>();
    const RowLoss& loss = registered.family()[registered.index];

    const Floats pred = arguments.FloatArray(0);
    const size_t length = pred.length;
    Rows rows;
    rows.count = length / loss.width;
    if (rows.count * loss.width != length) throw std::out_of_range("pred is not whole rows");
    rows.pred = pred.data;
    rows.target = arguments.OfLength(1, length);
    rows.weight = arguments.Optional(3, rows.count);
    rows.grad = arguments.Optional(4, length);
    rows.losses = arguments.Optional(5, rows.count);
    const auto reduction = static_cast<Reduction>(arguments.Integer(6, 0, 2));
    rows.format = static_cast<Format>(arguments.Integer(7, 0, 4));
    rows.parameter = static_cast<float>(arguments.Double(8));

    Floats anchors;
    if (loss.anchors != Anchors::kNone) anchors = arguments.FloatArray(2);
    if (loss.anchors == Anchors::kPerRow) {
      if (anchors.length != length) throw std::out_of_range("anchors have the wrong length");
      rows.anchors = anchors.data;
    }
    if (loss.anchors == Anchors::kPerCell) {
      constexpr double kMostCells = 1 << 20;
      rows.grid.height = arguments.Integer(9, 1, kMostCells);
      rows.grid.width = arguments.Integer(10, 1, kMostCells);
      rows.grid.anchor_count = anchors.length / 2;
      rows.grid.anchors = anchors.data;
      if (anchors.length == 0 || anchors.length % 2 != 0) {
        throw std::out_of_range("anchors are not pairs");
      }
    }

    const auto check_output = [&](const float* output, size_t output_length) {
      CheckDistinct(output, output_length, rows.pred, length);
      CheckDistinct(output, output_length, rows.target, length);
      CheckDistinct(output, output_length, anchors.data, anchors.length);
      CheckDistinct(output, output_length, rows.weight, rows.count);
    };
    check_output(rows.grad, length);
    check_output(rows.losses, rows.count);
    CheckDistinct(rows.losses, rows.count, rows.grad, length);

    napi_value result = nullptr;
    napi_create_double(env, Compute(loss, rows, reduction), &result);
    return result;
  });
}

// (a, b, out, format): `out` has a row for every box of a, a column for every box of b.
napi_value ComputeMatrix(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [](const Arguments& arguments) -> napi_value {
    const OverlapMetric& metric = OverlapMetrics()[arguments.Registered<RegisteredMetric>().index];
    const Floats a = arguments.FloatArray(0);
    const Floats b = arguments.FloatArray(1);
    const size_t n = a.length / 4;
    const size_t m = b.length / 4;
    float* out = arguments.OfLength(2, n * m);
    const auto format = static_cast<Format>(arguments.Integer(3, 0, 4));
    CheckDistinct(out, n * m, a.data, a.length);
    CheckDistinct(out, n * m, b.data, b.length);
    metric.matrix(a.data, n, b.data, m, format, out);
    return nullptr;
  });
}

// (a, b, out, format): `out` has an element for every pair.
napi_value ComputeAligned(napi_env env, napi_callback_info info) {
  return Guarded(env, info, [](const Arguments& arguments) -> napi_value {
    const OverlapMetric& metric = OverlapMetrics()[arguments.Registered<RegisteredMetric>().index];
    const Floats a = arguments.FloatArray(0);
    const size_t n = a.length / 4;
    const float* b = arguments.OfLength(1, a.length);
    float* out = arguments.OfLength(2, n);
    const auto format = static_cast<Format>(arguments.Integer(3, 0, 4));
    CheckDistinct(out, n, a.data, a.length);
    CheckDistinct(out, n, b, a.length);
    metric.aligned(a.data, b, n, format, out);
    return nullptr;
  });
}

// Registers `callback` under `name`; the data lives as long as the process, like the code.
template <class Data>
void Register(Napi::Env env, Napi::Object exports, const char* name, napi_callback callback,
              Data data) {
  auto* kept = new Data(data);
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, kept, &function);
  exports.Set(name, Napi::Value(env, function));
  napi_add_finalizer(
      env, function, kept, [](napi_env, void* data, void*) { delete static_cast<Data*>(data); },
      nullptr, nullptr);
}

void RegisterLosses(Napi::Env env, Napi::Object exports, const RowLoss* (*family)()) {
  for (size_t i = 0; family()[i].name != nullptr; ++i) {
    Register(env, exports, family()[i].name, ComputeLoss, RegisteredLoss{family, i});
  }
}

Napi::Value ListTargets(const Napi::CallbackInfo& info) {
  const auto list = Napi::Array::New(info.Env());
  for (const std::string& name : TargetNames()) list.Set(list.Length(), name);
  return list;
}

Napi::Value UseTargetNamed(const Napi::CallbackInfo& info) {
  const bool known = UseTarget(info[0].IsString() ? info[0].As<Napi::String>() : std::string());
  return Napi::Boolean::New(info.Env(), known);
}

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  const auto group = [&](const char* name) {
    const auto object = Napi::Object::New(env);
    exports.Set(name, object);
    return object;
  };
  RegisterLosses(env, group("regression"), RegressionLosses);
  const Napi::Object box = group("box");
  RegisterLosses(env, box, IouLosses);
  RegisterLosses(env, box, FasterRcnnLosses);
  RegisterLosses(env, box, YoloLosses);
  const Napi::Object matrix = group("overlapMatrix");
  const Napi::Object aligned = group("overlapAligned");
  for (size_t i = 0; OverlapMetrics()[i].name != nullptr; ++i) {
    Register(env, matrix, OverlapMetrics()[i].name, ComputeMatrix, RegisteredMetric{i});
    Register(env, aligned, OverlapMetrics()[i].name, ComputeAligned, RegisteredMetric{i});
  }
  exports.Set("targets", Napi::Function::New<ListTargets>(env, "targets"));
  exports.Set("useTarget", Napi::Function::New<UseTargetNamed>(env, "useTarget"));
  return exports;
}

NODE_API_MODULE(detloss, Initialize)

}  // namespace
}  // namespace detloss
