import type { Grid } from '../../lib/types';
import { boxNumbers, uniform, type Random } from './random';

/** The largest divisor of `count` that is at most `most`. */
function divisor(count: number, most: number): number {
  return count % most === 0 ? most : divisor(count, most - 1);
}

/** A grid of which `rows` rows are whole images: up to 3 anchors in up to 5 × 4 cells. */
function gridOf(next: Random, rows: number): Grid {
  const anchorCount = divisor(rows, 3);
  const width = divisor(rows / anchorCount, 4);
  const height = divisor(rows / anchorCount / width, 5);
  return { height, width, anchors: uniform(next, 2 * anchorCount, 0.1, 0.9) };
}

/** Raw features and targets of a YOLO v3 scale, each target's centre placed by `centre`. */
export function rawBoxes(
  next: Random,
  rows: number,
  format: 'yxhw' | 'cxcywh',
  reach: number,
  centre: (cell: number, cells: number) => number,
): [raw: Float32Array, target: Float32Array, grid: Grid] {
  const grid = gridOf(next, rows);
  const { height, width, anchors } = grid;
  const target = new Float32Array(4 * rows);
  for (let i = 0; i < rows; i++) {
    const cell = Math.floor(i / (anchors.length / 2));
    const y = centre(Math.floor(cell / width) % height, height);
    const x = centre(cell % width, width);
    target.set(boxNumbers(y, x, 0.05 + 0.9 * next(), 0.05 + 0.9 * next(), format), 4 * i);
  }
  return [uniform(next, 4 * rows, -reach, reach), target, grid];
}
