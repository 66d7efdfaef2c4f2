/**
 * What a contender in the whole loss of YOLO v3 has to show for it.
 */
export interface Outcome {
  name: string;
  /** Of a call that computes the value and the gradient, the best of many. */
  milliseconds: number;
  total: number;
  /** By scale, in the layout of its features. */
  grads: ArrayLike<number>[];
}

/** A contender that is not installed. */
export interface Absence {
  name: string;
  /** What it takes to have it. */
  install: string;
}
