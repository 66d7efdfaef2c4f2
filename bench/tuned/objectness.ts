/**
 * The objectness losses of Faster R-CNN, a mean, and YOLO v3, the mean over the rows with an object
 * plus the mean over the others; and gradients by hand. Logits are taken to be within ±700.
 *
 * Σ ln aᵢ = ln Π aᵢ: one logarithm for as many rows as the product can hold is next to none. The
 * factors 1 + e^−|z| are at most 2. Two products side by side gain less than a tenth.
 */
import * as math from './math';

const { exp } = math;

/** How many factors up to 2, or down to 2⁻²⁴, a product holds. */
const SMALL = 512;
const LARGE = 32;

/** With d the object's logit less the background's, max(d, 0) − t d + ln(1 + e^−|d|). */
export function fasterRcnn(logits: Float32Array, target: Float32Array): number {
  const rows = target.length;
  let sum = 0;
  let logarithms = 0;
  for (let start = 0; start < rows; start += SMALL) {
    const end = Math.min(start + SMALL, rows);
    let product = 1;
    for (let row = start; row < end; row++) {
      const d = logits[2 * row + 1] - logits[2 * row];
      const a = Math.abs(d);
      product *= 1 + exp(-a);
      sum += d + a - 2 * target[row] * d;
    }
    logarithms += Math.log(product);
  }
  return (sum / 2 + logarithms) / rows;
}

export function fasterRcnnGradient(
  logits: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const rows = target.length;
  const share = 1 / rows;
  let sum = 0;
  let logarithms = 0;
  for (let start = 0; start < rows; start += SMALL) {
    const end = Math.min(start + SMALL, rows);
    let product = 1;
    for (let row = start; row < end; row++) {
      const t = target[row];
      const d = logits[2 * row + 1] - logits[2 * row];
      const a = Math.abs(d);
      const e = exp(-a);
      // σ(|d|) is 1 of 1 + e, and σ(−|d|) is e of it.
      const slope = share * ((1 + +(d < 0) * (e - 1)) / (1 + e) - t);
      grad[2 * row] = -slope;
      grad[2 * row + 1] = slope;
      product *= 1 + e;
      sum += d + a - 2 * t * d;
    }
    logarithms += Math.log(product);
  }
  return share * (sum / 2 + logarithms);
}

function countObjects(target: Float32Array): number {
  const length = target.length;
  let count = 0;
  for (let i = 0; i < length; i++) count += +(target[i] > 0);
  return count;
}

/** 1/n, and 0 for 0. */
function shareOf(count: number): number {
  return count === 0 ? 0 : 1 / count;
}

/** −t ln p − (1 − t) ln(1 − p). */
function crossEntropy(p: number, t: number): number {
  return -t * Math.max(Math.log(p), -100) - (1 - t) * Math.max(Math.log(1 - p), -100);
}

/** Objects are so rare that a branch around them costs less than weighing both sides. */
export function yoloV3(prob: Float32Array, target: Float32Array): number {
  const length = prob.length;
  let objects = 0;
  let objectSum = 0;
  let otherSum = 0;
  for (let start = 0; start < length; start += LARGE) {
    const end = Math.min(start + LARGE, length);
    let product = 1;
    for (let i = start; i < end; i++) {
      const t = target[i];
      if (t > 0) {
        objects++;
        objectSum += crossEntropy(prob[i], t);
      } else {
        product *= 1 - prob[i];
      }
    }
    if (product > 0) otherSum -= Math.log(product);
    else otherSum += sumOfOthers(prob, target, start, end);
  }
  return objectSum * shareOf(objects) + otherSum * shareOf(length - objects);
}

/** Where a probability of 1 makes the product 0. */
function sumOfOthers(prob: Float32Array, target: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) if (target[i] === 0) sum += crossEntropy(prob[i], 0);
  return sum;
}

export function yoloV3Gradient(
  prob: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const length = prob.length;
  const objects = countObjects(target);
  const objectShare = shareOf(objects);
  const otherShare = shareOf(length - objects);
  let objectSum = 0;
  let otherSum = 0;
  for (let start = 0; start < length; start += LARGE) {
    const end = Math.min(start + LARGE, length);
    let product = 1;
    for (let i = start; i < end; i++) {
      const p = prob[i];
      const t = target[i];
      const slope = (p - t) / Math.max(p * (1 - p), 1e-12);
      if (t > 0) {
        objectSum += crossEntropy(p, t);
        grad[i] = objectShare * slope;
      } else {
        product *= 1 - p;
        grad[i] = otherShare * slope;
      }
    }
    if (product > 0) otherSum -= Math.log(product);
    else otherSum += sumOfOthers(prob, target, start, end);
  }
  return objectSum * objectShare + otherSum * otherShare;
}

/** ln(1 + e^z) = max(z, 0) + ln(1 + e^−|z|). */
export function yoloV3Logit(logits: Float32Array, target: Float32Array): number {
  const length = logits.length;
  let objects = 0;
  let objectSum = 0;
  let otherSum = 0;
  for (let start = 0; start < length; start += SMALL) {
    const end = Math.min(start + SMALL, length);
    let product = 1;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const z = logits[i];
      const t = target[i];
      const a = Math.abs(z);
      if (t > 0) {
        objects++;
        objectSum += (z + a) / 2 - t * z + Math.log1p(Math.exp(-a));
      } else {
        product *= 1 + exp(-a);
        sum += z + a;
      }
    }
    otherSum += sum / 2 + Math.log(product);
  }
  return objectSum * shareOf(objects) + otherSum * shareOf(length - objects);
}

export function yoloV3LogitGradient(
  logits: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const length = logits.length;
  const objects = countObjects(target);
  const objectShare = shareOf(objects);
  const otherShare = shareOf(length - objects);
  let objectSum = 0;
  let otherSum = 0;
  for (let start = 0; start < length; start += SMALL) {
    const end = Math.min(start + SMALL, length);
    let product = 1;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const z = logits[i];
      const t = target[i];
      const a = Math.abs(z);
      const e = exp(-a);
      // σ(|z|) is 1 of 1 + e, and σ(−|z|) is e of it.
      const p = (1 + +(z < 0) * (e - 1)) / (1 + e);
      if (t > 0) {
        objectSum += (z + a) / 2 - t * z + Math.log1p(e);
        grad[i] = objectShare * (p - t);
      } else {
        product *= 1 + e;
        sum += z + a;
        grad[i] = otherShare * p;
      }
    }
    otherSum += sum / 2 + Math.log(product);
  }
  return objectSum * objectShare + otherSum * otherShare;
}
