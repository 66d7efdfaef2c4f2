// The row shapes of native/catalogue.inc over doubles and over complex numbers: for the shape S,
// RowOfS draws a row and evaluates a formula of it. The text for the inside of a number type's
// namespace that says in kGradient whether the formula is evaluated with duals.
//
// A shape that is not among them does not compile.

#include "coordinates/boxes.h"
#include "coordinates/raw.h"
#include "number/columns.h"
#include "number/hyper.h"

FORMULA Number Once(Number number) { return number; }

#include "passes/boxes.h"
#include "passes/cells.h"
#include "passes/elements.h"
#include "passes/logit_pairs.h"

template <size_t kWidth>
Columns<kWidth> ColumnsOf(const Number* row) {
  if constexpr (kWidth == 1) return {row[0]};
  if constexpr (kWidth == 2) return {row[0], row[1]};
  if constexpr (kWidth == 4) return {row[0], row[1], row[2], row[3]};
}
template <size_t kWidth>
void Store(const Columns<kWidth>& columns, Number* row) {
  row[0] = columns.a;
  if constexpr (kWidth >= 2) row[1] = columns.b;
  if constexpr (kWidth >= 4) {
    row[2] = columns.c;
    row[3] = columns.d;
  }
}

// A row as a pass reads it.
struct Cursor {
  const Number* pred;
  Number target[kMostWidth];
  Number anchor[kMostWidth];
  size_t row;

  Cursor(const Number* predictions, const TestRow& of) : pred(predictions), row(of.row) {
    std::copy_n(of.target, kMostWidth, target);
    std::copy_n(of.anchor, kMostWidth, anchor);
  }
  template <size_t kWidth>
  Columns<kWidth> Pred() const {
    return ColumnsOf<kWidth>(pred);
  }
  template <size_t kWidth>
  Columns<kWidth> Target() const {
    return ColumnsOf<kWidth>(target);
  }
  template <size_t kWidth>
  Columns<kWidth> Anchor() const {
    return ColumnsOf<kWidth>(anchor);
  }
};

// A row's loss, and with kGradient its derivatives by the row's predictions.
struct RowResult {
  Number loss;
  Number gradient[kMostWidth];
};

// The derivatives as they are, for a pass that pulls them back.
struct Weight {
  Number factor;
  template <class X>
  Number operator()(const X& partial) const {
    return ToNumber(partial) * factor;
  }
  Weight operator*(Number further) const { return {factor * further}; }
};

template <class Pass>
RowResult EvaluatePass(const Number* pred, const TestRow& row) {
  const Pass pass(row.rows);
  const auto result = pass.Evaluate(Cursor(pred, row));
  const auto& loss = WithoutUnion(result);
  RowResult of_row = {Number(Value(loss)), {}};
  if constexpr (kGradient) Store(pass.Gradient(loss, Weight{1}), of_row.gradient);
  return of_row;
}

template <class Formula>
struct RowOfElements {
  static constexpr size_t kWidth = 1;
  static void Draw(Random& random, TestRow& row) {
    row.pred[0] = random.Between(-2, 2);
    row.target[0] = random.Between(-2, 2);
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    return EvaluatePass<ElementPass<Formula, false, kGradient>>(pred, row);
  }
};

// A logit or a probability, and what it may be compared with.
template <class Formula>
double DrawPrediction(Random& random) {
  return Formula::kOfLogits ? random.Between(-9, 9) : random.Between(0.001, 0.999);
}
inline double DrawFraction(Random& random, size_t row) {
  return row % 3 == 0 ? 0 : row % 3 == 1 ? 1 : random.Between(0, 1);
}

template <class Formula>
struct RowOfSidedElements {
  static constexpr size_t kWidth = 1;
  static void Draw(Random& random, TestRow& row) {
    row.pred[0] = DrawPrediction<Formula>(random);
    row.target[0] = DrawFraction(random, row.row);
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    return EvaluatePass<ElementPass<Formula, true, kGradient>>(pred, row);
  }
};

template <class Formula>
struct RowOfLogitPairs {
  static constexpr size_t kWidth = 2;
  static void Draw(Random& random, TestRow& row) {
    for (size_t k = 0; k < kWidth; ++k) row.pred[k] = random.Between(-5, 5);
    row.target[0] = DrawFraction(random, row.row);
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    return EvaluatePass<LogitPairPass<Formula, kGradient>>(pred, row);
  }
};

template <class Formula, bool kAnchors>
struct RowOfAnyBoxes {
  static constexpr size_t kWidth = 4;
  static void Draw(Random& random, TestRow& row) {
    row.rows.format = static_cast<Format>(row.row % 5);
    DrawBox(random, row.rows.format, row.pred);
    DrawBox(random, row.rows.format, row.target);
    DrawBox(random, row.rows.format, row.anchor);
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    return WithFormat(row.rows.format, [&](auto format) {
      return EvaluatePass<BoxPass<InFormat<format.value>, Formula, kAnchors, kGradient>>(pred, row);
    });
  }
};
template <class Formula>
using RowOfBoxes = RowOfAnyBoxes<Formula, false>;
template <class Formula>
using RowOfAnchoredBoxes = RowOfAnyBoxes<Formula, true>;

