/**
 * The objectness losses of Faster R-CNN, a mean, and YOLO v3, the mean over the rows with an object
 * plus the mean over the others; and gradients.
 */

export function fasterRcnn(logits: Float32Array, target: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < target.length; row++) {
    const background = logits[2 * row];
    const object = logits[2 * row + 1];
    const largest = Math.max(background, object);
    const powers = Math.exp(background - largest) + Math.exp(object - largest);
    const t = target[row];
    sum += largest + Math.log(powers) - (1 - t) * background - t * object;
  }
  return sum / target.length;
}

export function fasterRcnnGradient(
  logits: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const rows = target.length;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const background = logits[2 * row];
    const object = logits[2 * row + 1];
    const largest = Math.max(background, object);
    const backgroundPower = Math.exp(background - largest);
    const objectPower = Math.exp(object - largest);
    const powers = backgroundPower + objectPower;
    const t = target[row];
    sum += largest + Math.log(powers) - (1 - t) * background - t * object;
    grad[2 * row] = (backgroundPower / powers - (1 - t)) / rows;
    grad[2 * row + 1] = (objectPower / powers - t) / rows;
  }
  return sum / rows;
}

function countObjects(target: Float32Array): number {
  let count = 0;
  for (let i = 0; i < target.length; i++) {
    if (target[i] > 0) count++;
  }
  return count;
}

/** The means over either side, 0 over no rows, added up. */
function balance(objects: number, objectSum: number, others: number, otherSum: number): number {
  return (objects > 0 ? objectSum / objects : 0) + (others > 0 ? otherSum / others : 0);
}

export function yoloV3(prob: Float32Array, target: Float32Array): number {
  let objects = 0;
  let objectSum = 0;
  let otherSum = 0;
  for (let i = 0; i < prob.length; i++) {
    const p = prob[i];
    const t = target[i];
    const loss = -t * Math.max(Math.log(p), -100) - (1 - t) * Math.max(Math.log(1 - p), -100);
    if (t > 0) {
      objects++;
      objectSum += loss;
    } else {
      otherSum += loss;
    }
  }
  return balance(objects, objectSum, prob.length - objects, otherSum);
}

export function yoloV3Gradient(
  prob: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const objects = countObjects(target);
  const others = prob.length - objects;
  let objectSum = 0;
  let otherSum = 0;
  for (let i = 0; i < prob.length; i++) {
    const p = prob[i];
    const t = target[i];
    const loss = -t * Math.max(Math.log(p), -100) - (1 - t) * Math.max(Math.log(1 - p), -100);
    const slope = (p - t) / Math.max(p * (1 - p), 1e-12);
    if (t > 0) {
      objectSum += loss;
      grad[i] = slope / objects;
    } else {
      otherSum += loss;
      grad[i] = slope / others;
    }
  }
  return balance(objects, objectSum, others, otherSum);
}

export function yoloV3Logit(logits: Float32Array, target: Float32Array): number {
  let objects = 0;
  let objectSum = 0;
  let otherSum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i];
    const t = target[i];
    const loss = Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
    if (t > 0) {
      objects++;
      objectSum += loss;
    } else {
      otherSum += loss;
    }
  }
  return balance(objects, objectSum, logits.length - objects, otherSum);
}

export function yoloV3LogitGradient(
  logits: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const objects = countObjects(target);
  const others = logits.length - objects;
  let objectSum = 0;
  let otherSum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i];
    const t = target[i];
    const loss = Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
    const slope = 1 / (1 + Math.exp(-z)) - t;
    if (t > 0) {
      objectSum += loss;
      grad[i] = slope / objects;
    } else {
      otherSum += loss;
      grad[i] = slope / others;
    }
  }
  return balance(objects, objectSum, others, otherSum);
}
