import { abs, chain, Dual, exp, log1p, max, sum } from './number';

/** What a prediction holds: probabilities, or the logits σ turns into them. */
export type Input = 'probability' | 'logit';

/**
 * −t·ln p − (1 − t)·ln(1 − p), each logarithm clamped at −100. The derivative is defined as
 * (p − t)/max(p(1 − p), 1e-12), so that it is finite at p = 0 and p = 1.
 */
function ofProbability(p: Dual, t: number): Dual {
  const lnP = Math.max(Math.log(p.value), -100);
  const lnRest = Math.max(Math.log1p(-p.value), -100);
  const slope = (p.value - t) / Math.max(p.value * (1 - p.value), 1e-12);
  return chain(-t * lnP - (1 - t) * lnRest, [p, slope]);
}

/** The same of p = σ(z): max(z, 0) − z·t + ln(1 + e^−|z|), exact for any logit. */
function ofLogit(z: Dual, t: number): Dual {
  const correction = log1p(exp(new Dual(0).minus(abs(z))));
  return max(z, new Dual(0)).minus(z.times(t)).plus(correction);
}

/** Binary cross-entropy of a prediction against a target t between 0 and 1. */
export function binaryCrossEntropy(pred: Dual, t: number, input: Input = 'probability'): Dual {
  return input === 'logit' ? ofLogit(pred, t) : ofProbability(pred, t);
}

/**
 * −ln softmax(z)_label = z_max − z_label + ln(1 + Σ e^(zₖ − z_max)), the sum over all but one largest
 * logit: no power overflows, and a loss near 0 keeps its digits.
 */
export function softmaxCrossEntropy(logits: readonly Dual[], label: number): Dual {
  const largest = logits.reduce((a, b) => (b.value > a.value ? b : a));
  const others = logits.filter((z) => z !== largest);
  const rest = sum(others.map((z) => exp(z.minus(largest))));
  return largest.minus(logits[label]).plus(log1p(rest));
}
