/**
 * The IoU and GIoU losses of boxes (y, x, h, w): means, and gradients.
 */

export function iou(pred: Float32Array, target: Float32Array): number {
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
    sum += 1 - overlap;
  }
  return sum / rows;
}

export function iouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
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
    sum += 1 - overlap;

    const byIntersection = -(union + intersection) / (union * union);
    const byArea = intersection / (union * union);
    // By the edges of the predicted box, through the intersection.
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
    grad[i] = (byTop + byBottom) / rows;
    grad[i + 1] = (byLeft + byRight) / rows;
    grad[i + 2] = ((byBottom - byTop) / 2 + byArea * w) / rows;
    grad[i + 3] = ((byRight - byLeft) / 2 + byArea * h) / rows;
  }
  return sum / rows;
}

export function giou(pred: Float32Array, target: Float32Array): number {
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
    const outer = outerHeight * outerWidth;
    sum += 1 - overlap + (outer - union) / outer;
  }
  return sum / rows;
}

export function giouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
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
    const outer = outerHeight * outerWidth;
    sum += 1 - overlap + (outer - union) / outer;

    const byUnion = intersection / (union * union) - 1 / outer;
    const byIntersection = -1 / union - byUnion;
    const byArea = byUnion;
    const byOuter = union / (outer * outer);
    const byOuterHeight = byOuter * outerWidth;
    const byOuterWidth = byOuter * outerHeight;
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
    grad[i] = (byTop + byBottom) / rows;
    grad[i + 1] = (byLeft + byRight) / rows;
    grad[i + 2] = ((byBottom - byTop) / 2 + byArea * w) / rows;
    grad[i + 3] = ((byRight - byLeft) / 2 + byArea * h) / rows;
  }
  return sum / rows;
}
