import { checkCount, checkFloats, checkLength } from '../check';
import { checkSettings } from '../options';
import { wrongValue } from '../words';

/** Options of {@link objectnessQuality}. */
export interface ObjectnessQualityOptions {
  /** How many of the highest predictions without an object count, at least 1. Default 50. */
  top?: number;
  /** `[N]`: a row of weight 0 takes no part, whatever it holds; any other counts as one. */
  weight?: Float32Array;
}

/** What {@link objectnessQuality} returns. */
export interface ObjectnessQuality {
  /** The mean objectness of the objects. */
  pos_obj: number;
  /** The mean of the highest objectness of the background. */
  neg_obj: number;
}

/**
 * How well objects are told from background: the predicted objectness of both.
 *
 * `pos_obj` is the mean of o where o* > 0, which training drives to 1; `neg_obj` the mean of the
 * `top` highest o where o* = 0, the false alarms, which it drives to 0.
 *
 * @param pred [N] predicted objectness o, as probabilities.
 * @param target [N] objectness o* of the ground truth, 0 where there is no object.
 * @param options See {@link ObjectnessQualityOptions}: `top` (default 50) and `weight`.
 * @returns Both means. That of a side without rows is 0.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong, or where a target with weight is negative or NaN.
 *
 * @edges
 * With fewer than `top` rows without an object all of them count. A NaN among the predictions makes
 * the mean of its side NaN. The time is linear in N.
 *
 * @example
 * const pred = new Float32Array([0.75, 0.25, 0.5, 0]);
 * const target = new Float32Array([1, 0, 0, 0]);
 * objectnessQuality(pred, target, { top: 2 }); // { pos_obj: 0.75, neg_obj: 0.375 }
 */
export function objectnessQuality(
  pred: Float32Array,
  target: Float32Array,
  options: ObjectnessQualityOptions = {},
): ObjectnessQuality {
  const where = 'objectnessQuality';
  checkFloats(where, 'pred', pred);
  checkLength(where, 'target', target, pred.length, 'pred.length');
  options = checkSettings(where, options, ['top', 'weight']);
  const { top = 50, weight } = options;
  checkCount(where, 'top', top);
  if (weight !== undefined) checkLength(where, 'weight', weight, pred.length, 'pred.length');

  let sum = 0;
  let positives = 0;
  const highest = new Highest(Math.min(top, pred.length));
  for (let i = 0; i < pred.length; i++) {
    if (weight?.[i] === 0) continue;
    if (target[i] > 0) {
      sum += pred[i];
      positives++;
    } else if (target[i] === 0) {
      highest.add(pred[i]);
    } else {
      throw wrongValue(where, `target[${i}] to be at least 0`, target[i]);
    }
  }
  return { pos_obj: positives === 0 ? 0 : sum / positives, neg_obj: highest.mean() };
}

/**
 * Keeps the `count` highest of a stream of numbers. What may be among them is collected, and
 * whenever twice as many are there the lower half is dropped.
 */
class Highest {
  private readonly numbers: Float32Array;
  private collected = 0;
  /** What a number has to exceed, once there are enough. */
  private lowest = NaN;
  private hasNaN = false;

  constructor(private readonly count: number) {
    this.numbers = new Float32Array(2 * count);
  }

  add(number: number): void {
    if (number <= this.lowest) return;
    if (Number.isNaN(number)) {
      this.hasNaN = true;
      return;
    }
    this.numbers[this.collected++] = number;
    if (this.collected === this.numbers.length) this.drop();
  }

  /** The mean of the highest numbers, 0 if there was no number. */
  mean(): number {
    if (this.hasNaN) return NaN;
    if (this.collected > this.count) this.drop();
    const sum = this.numbers.subarray(0, this.collected).reduce((total, o) => total + o, 0);
    return this.collected === 0 ? 0 : sum / this.collected;
  }

  private drop(): void {
    this.numbers.subarray(0, this.collected).sort();
    this.numbers.copyWithin(0, this.collected - this.count, this.collected);
    this.collected = this.count;
    this.lowest = this.numbers[0];
  }
}
