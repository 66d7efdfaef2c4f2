/** Boxes ↔ the raw features of YOLO v3. */
import { withPositiveSizes, type Box } from './formats';
import { Dual, exp, ln, max, min, sigmoid } from './number';

/** The cells and anchors of one YOLO v3 output scale. */
export interface Grid {
  /** Rows of cells, H. */
  height: number;
  /** Cells in a row, W. */
  width: number;
  /** `[A, 2]`: each anchor's height and width, as fractions of the image. */
  anchors: ArrayLike<number>;
}

/** Where a row lies: in the cell of row i and column j, for the anchor of height hᵃ and width wᵃ. */
export interface Cell {
  grid: Grid;
  i: number;
  j: number;
  anchorH: number;
  anchorW: number;
}

/** The cell and anchor of a row of [B, H, W, A]. */
export function cellOf(grid: Grid, row: number): Cell {
  const anchorCount = grid.anchors.length / 2;
  const cell = Math.floor(row / anchorCount);
  const anchor = row % anchorCount;
  return {
    grid,
    i: Math.floor(cell / grid.width) % grid.height,
    j: cell % grid.width,
    anchorH: grid.anchors[2 * anchor],
    anchorW: grid.anchors[2 * anchor + 1],
  };
}

/** σ⁻¹, its argument clamped to [1e-6, 1 − 1e-6]. */
function logit(p: Dual): Dual {
  const clamped = min(max(p, new Dual(1e-6)), new Dual(1 - 1e-6));
  return ln(clamped.over(new Dual(1).minus(clamped)));
}

/**
 * The raw features a box is decoded from:
 * ŷ = σ⁻¹(yH − i), x̂ = σ⁻¹(xW − j), ĥ = ln(h/hᵃ), ŵ = ln(w/wᵃ).
 */
export function encode(box: Box, { grid, i, j, anchorH, anchorW }: Cell): Box {
  const { y, x, h, w } = withPositiveSizes(box);
  return {
    y: logit(y.times(grid.height).minus(i)),
    x: logit(x.times(grid.width).minus(j)),
    h: ln(h.over(anchorH)),
    w: ln(w.over(anchorW)),
  };
}

/** The largest size, beyond which an area is no longer a number in float32. */
const MOST = new Dual(1e18);

/** The box of raw features: y = (σ(ŷ) + i)/H, x = (σ(x̂) + j)/W, h = hᵃe^ĥ, w = wᵃe^ŵ, at most 1e18. */
export function decode(raw: Box, { grid, i, j, anchorH, anchorW }: Cell): Box {
  return {
    y: sigmoid(raw.y).plus(i).over(grid.height),
    x: sigmoid(raw.x).plus(j).over(grid.width),
    h: min(exp(raw.h).times(anchorH), MOST),
    w: min(exp(raw.w).times(anchorW), MOST),
  };
}