// A cell of a grid of 5 lines and 7 columns, with an anchor.
struct TestCells {
  static constexpr bool kIsRare = false;
  explicit TestCells(const Grid&) {}
  Cell At(size_t row) const {
    return {Number(static_cast<double>(row % 7)),
            Number(static_cast<double>(row % 5)),
            Number(7),
            Number(5),
            Number(0.3),
            Number(0.4)};
  }
};
template <class Formula>
struct RowOfCells {
  static constexpr size_t kWidth = 4;
  static void Draw(Random& random, TestRow& row) {
    for (double& raw : row.pred) raw = random.Between(-2, 2);
    const bool y_first = row.row % 2 == 0;
    row.rows.format = y_first ? Format::kYxhw : Format::kCxcywh;
    row.target[y_first] = (static_cast<double>(row.row % 7) + random.Between(0.01, 0.99)) / 7;
    row.target[!y_first] = (static_cast<double>(row.row % 5) + random.Between(0.01, 0.99)) / 5;
    for (size_t k = 2; k < 4; ++k) row.target[k] = random.Between(0.1, 1);
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    return row.rows.format == Format::kYxhw
               ? EvaluatePass<CellPass<RawFeatures<true>, Formula, TestCells, kGradient>>(pred, row)
               : EvaluatePass<CellPass<RawFeatures<false>, Formula, TestCells, kGradient>>(pred,
                                                                                           row);
  }
};

// A row of classes, whose targets are numbers or, for the formulas that take them, smoothed.
constexpr size_t kClasses = 4;
template <class Formula>
struct RowOfClasses {
  static constexpr size_t kWidth = kClasses;
  static void Draw(Random& random, TestRow& row) {
    for (size_t k = 0; k < kClasses; ++k) {
      row.pred[k] = DrawPrediction<Formula>(random);
      row.target[k] = DrawFraction(random, row.row + k);
    }
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    const Cursor at(pred, row);
    if constexpr (std::is_invocable_v<Formula, Number, Target>) {
      const Smoothing smoothing(0.125);  // of which all numbers are floats
      if (row.row % 2 == 0) {
        return Sum(pred, row, [&](size_t k) { return smoothing.Of(at.target[k]); });
      }
    }
    return Sum(pred, row, [&](size_t k) { return at.target[k]; });
  }

 private:
  template <class Targets>
  static RowResult Sum(const Number* pred, const TestRow& row, const Targets& targets) {
    const auto formula = Parametrize<Formula>(row.rows.hyper);
    const Number share(Formula::kMean ? 1.0 / kClasses : 1.0);
    RowResult sum = {Number(0), {}};
    for (size_t k = 0; k < kClasses; ++k) {
      if constexpr (kGradient) {
        const auto loss = formula(Dual{pred[k], One{}}, targets(k));
        sum.loss = sum.loss + share * Number(Value(loss));
        sum.gradient[k] = share * ToNumber(loss.a);
      } else {
        sum.loss = sum.loss + share * Number(formula(pred[k], targets(k)));
      }
    }
    return sum;
  }
};

// A row of classes with a label. The formula is given as parts, which are put together here as the
// engines do; the complex step is that of ln Σ e^z − z_label.
template <class Formula>
struct RowOfSoftmax {
  static constexpr size_t kWidth = kClasses;
  static void Draw(Random& random, TestRow& row) {
    for (double& logit : row.pred) logit = random.Between(-6, 6);
  }
  static RowResult Evaluate(const Number* pred, const TestRow& row) {
    const size_t label = row.row % kClasses;
    if constexpr (kGradient) {
      return FromParts(pred, label);
    } else {
      Number sum(0);
      for (size_t k = 0; k < kClasses; ++k) sum = sum + Exp(pred[k]);
      return {Log(sum) - pred[label], {}};
    }
  }

 private:
  template <class N>
  static RowResult FromParts(const N* pred, size_t label) {
    const N* const top = std::max_element(pred, pred + kClasses);
    SoftmaxParts parts = {*top, pred[label], 0.0};
    for (const N* z = pred; z < pred + kClasses; ++z) {
      if (z != top) parts.rest += SoftmaxTerm(*z, *top);
    }
    RowResult result = {SoftmaxLoss(parts), {}};
    for (size_t k = 0; k < kClasses; ++k) {
      result.gradient[k] = SoftmaxTerm(pred[k], *top) / (1.0 + parts.rest);
    }
    result.gradient[label] = -SoftmaxOfOthers(parts);
    return result;
  }
};
