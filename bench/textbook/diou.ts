/**
 * The DIoU and CIoU losses of boxes (y, x, h, w): means, and gradients, α constant.
 */

const FOUR_OVER_PI2 = 4 / Math.PI ** 2;

export function diou(pred: Float32Array, target: Float32Array): number {
  const rows = pred.length / 4;
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const top = pred[i] - h / 2;
    const left = pred[i + 1] - w / 2;
    const bottom = pred[i] + h / 2;
    const right = pred[i + 1] + w / 2;
    const targetTop = target[i] - H / 2;
    const targetLeft = target[i + 1] - W / 2;
    const targetBottom = target[i] + H / 2;
    const targetRight = target[i + 1] + W / 2;
    const height = Math.max(0, Math.min(bottom, targetBottom) - Math.max(top, targetTop));
    const width = Math.max(0, Math.min(right, targetRight) - Math.max(left, targetLeft));
    const intersection = height * width;
    const union = h * w + H * W - intersection;
    const overlap = intersection / union;
    const outerHeight = Math.max(bottom, targetBottom) - Math.min(top, targetTop);
    const outerWidth = Math.max(right, targetRight) - Math.min(left, targetLeft);
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const distance = dy * dy + dx * dx;
    const diagonal = outerHeight * outerHeight + outerWidth * outerWidth;
    sum += 1 - overlap + distance / diagonal;
  }
  return sum / rows;
}

export function diouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  const rows = pred.length / 4;
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const top = pred[i] - h / 2;
    const left = pred[i + 1] - w / 2;
    const bottom = pred[i] + h / 2;
    const right = pred[i + 1] + w / 2;
    const targetTop = target[i] - H / 2;
    const targetLeft = target[i + 1] - W / 2;
    const targetBottom = target[i] + H / 2;
    const targetRight = target[i + 1] + W / 2;
    const height = Math.max(0, Math.min(bottom, targetBottom) - Math.max(top, targetTop));
    const width = Math.max(0, Math.min(right, targetRight) - Math.max(left, targetLeft));
    const intersection = height * width;
    const union = h * w + H * W - intersection;
    const overlap = intersection / union;
    const outerHeight = Math.max(bottom, targetBottom) - Math.min(top, targetTop);
    const outerWidth = Math.max(right, targetRight) - Math.min(left, targetLeft);
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const distance = dy * dy + dx * dx;
    const diagonal = outerHeight * outerHeight + outerWidth * outerWidth;
    sum += 1 - overlap + distance / diagonal;

    const byIntersection = -(union + intersection) / (union * union);
    const byArea = intersection / (union * union);
    const byDiagonal = -distance / (diagonal * diagonal);
    const byOuterHeight = byDiagonal * 2 * outerHeight;
    const byOuterWidth = byDiagonal * 2 * outerWidth;
    // By the edges of the predicted box: through the intersection …
    let byTop = 0;
    let byLeft = 0;
    let byBottom = 0;
    let byRight = 0;
    if (intersection > 0) {
      if (top > targetTop) byTop -= byIntersection * width;
      if (bottom < targetBottom) byBottom += byIntersection * width;
      if (left > targetLeft) byLeft -= byIntersection * height;
      if (right < targetRight) byRight += byIntersection * height;
    }
    // … and through the box around both.
    if (top < targetTop) byTop -= byOuterHeight;
    if (bottom > targetBottom) byBottom += byOuterHeight;
    if (left < targetLeft) byLeft -= byOuterWidth;
    if (right > targetRight) byRight += byOuterWidth;
    grad[i] = (byTop + byBottom + (2 * dy) / diagonal) / rows;
    grad[i + 1] = (byLeft + byRight + (2 * dx) / diagonal) / rows;
    grad[i + 2] = ((byBottom - byTop) / 2 + byArea * w) / rows;
    grad[i + 3] = ((byRight - byLeft) / 2 + byArea * h) / rows;
  }
  return sum / rows;
}

