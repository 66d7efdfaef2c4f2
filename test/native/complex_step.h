// The derivative by a complex step: f'(x) = Im f(x + ih) / h. Nothing is subtracted, so that h can
// be as small as 1e-200 and the derivative is exact to rounding. Squire and Trapp, "Using complex
// variables to estimate derivatives of real functions", 1998.
//
// A formula over complex numbers is the text of its value. Where a dual takes its derivative from
// another expression than its value (Refine, Define), the step shows that both are of one function.

#ifndef DETLOSS_TEST_COMPLEX_STEP_H_
#define DETLOSS_TEST_COMPLEX_STEP_H_

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <utility>

namespace detloss {

constexpr double kComplexStep = 1e-200;

struct Complex {
  std::complex<double> z;

  Complex() = default;
  Complex(double re) : z(re) {}
  Complex(double re, double im) : z(re, im) {}
  Complex(std::complex<double> number) : z(number) {}

  double re() const { return z.real(); }
  double im() const { return z.imag(); }
};

inline Complex operator+(Complex a, Complex b) { return a.z + b.z; }
inline Complex operator-(Complex a, Complex b) { return a.z - b.z; }
inline Complex operator*(Complex a, Complex b) { return a.z * b.z; }
inline Complex operator/(Complex a, Complex b) { return a.z / b.z; }
inline Complex operator-(Complex a) { return -a.z; }

// A number that varies at a rate, and the rate of what has been made of it.
inline Complex Vary(double number, double rate) { return {number, rate * kComplexStep}; }
inline double RateOf(Complex number) { return number.im() / kComplexStep; }

// Numbers as random as a test is repeatable.
class Random {
 public:
  double Between(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(generator_);
  }

 private:
  std::mt19937 generator_{7};
};

}  // namespace detloss

#endif  // DETLOSS_TEST_COMPLEX_STEP_H_
