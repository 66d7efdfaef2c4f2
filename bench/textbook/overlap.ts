/**
 * IoU of boxes (y, x, h, w).
 */

export function alignedIou(a: Float32Array, b: Float32Array, out: Float32Array): void {
  for (let k = 0; k < out.length; k++) {
    const i = 4 * k;
    const bottom = Math.min(a[i] + a[i + 2] / 2, b[i] + b[i + 2] / 2);
    const right = Math.min(a[i + 1] + a[i + 3] / 2, b[i + 1] + b[i + 3] / 2);
    const top = Math.max(a[i] - a[i + 2] / 2, b[i] - b[i + 2] / 2);
    const left = Math.max(a[i + 1] - a[i + 3] / 2, b[i + 1] - b[i + 3] / 2);
    const intersection = Math.max(0, bottom - top) * Math.max(0, right - left);
    const union = a[i + 2] * a[i + 3] + b[i + 2] * b[i + 3] - intersection;
    out[k] = intersection / union;
  }
}

export function iou(a: Float32Array, b: Float32Array, out: Float32Array): void {
  const rows = a.length / 4;
  const columns = b.length / 4;
  for (let row = 0; row < rows; row++) {
    const i = 4 * row;
    for (let column = 0; column < columns; column++) {
      const j = 4 * column;
      const bottom = Math.min(a[i] + a[i + 2] / 2, b[j] + b[j + 2] / 2);
      const right = Math.min(a[i + 1] + a[i + 3] / 2, b[j + 1] + b[j + 3] / 2);
      const top = Math.max(a[i] - a[i + 2] / 2, b[j] - b[j + 2] / 2);
      const left = Math.max(a[i + 1] - a[i + 3] / 2, b[j + 1] - b[j + 3] / 2);
      const intersection = Math.max(0, bottom - top) * Math.max(0, right - left);
      const union = a[i + 2] * a[i + 3] + b[j + 2] * b[j + 3] - intersection;
      out[row * columns + column] = intersection / union;
    }
  }
}