export function ciou(pred: Float32Array, target: Float32Array): number {
  const rows = pred.length / 4;
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const top = pred[i] - h / 2;
    const left = pred[i + 1] - w / 2;
    const bottom = pred[i] + h / 2;
    const right = pred[i + 1] + w / 2;
    const targetTop = target[i] - H / 2;
    const targetLeft = target[i + 1] - W / 2;
    const targetBottom = target[i] + H / 2;
    const targetRight = target[i + 1] + W / 2;
    const height = Math.max(0, Math.min(bottom, targetBottom) - Math.max(top, targetTop));
    const width = Math.max(0, Math.min(right, targetRight) - Math.max(left, targetLeft));
    const intersection = height * width;
    const union = h * w + H * W - intersection;
    const overlap = intersection / union;
    const outerHeight = Math.max(bottom, targetBottom) - Math.min(top, targetTop);
    const outerWidth = Math.max(right, targetRight) - Math.min(left, targetLeft);
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const distance = dy * dy + dx * dx;
    const diagonal = outerHeight * outerHeight + outerWidth * outerWidth;
    const angle = Math.atan(W / H) - Math.atan(w / h);
    const v = FOUR_OVER_PI2 * angle * angle;
    const alpha = v / (1 - overlap + v);
    sum += 1 - overlap + distance / diagonal + alpha * v;
  }
  return sum / rows;
}

export function ciouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  const rows = pred.length / 4;
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const top = pred[i] - h / 2;
    const left = pred[i + 1] - w / 2;
    const bottom = pred[i] + h / 2;
    const right = pred[i + 1] + w / 2;
    const targetTop = target[i] - H / 2;
    const targetLeft = target[i + 1] - W / 2;
    const targetBottom = target[i] + H / 2;
    const targetRight = target[i + 1] + W / 2;
    const height = Math.max(0, Math.min(bottom, targetBottom) - Math.max(top, targetTop));
    const width = Math.max(0, Math.min(right, targetRight) - Math.max(left, targetLeft));
    const intersection = height * width;
    const union = h * w + H * W - intersection;
    const overlap = intersection / union;
    const outerHeight = Math.max(bottom, targetBottom) - Math.min(top, targetTop);
    const outerWidth = Math.max(right, targetRight) - Math.min(left, targetLeft);
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const distance = dy * dy + dx * dx;
    const diagonal = outerHeight * outerHeight + outerWidth * outerWidth;
    const angle = Math.atan(W / H) - Math.atan(w / h);
    const v = FOUR_OVER_PI2 * angle * angle;
    const alpha = v / (1 - overlap + v);
    sum += 1 - overlap + distance / diagonal + alpha * v;

    const byIntersection = -(union + intersection) / (union * union);
    const byArea = intersection / (union * union);
    const byDiagonal = -distance / (diagonal * diagonal);
    const byOuterHeight = byDiagonal * 2 * outerHeight;
    const byOuterWidth = byDiagonal * 2 * outerWidth;
    const byAngle = alpha * 2 * FOUR_OVER_PI2 * angle;
    const byH = (byAngle * w) / (h * h + w * w);
    const byW = (-byAngle * h) / (h * h + w * w);
    // By the edges of the predicted box: through the intersection …
    let byTop = 0;
    let byLeft = 0;
    let byBottom = 0;
    let byRight = 0;
    if (intersection > 0) {
      if (top > targetTop) byTop -= byIntersection * width;
      if (bottom < targetBottom) byBottom += byIntersection * width;
      if (left > targetLeft) byLeft -= byIntersection * height;
      if (right < targetRight) byRight += byIntersection * height;
    }
    // … and through the box around both.
    if (top < targetTop) byTop -= byOuterHeight;
    if (bottom > targetBottom) byBottom += byOuterHeight;
    if (left < targetLeft) byLeft -= byOuterWidth;
    if (right > targetRight) byRight += byOuterWidth;
    grad[i] = (byTop + byBottom + (2 * dy) / diagonal) / rows;
    grad[i + 1] = (byLeft + byRight + (2 * dx) / diagonal) / rows;
    grad[i + 2] = ((byBottom - byTop) / 2 + byArea * w + byH) / rows;
    grad[i + 3] = ((byRight - byLeft) / 2 + byArea * h + byW) / rows;
  }
  return sum / rows;
}
