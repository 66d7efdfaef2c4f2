// Random rows of losses, and the check of their derivatives.

#ifndef DETLOSS_TEST_TEST_ROWS_H_
#define DETLOSS_TEST_TEST_ROWS_H_

#include "complex_step.h"
#include "loops/rows.h"
#include "report.h"

namespace detloss {

constexpr size_t kMostWidth = 4;

// A row of a loss, the number of which says of what kind it is; `rows` has the format and the
// hyperparameters.
struct TestRow {
  double pred[kMostWidth] = {};
  double target[kMostWidth] = {};
  double anchor[kMostWidth] = {};
  size_t row = 0;
  Rows rows;
};

inline void DrawBox(Random& random, Format format, double* box) {
  const bool y_first = format == Format::kYxhw || format == Format::kTlbr;
  for (size_t k = 0; k < 2; ++k) {
    const double centre = random.Between(0, 1);
    const double size = random.Between(0.2, 1.2);
    const bool is_centred = format == Format::kYxhw || format == Format::kCxcywh;
    const bool by_ends = format == Format::kXyxy || format == Format::kTlbr;
    const size_t at = y_first ? 1 - k : k;
    box[at] = is_centred ? centre : centre - size / 2;
    box[2 + at] = by_ends ? centre + size / 2 : size;
  }
}

// Compares the gradient over doubles with the complex step: over the largest derivative of a row,
// or 1e-2, since the terms of derivatives of more than 1 may cancel; and likewise the values.
template <class OverDoubles, class OverComplex>
int CheckDerivatives(const char* name) {
  Random random;
  double gradient_error = 0;
  double value_error = 0;
  const auto include = [](double error, double& worst) {
    if (!(error <= worst)) worst = error;
  };
  for (size_t i = 0; i < 20000; ++i) {
    TestRow row;
    row.row = i;
    // From 0 to 1, where all hyperparameters may be.
    for (float& hyper : row.rows.hyper) hyper = static_cast<float>(random.Between(0.1, 0.9));
    OverDoubles::Draw(random, row);
    const auto result = OverDoubles::Evaluate(row.pred, row);
    double largest = 1e-2;
    for (const double partial : result.gradient) largest = std::fmax(largest, std::fabs(partial));
    for (size_t k = 0; k < OverDoubles::kWidth; ++k) {
      Complex pred[kMostWidth];
      std::copy_n(row.pred, kMostWidth, pred);
      pred[k] = Vary(row.pred[k], 1);
      const Complex loss = OverComplex::Evaluate(pred, row).loss;
      include(std::fabs(result.gradient[k] - RateOf(loss)) / largest, gradient_error);
      include(std::fabs(result.loss - loss.re()) / std::fmax(1e-2, std::fabs(loss.re())),
              value_error);
    }
    if (std::isnan(gradient_error + value_error)) break;
  }
  return ReportRounding(name, "gradient", gradient_error) +
         ReportRounding(name, "value", value_error);
}

}  // namespace detloss

#endif  // DETLOSS_TEST_TEST_ROWS_H_
