import { abs, Dual } from './number';

/** Huber's function H_δ(d) = ½d² where |d| < δ, δ(|d| − ½δ) elsewhere. */
export function huber(d: Dual, delta: number): Dual {
  const size = abs(d);
  if (size.value < delta) return d.squared().over(2);
  return size.minus(delta / 2).times(delta);
}
