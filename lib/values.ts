/**
 * The numbers within arrays that kernels refuse: here they are looked for, and named.
 */
import { numbersOf } from './device';
import { wrongValue } from './words';

/** What a predicted probability may be beyond 0 and 1 by. */
const ROUNDING = 1e-6;

/** Throws where a row with weight has a number that is not `allowed`, in the words of `rule`. */
function checkEvery(
  where: string,
  numbers: Float32Array | Int32Array,
  weight: ArrayLike<number> | undefined,
  rule: string,
  allowed: (value: number) => boolean,
  hint: string,
  width = 1,
): void {
  const [all, weights] = [numbersOf(numbers), numbersOf(weight)];
  for (let k = 0; k < all.length; k++) {
    const row = Math.floor(k / width);
    if (weights !== undefined && weights[row] === 0) continue;
    if (!allowed(all[k])) throw wrongValue(where, `${rule} in row ${row}`, all[k], hint);
  }
}

/** Throws where the label of a row with weight is not one of `classes`, naming the row. */
export function checkLabels(
  where: string,
  labels: Int32Array,
  classes: number,
  weight: ArrayLike<number> | undefined,
  name = 'labels',
): void {
  const isClass = (label: number) => label >= 0 && label < classes;
  const rule = `${name} to be from 0 to ${classes - 1}`;
  checkEvery(where, labels, weight, rule, isClass, '');
}

/** Throws where a weight is infinite or NaN, naming the row. */
export function checkWeights(
  where: string,
  weight: Float32Array | undefined,
  name = 'weight',
): void {
  const rule = `${name} to be a finite number`;
  if (weight !== undefined) checkEvery(where, weight, undefined, rule, Number.isFinite, '');
}

/** Throws where a target of a row with weight is not from 0 to 1, nor NaN, naming the row. */
export function checkFractions(
  where: string,
  name: string,
  target: Float32Array,
  weight: ArrayLike<number> | undefined,
  width = 1,
  hint = 'rows to be ignored have the weight 0',
): void {
  const isFraction = (value: number) => !(value < 0 || value > 1);
  checkEvery(where, target, weight, `${name} to be from 0 to 1`, isFraction, hint, width);
}

/** The same of predictions, which rounding may have moved, where `input` was not given. */
export function checkProbabilities(
  where: string,
  name: string,
  pred: Float32Array,
  weight: ArrayLike<number> | undefined,
  width = 1,
): void {
  const isProbability = (value: number) => !(value < -ROUNDING || value > 1 + ROUNDING);
  const hint = "where predictions are raw features, pass input: 'logit'";
  checkEvery(where, pred, weight, `${name} to be probabilities`, isProbability, hint, width);
}
