// Every rule of native/number/dual.h, dual_math.h and log_sum.h, as RULE(name, domain, function):
// of the variables x and y, with the constants t and u, all of them in the domain.

#ifndef DETLOSS_TEST_RULES_H_
#define DETLOSS_TEST_RULES_H_

#define DETLOSS_RULES(RULE)                                                                      \
  RULE(Sum, kAny, x + y)                                                                         \
  RULE(SumWithNumber, kAny, (x + t) * (u + y))                                                   \
  RULE(Difference, kAny, x - y)                                                                  \
  RULE(DifferenceOfNumber, kAny, (x - t) * (u - y))                                              \
  RULE(Product, kAny, x* y)                                                                      \
  RULE(ProductWithNumber, kAny, x* t - u * y)                                                    \
  RULE(Quotient, kPositive, x / y)                                                               \
  RULE(QuotientByNumber, kPositive, x / t)                                                       \
  RULE(QuotientOfNumber, kPositive, t / x)                                                       \
  RULE(Negative, kAny, -x)                                                                       \
  RULE(LogRatio, kPositive, LogRatio(x, y))                                                      \
  RULE(LogRatioToNumber, kPositive, LogRatio(x, t))                                              \
  RULE(LogRatioOfNumber, kPositive, LogRatio(t, x))                                              \
  RULE(Min, kAny, Min(x, y))                                                                     \
  RULE(MinWithNumber, kAny, Min(x, t) + Min(u, y))                                               \
  RULE(Max, kAny, Max(x, y))                                                                     \
  RULE(MaxWithNumber, kAny, Max(x, t) + Max(u, y))                                               \
  RULE(NegMulAdd, kAny, NegMulAdd(x, t, y))                                                      \
  RULE(Abs, kAny, Abs(x))                                                                        \
  RULE(Square, kAny, Square(x))                                                                  \
  RULE(SumOfSquares, kAny, SumOfSquares(x, y))                                                   \
  RULE(WeighSquare, kAny, WeighSquare(x, Value(x) * Value(y)))                                   \
  RULE(Sqrt, kPositive, Sqrt(x))                                                                 \
  RULE(Positive, kAny, Positive(x))                                                              \
  RULE(NegativePart, kAny, Negative(x))                                                          \
  RULE(Exp, kAny, Exp(x))                                                                        \
  RULE(ExpMinus, kPositive, ExpMinus(x))                                                         \
  RULE(RootOrZero, kPositive, RootOrZero(x))                                                     \
  RULE(Pow, kPositive, Pow(x, t))                                                                \
  RULE(LargePow, kPositive, Pow(x, Number(20) * t))                                              \
  RULE(OneMinusExpMinus, kPositive, OneMinusExpMinus(x))                                         \
  RULE(LogPlusOne, kPositive, LogPlusOne(x))                                                     \
  RULE(Sine, kAny, SinCos(x).sin)                                                                \
  RULE(Cosine, kAny, SinCos(x).cos)                                                              \
  RULE(Sigmoid, kAny, Sigmoid(x))                                                                \
  RULE(LinearPart, kAny, LinearPart(x, t))                                                       \
  RULE(LinearPartByRest, kAny, LinearPart(x, t, Number(1) - t))                                  \
  RULE(Define, kAny, Define(Value(x) * Value(x), x, Number(2) * Value(x)))                       \
  RULE(ZeroWhere, kAny, ZeroWhere(t < u, x))                                                     \
  RULE(SelectNumber, kAny, Select(t < u, t, x))                                                  \
  RULE(Select, kAny, Select(t < u, x, y))                                                        \
  RULE(Refine, kAny, Refine(x* x - t * t, (Value(x) - t) * (Value(x) + t)))                      \
  RULE(Ratio, kPositive, Ratio(x, y))                                                            \
  RULE(RatioToNumber, kPositive, Ratio(x, t))                                                    \
  RULE(RatioOfNumber, kPositive, Ratio(t, x))                                                    \
  RULE(KnownRatio, kPositive, KnownRatio(x, y, Value(x) / Value(y)))                             \
  RULE(ExactRatio, kPositive, ExactRatio(x, y))                                                  \
  RULE(AngleBetween, kPositive, Square(AngleBetween(x, y, t, u)))                                \
  RULE(PlusLogOnePlus, kPositive, PlusLogOnePlus(x, y))                                          \
  RULE(Independent, kAny, Chain(LogitCrossEntropy{}(Independent(x), t), x))                      \
  RULE(KeepDigits, kAny, Chain(LogitCrossEntropy{}(Independent(x), NearSigmoid(x)), x))          \
  RULE(KeepDigitsOfTarget, kAny,                                                                 \
       Chain(LogitCrossEntropy{}(Independent(x),                                                 \
                                 Target{NearSigmoid(x), Number(1) - NearSigmoid(x), Number(0)}), \
             x))

// Those of them that are two functions which meet where x = y = 0.
#define DETLOSS_MEETING_RULES(RULE) \
  RULE(Min) RULE(Max) RULE(Abs) RULE(Positive) RULE(NegativePart) RULE(LinearPart)

#endif  // DETLOSS_TEST_RULES_H_
