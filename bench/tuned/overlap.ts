/**
 * IoU of boxes (y, x, h, w), on the branch-free geometry of iou.ts.
 */

export function alignedIou(a: Float32Array, b: Float32Array, out: Float32Array): void {
  const count = out.length;
  for (let j = 0, i = 0; j < count; j++, i += 4) {
    const dy = a[i] - b[i];
    const dx = a[i + 1] - b[i + 1];
    const h = a[i + 2];
    const w = a[i + 3];
    const H = b[i + 2];
    const W = b[i + 3];
    const eh = (h - H) / 2;
    const ew = (w - W) / 2;
    const ih = h + H - Math.abs(dy + eh) - Math.abs(dy - eh);
    const iw = w + W - Math.abs(dx + ew) - Math.abs(dx - ew);
    const inter = (ih + Math.abs(ih)) * (iw + Math.abs(iw)) * 0.0625;
    out[j] = inter / (h * w + H * W - inter);
  }
}

/** The edges of b: made once, read once for every box of a. */
let edges = new Float64Array(0);

/**
 * Skipping the pairs that are apart is faster where nearly all are; on a mixture it takes twice as
 * long, for the branch.
 */
export function iou(a: Float32Array, b: Float32Array, out: Float32Array): void {
  const lengthA = a.length;
  const lengthB = b.length;
  if (edges.length < lengthB) edges = new Float64Array(lengthB);
  const e = edges;
  for (let j = 0; j < lengthB; j += 4) {
    const h = b[j + 2] / 2;
    const w = b[j + 3] / 2;
    e[j] = b[j] - h;
    e[j + 1] = b[j + 1] - w;
    e[j + 2] = b[j] + h;
    e[j + 3] = b[j + 1] + w;
  }
  let k = 0;
  for (let i = 0; i < lengthA; i += 4) {
    const h = a[i + 2];
    const w = a[i + 3];
    const top = a[i] - h / 2;
    const left = a[i + 1] - w / 2;
    const bottom = a[i] + h / 2;
    const right = a[i + 1] + w / 2;
    const area = h * w;
    for (let j = 0; j < lengthB; j += 4) {
      const H = e[j + 2] - e[j];
      const W = e[j + 3] - e[j + 1];
      const ih = h + H - Math.abs(bottom - e[j + 2]) - Math.abs(top - e[j]);
      const iw = w + W - Math.abs(right - e[j + 3]) - Math.abs(left - e[j + 1]);
      const inter = (ih + Math.abs(ih)) * (iw + Math.abs(iw)) * 0.0625;
      out[k++] = inter / (area + H * W - inter);
    }
  }
}
