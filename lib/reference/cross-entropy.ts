import { chain, Dual, exp, log1p, sum } from './number';

/** What a prediction holds: probabilities, or the logits σ turns into them. */
export type Input = 'probability' | 'logit';

/**
 * A target between 0 and 1 and what it lacks of 1, both with all their digits: of a smoothed target
 * near 1 the difference would have lost some.
 */
export interface Target {
  t: number;
  rest: number;
}

/**
 * −t·ln p − (1 − t)·ln(1 − p), each logarithm clamped at −100. The derivative is defined as
 * (p − t)/max(p(1 − p), 1e-12), so that it is finite at p = 0 and p = 1.
 */
function ofProbability(p: Dual, { t, rest }: Target): Dual {
  const lnP = Math.max(Math.log(p.value), -100);
  const lnRest = Math.max(Math.log1p(-p.value), -100);
  const slope = (p.value - t) / Math.max(p.value * (1 - p.value), 1e-12);
  return chain(-t * lnP - rest * lnRest, [p, slope]);
}

/** σ(z) − t. For a small z it is σ(z) − ½ = ½·tanh(z/2) that has all its digits. */
function sigmoidLess(z: number, { t, rest }: Target): number {
  if (Math.abs(z) < 1) return (Math.tanh(z / 2) + (rest - t)) / 2;
  const tail = 1 / (1 + Math.exp(Math.abs(z)));
  return z < 0 ? tail - t : rest - tail;
}

/**
 * The same of p = σ(z): (1 − t)·max(z, 0) + t·max(−z, 0) + ln(1 + e^−|z|), a sum of what is positive
 * and so exact for any logit. Its derivative is σ(z) − t.
 */
function ofLogit(z: Dual, target: Target): Dual {
  const distance = Math.abs(z.value);
  const share = z.value > 0 ? target.rest : target.t;
  // 0 · ∞ is 0.
  const linear = share === 0 ? 0 : share * distance;
  return chain(linear + Math.log1p(Math.exp(-distance)), [z, sigmoidLess(z.value, target)]);
}

/** Binary cross-entropy of a prediction against a target. */
export function binaryCrossEntropy(pred: Dual, target: Target, input: Input = 'probability'): Dual {
  return input === 'logit' ? ofLogit(pred, target) : ofProbability(pred, target);
}

/**
 * −ln softmax(z)_label = z_max − z_label + ln(1 + Σ e^(zₖ − z_max)), the sum over all but one largest
 * logit: no power overflows, and a loss near 0 keeps its digits.
 */
export function softmaxCrossEntropy(logits: readonly Dual[], label: number): Dual {
  const largest = logits.reduce((a, b) => (b.value > a.value ? b : a));
  const others = logits.filter((z) => z !== largest);
  const rest = log1p(sum(others.map((z) => exp(z.minus(largest)))));
  // ∞ − ∞ is none of what the largest logit lacks of itself.
  if (logits[label].value === Infinity && logits[label] === largest) return rest;
  return largest.minus(logits[label]).plus(rest);
}
