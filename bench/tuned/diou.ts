/**
 * DIoU and CIoU losses of boxes (y, x, h, w) on the branch-free geometry of iou.ts: means, and
 * gradients by hand, α constant.
 *
 * arctan(W/H) − arctan(w/h) as one arctan saves a third of CIoU's time.
 */
import * as math from './math';

const { arctan } = math;

const FOUR_OVER_PI2 = 4 / Math.PI ** 2;

export function diou(pred: Float32Array, target: Float32Array): number {
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
    const ch = h + H - ih;
    const cw = w + W - iw;
    sum += inter / union - (dy * dy + dx * dx) / (ch * ch + cw * cw);
  }
  return 1 - (4 * sum) / length;
}

export function diouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
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
    const ch = h + H - ih;
    const cw = w + W - iw;
    const c = 1 / (ch * ch + cw * cw);
    const rho = (dy * dy + dx * dx) * c;
    // By the centre's offset, and by the sides of the enclosing box.
    const m = 2 * c;
    const gh = m * rho * ch;
    const gw = m * rho * cw;
    grad[i] = k * (m * dy + (gh - f * iw) * ihy);
    grad[i + 1] = k * (m * dx + (gw - f * ih) * iwx);
    grad[i + 2] = k * (e * w - f * iw * ihh - gh * (1 - ihh));
    grad[i + 3] = k * (e * h - f * ih * iww - gw * (1 - iww));
    sum += 1 - inter * r + rho;
  }
  return k * sum;
}

export function ciou(pred: Float32Array, target: Float32Array): number {
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
    const ch = h + H - ih;
    const cw = w + W - iw;
    const rho = (dy * dy + dx * dx) / (ch * ch + cw * cw);
    const distance = 1 - inter / union;
    // The difference of the two arctans as one.
    const a = arctan(Math.abs(W * h - w * H), H * h + W * w);
    const v = FOUR_OVER_PI2 * a * a;
    sum += distance + rho + (v * v) / (distance + v);
  }
  return (4 * sum) / length;
}

export function ciouGradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
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
    const ch = h + H - ih;
    const cw = w + W - iw;
    const c = 1 / (ch * ch + cw * cw);
    const rho = (dy * dy + dx * dx) * c;
    const m = 2 * c;
    const gh = m * rho * ch;
    const gw = m * rho * cw;
    const distance = 1 - inter * r;
    const cross = W * h - w * H;
    const a = arctan(Math.abs(cross), H * h + W * w);
    const v = FOUR_OVER_PI2 * a * a;
    const alpha = v / (distance + v);
    // α times the derivative of v by the predicted angle, which w/h turns by (h dw − w dh)/(h² + w²).
    const turn = (2 * FOUR_OVER_PI2 * (1 - 2 * +(cross < 0)) * a * alpha) / (h * h + w * w);
    grad[i] = k * (m * dy + (gh - f * iw) * ihy);
    grad[i + 1] = k * (m * dx + (gw - f * ih) * iwx);
    grad[i + 2] = k * (e * w - f * iw * ihh - gh * (1 - ihh) + turn * w);
    grad[i + 3] = k * (e * h - f * ih * iww - gw * (1 - iww) - turn * h);
    sum += distance + rho + alpha * v;
  }
  return k * sum;
}
