/**
 * The losses of overlap of boxes (y, x, h, w): means, and gradients by hand.
 *
 * The textbook form takes the smaller of the right edges less the larger of the left ones. On boxes
 * in no order Math.min and Math.max, like conditionals, are branches the processor often guesses
 * wrong, which costs more than all of the arithmetic. With dx between the centres and
 * e = (w − W)/2 the right edges lie dx + e apart and the left ones dx − e, so that
 *
 *     iw = (w + W − |dx + e| − |dx − e|)/2    width of the intersection, negative if apart
 *     cw = w + W − iw                         width of the smallest box around both
 *
 * without a branch: three to four times as fast on 64k boxes and more. (On a few boxes, over and
 * over, the processor learns the branches by heart and there is little between the two.) A branch
 * around boxes that are apart costs the value more than it saves, and gains the gradient nothing. For the derivatives, +(a < 0) is 0 or 1 without a branch;
 * a < 0 ? 1 : 0 and Math.sign(a) are branches. Math.fround around every operation, meant to stay in
 * float32, takes up to four times as long: the engine converts back and forth.
 */

export function iou(pred: Float32Array, target: Float32Array): number {
  const length = pred.length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const eh = (h - H) / 2;
    const ew = (w - W) / 2;
    const ih = (h + H - Math.abs(dy + eh) - Math.abs(dy - eh)) / 2;
    const iw = (w + W - Math.abs(dx + ew) - Math.abs(dx - ew)) / 2;
    const inter = (ih + Math.abs(ih)) * (iw + Math.abs(iw)) * 0.25;
    const union = h * w + H * W - inter;
    sum += inter / union;
  }
  return 1 - (4 * sum) / length;
}

export function iouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  const length = pred.length;
  const k = 4 / length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const eh = (h - H) / 2;
    const ew = (w - W) / 2;
    const bottom = dy + eh;
    const top = dy - eh;
    const right = dx + ew;
    const left = dx - ew;
    const ih = (h + H - Math.abs(bottom) - Math.abs(top)) / 2;
    const iw = (w + W - Math.abs(right) - Math.abs(left)) / 2;
    // Derivatives of ih by y and h, of iw by x and w; ch and cw have their opposites.
    const ihy = +(bottom < 0) + +(top < 0) - 1;
    const iwx = +(right < 0) + +(left < 0) - 1;
    const ihh = (+(bottom < 0) - +(top < 0) + 1) / 2;
    const iww = (+(right < 0) - +(left < 0) + 1) / 2;
    const meet = +(ih > 0) & +(iw > 0);
    const inter = meet * ih * iw;
    const union = h * w + H * W - inter;
    const r = 1 / union;
    // By the intersection and by the predicted area.
    const f = (union + inter) * r * r * meet;
    const e = inter * r * r;
    grad[i] = -k * f * iw * ihy;
    grad[i + 1] = -k * f * ih * iwx;
    grad[i + 2] = k * (e * w - f * iw * ihh);
    grad[i + 3] = k * (e * h - f * ih * iww);
    sum += 1 - inter * r;
  }
  return k * sum;
}

export function giou(pred: Float32Array, target: Float32Array): number {
  const length = pred.length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const eh = (h - H) / 2;
    const ew = (w - W) / 2;
    const ih = (h + H - Math.abs(dy + eh) - Math.abs(dy - eh)) / 2;
    const iw = (w + W - Math.abs(dx + ew) - Math.abs(dx - ew)) / 2;
    const inter = (ih + Math.abs(ih)) * (iw + Math.abs(iw)) * 0.25;
    const union = h * w + H * W - inter;
    sum += inter / union + union / ((h + H - ih) * (w + W - iw));
  }
  return 2 - (4 * sum) / length;
}

export function giouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  const length = pred.length;
  const k = 4 / length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    const eh = (h - H) / 2;
    const ew = (w - W) / 2;
    const bottom = dy + eh;
    const top = dy - eh;
    const right = dx + ew;
    const left = dx - ew;
    const ih = (h + H - Math.abs(bottom) - Math.abs(top)) / 2;
    const iw = (w + W - Math.abs(right) - Math.abs(left)) / 2;
    // Derivatives of ih by y and h, of iw by x and w; ch and cw have their opposites.
    const ihy = +(bottom < 0) + +(top < 0) - 1;
    const iwx = +(right < 0) + +(left < 0) - 1;
    const ihh = (+(bottom < 0) - +(top < 0) + 1) / 2;
    const iww = (+(right < 0) - +(left < 0) + 1) / 2;
    const meet = +(ih > 0) & +(iw > 0);
    const inter = meet * ih * iw;
    const union = h * w + H * W - inter;
    const r = 1 / union;
    // By the intersection and by the predicted area.
    const ch = h + H - ih;
    const cw = w + W - iw;
    const c = 1 / (ch * cw);
    const f = ((union + inter) * r * r - c) * meet;
    const e = inter * r * r - c;
    // By the sides of the enclosing box.
    const m = union * c * c;
    const gh = m * cw;
    const gw = m * ch;
    grad[i] = -k * (f * iw + gh) * ihy;
    grad[i + 1] = -k * (f * ih + gw) * iwx;
    grad[i + 2] = k * (e * w - f * iw * ihh + gh * (1 - ihh));
    grad[i + 3] = k * (e * h - f * ih * iww + gw * (1 - iww));
    sum += 2 - inter * r - union * c;
  }
  return k * sum;
}
