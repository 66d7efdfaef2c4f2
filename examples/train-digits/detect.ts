/**
 * Detections from the network's features: boxes are decoded, scored, and of those about one object
 * the best is kept.
 */
import { codec, overlap, type Grid } from 'detloss';

/** A box found, or a true one, with score 1. */
export interface Detection {
  /** Which scene. */
  image: number;
  label: number;
  /** The probability of an object times that of its class. */
  score: number;
  /** Centre y, centre x, height, width, as fractions of the scene. */
  box: Float32Array;
}

/** Detections of a lower score are not looked at. */
const LEAST_SCORE = 0.01;
/** Of two detections of one class that overlap more, only the better is kept. */
const MOST_OVERLAP = 0.45;
/** The candidates of an image that are looked at, those of the highest scores. */
const MOST = 100;

/** The detections of a batch, from every scale's features [B, H, W, A·(5+K)]. */
export function detect(
  features: readonly Float32Array[],
  grids: readonly Grid[],
  batch: number,
  classes: number,
): Detection[] {
  const candidates = grids.flatMap((grid, s) => decode(features[s], grid, batch, classes));
  return Array.from({ length: batch }, (_, image) =>
    suppress(candidates.filter((candidate) => candidate.image === image)),
  ).flat();
}

/** Of the candidates of an image, from the best on, those that no better one of its class covers. */
function suppress(candidates: readonly Detection[]): Detection[] {
  const sorted = [...candidates].sort((a, b) => b.score - a.score).slice(0, MOST);
  const boxes = boxesOf(sorted);
  const overlaps = overlap.iou(boxes, boxes);
  const kept: number[] = [];
  sorted.forEach(({ label }, k) => {
    const covered = kept.some(
      (better) =>
        sorted[better].label === label && overlaps[k * sorted.length + better] > MOST_OVERLAP,
    );
    if (!covered) kept.push(k);
  });
  return kept.map((k) => sorted[k]);
}

/** [N, 4] */
export function boxesOf(detections: readonly Detection[]): Float32Array {
  const boxes = new Float32Array(4 * detections.length);
  detections.forEach(({ box }, k) => boxes.set(box, 4 * k));
  return boxes;
}

/** All boxes of a scale with their best class, but for those of a low score. */
function decode(features: Float32Array, grid: Grid, batch: number, classes: number): Detection[] {
  const channels = 5 + classes;
  const rows = features.length / channels;
  const boxes = decodeBoxes(features, grid, channels);
  const found: Detection[] = [];
  for (let row = 0; row < rows; row++) {
    const object = sigmoid(features[row * channels + 4]);
    if (object < LEAST_SCORE) continue;
    const logits = features.subarray(row * channels + 5, (row + 1) * channels);
    const label = logits.indexOf(Math.max(...logits));
    const score = object * sigmoid(logits[label]);
    if (score < LEAST_SCORE) continue;
    const image = Math.floor((row * batch) / rows);
    found.push({ image, label, score, box: boxes.slice(4 * row, 4 * row + 4) });
  }
  return found;
}

/** The boxes [rows, 4] of a scale's features [rows, channels]. */
export function decodeBoxes(features: Float32Array, grid: Grid, channels: number): Float32Array {
  const raw = new Float32Array((4 * features.length) / channels);
  for (let row = 0; 4 * row < raw.length; row++) {
    for (let c = 0; c < 4; c++) raw[4 * row + c] = features[row * channels + c];
  }
  return codec.yoloV3.decode(raw, grid);
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
