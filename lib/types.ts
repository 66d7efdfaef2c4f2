/**
 * The order and meaning of a box's four numbers.
 *
 * | format | numbers |
 * | --- | --- |
 * | `'yxhw'` (default) | centre y, centre x, height, width |
 * | `'cxcywh'` | centre x, centre y, width, height |
 * | `'xyxy'` | left, top, right, bottom |
 * | `'tlbr'` | top, left, bottom, right |
 * | `'xywh'` | left, top, width, height (as in COCO annotation files) |
 */
export type BoxFormat = 'yxhw' | 'cxcywh' | 'xyxy' | 'tlbr' | 'xywh';

/**
 * How the rows' losses ℓᵢ become the result: `'mean'` is Σ wᵢℓᵢ / Σ wᵢ, `'sum'` is Σ wᵢℓᵢ,
 * `'none'` is the array of wᵢℓᵢ. Without a weight every wᵢ is 1; where Σ wᵢ is 0 the mean is 0.
 */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options every loss takes; `Reductions` are those it offers. */
export interface LossOptions<Reductions extends string = Reduction> {
  /** How rows are reduced. Default `'mean'`. */
  reduction?: Reductions;
  /**
   * One weight per row, 1 each by default: a finite number, which may be negative. A row of weight 0
   * takes no part: whatever it holds, NaN included, cannot reach the value or the gradient.
   */
  weight?: Float32Array;
  /**
   * `true` returns the derivative of the returned loss by the prediction in a new array; an array
   * of the prediction's length is filled and returned instead. With reduction `'none'` it is the
   * derivative of Σ wᵢℓᵢ. By default none is computed.
   */
  grad?: boolean | Float32Array;
  /**
   * With reduction `'none'`: the array, one element per row, that receives the losses. By default a
   * new one.
   */
  out?: Float32Array;
  /** The most threads this call may use; 1 is the calling thread alone. Default: decided by size. */
  threads?: number;
}

/** Options of every loss of boxes. */
export interface BoxOptions extends LossOptions {
  /**
   * The format of predictions, targets, gradients and anchors that are boxes. A grid's anchors are
   * (height, width) in every format. Default `'yxhw'`.
   */
  format?: BoxFormat;
}

/** The result of a reduced loss. */
export interface Loss {
  /** Reduced as `reduction` says. */
  loss: number;
}

/** The result of reduction `'none'`: one loss per row. */
export interface RowLosses {
  /** Each row's loss times its weight: `out`, where it was given. */
  losses: Float32Array;
}

/** What `grad` adds to a result: the derivative by the prediction, in the prediction's layout. */
export interface Gradient {
  /** Of the prediction's length: the array passed as `grad`, or a new one. */
  grad: Float32Array;
}

/** A result whose options are known only when the program runs. */
export interface AnyLoss {
  /** There unless the reduction is `'none'`. */
  loss?: number;
  /** There with reduction `'none'`. */
  losses?: Float32Array;
  /** There with `grad`. */
  grad?: Float32Array;
}

/**
 * The call signatures of a loss: its arrays first, then options, which decide the result's type.
 * `Reduced` are the reductions that give a number.
 */
export interface LossFunction<
  Arrays extends unknown[],
  Options extends LossOptions<string>,
  Reduced extends string = 'mean' | 'sum',
> {
  /** Every row's loss, and the gradient of their sum. */
  (
    ...args: [
      ...arrays: Arrays,
      options: Options & { reduction: 'none'; grad: true | Float32Array },
    ]
  ): RowLosses & Gradient;
  /** Every row's loss. */
  (...args: [...arrays: Arrays, options: Options & { reduction: 'none'; grad?: false }]): RowLosses;
  /** The reduced loss and its gradient. */
  (
    ...args: [
      ...arrays: Arrays,
      options: Options & { reduction?: Reduced; grad: true | Float32Array },
    ]
  ): Loss & Gradient;
  /** The reduced loss. */
  (...args: [...arrays: Arrays, options?: Options & { reduction?: Reduced; grad?: false }]): Loss;
  /** What options that are known only when the program runs make of it. */
  (...args: [...arrays: Arrays, options?: Options]): AnyLoss;
}

/** A loss of predictions against targets, both flat and of the same length. */
export type PairLoss<
  Options extends LossOptions<string>,
  Reduced extends string = 'mean' | 'sum',
> = LossFunction<[pred: Float32Array, target: Float32Array], Options, Reduced>;

/** The cells and anchors of one YOLO v3 output scale. */
export interface Grid {
  /** Rows of cells, H. */
  height: number;
  /** Cells in a row, W. */
  width: number;
  /**
   * `[A, 2]`: each anchor's height and width, in this order whatever the `format`, as fractions of the
   * image (pixels over the image's size), from above 0 to 10.
   */
  anchors: Float32Array;
}

/** A row's target: a label, 0 to K − 1, or a number for each of its K classes. */
export type CategoryTarget = Int32Array | Float32Array;

/** How two boxes are compared by the functions of `overlap`. */
export type OverlapMetric = 'iou' | 'giou' | 'diou' | 'ciou';
