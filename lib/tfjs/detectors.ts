/**
 * The losses of whole detectors as operations on tensors: the total can be differentiated, and its
 * terms are numbers, for the log.
 */
import { checkNeedless, checkShape } from '../check';
import { wrongKind } from '../words';
import { isList } from '../kinds';
import * as fasterRcnn from '../detectors/faster-rcnn';
import * as yoloV1 from '../detectors/yolo-v1';
import * as yoloV3 from '../detectors/yolo-v3';
import { differentiable } from './differentiable';
import { readPrediction, type TensorFlow, type TensorLike } from './tensors';

/** Options on arrays, with tensors in place of the network's outputs. */
export type WithTensors<Options, Outputs extends keyof Options, Tensor> = Omit<
  Options,
  Outputs | 'grad'
> & { [Name in Outputs]: Tensor };

/** A loss whose total is a tensor; its terms, without their factors, are numbers. */
export type TensorTotal<Loss extends { total: number }, Scalar> = Omit<Loss, 'total'> & {
  total: Scalar;
};

/** One output scale of YOLO v3. */
export type TensorYoloV3Scale<Tensor> = WithTensors<yoloV3.YoloV3Scale, 'features', Tensor>;

/** Arguments of `yoloV3.loss`. */
export type TensorYoloV3Options<Tensor> = Omit<yoloV3.YoloV3LossOptions, 'scales' | 'grad'> & {
  /**
   * The features are tensors [B, H, W, A·(5+K)], or [B, A·(5+K), H, W] with layout `'NCHW'`; the
   * targets are the arrays that `assign.yoloV3` makes.
   */
  scales: readonly TensorYoloV3Scale<Tensor>[];
};

/** Arguments of `yoloV1.loss`: `predictions` is a tensor [B, S, S, boxes·5 + K]. */
export type TensorYoloV1Options<Tensor> = WithTensors<
  yoloV1.YoloV1LossOptions,
  'predictions',
  Tensor
>;

/** Arguments of `fasterRcnn.rpnLoss`: tensors `logits` [N, 2] and `deltas` [N, 4]. */
export type TensorRpnOptions<Tensor> = WithTensors<
  fasterRcnn.RpnLossOptions,
  'logits' | 'deltas',
  Tensor
>;

/** Arguments of `fasterRcnn.headLoss`: tensors `logits` [R, K+1] and `deltas` [R, 4(K+1) or 4]. */
export type TensorHeadOptions<Tensor> = WithTensors<
  fasterRcnn.HeadLossOptions,
  'logits' | 'deltas',
  Tensor
>;

/** The losses of whole detectors, on tensors. */
export interface TensorDetectors<Tensor, Scalar> {
  yoloV3: {
    /**
     * As `yoloV3.loss` on arrays, differentiable by the features of every scale.
     *
     * @example
     * const { total, box } = losses.yoloV3.loss({ batch, classes, scales });
     */
    loss(options: TensorYoloV3Options<Tensor>): TensorTotal<yoloV3.YoloV3Loss, Scalar>;
  };
  yoloV1: {
    /** As `yoloV1.loss` on arrays, differentiable by the predictions. */
    loss(options: TensorYoloV1Options<Tensor>): TensorTotal<yoloV1.YoloV1Loss, Scalar>;
  };
  fasterRcnn: {
    /** As `fasterRcnn.rpnLoss` on arrays, differentiable by logits and deltas. */
    rpnLoss(options: TensorRpnOptions<Tensor>): TensorTotal<fasterRcnn.RpnLoss, Scalar>;
    /** As `fasterRcnn.headLoss` on arrays, differentiable by logits and deltas. */
    headLoss(options: TensorHeadOptions<Tensor>): TensorTotal<fasterRcnn.HeadLoss, Scalar>;
  };
}

/** A loss on arrays, and the derivatives of its total by each of the network's outputs. */
interface Evaluated<Loss> {
  loss: Loss;
  grads: (Float32Array | undefined)[];
}

/** The losses of whole detectors on the tensors of `tf`. */
export function tensorDetectors<Tensor extends TensorLike, Scalar extends Tensor>(
  tf: TensorFlow<Tensor, Scalar>,
): TensorDetectors<Tensor, Scalar> {
  /** `evaluate` gets the numbers of the outputs, and whether to compute gradients. */
  function totalOf<Loss extends { total: number }>(
    where: string,
    outputs: readonly (readonly [name: string, tensor: Tensor])[],
    evaluate: (arrays: Float32Array[], grad: boolean) => Evaluated<Loss>,
  ): TensorTotal<Loss, Scalar> {
    const arrays = outputs.map(([name, tensor]) => readPrediction(where, name, tensor));
    const tensors = outputs.map(([, tensor]) => tensor);
    let terms: Loss;
    const total = differentiable(tf, where, tensors, [], (grad) => {
      const { loss, grads } = evaluate(arrays, grad);
      terms = loss;
      return { value: loss.total, grads };
    });
    return { ...terms!, total: total as Scalar };
  }

  function yoloV3Loss(options: TensorYoloV3Options<Tensor>) {
    const where = 'yoloV3.loss';
    options = checkNeedless(where, options, ['grad']);
    const { scales } = options;
    if (!isList(scales)) throw wrongKind(where, 'scales', 'an array', scales);
    const outputs = scales.map((scale: unknown, s) => {
      if (typeof scale !== 'object' || scale === null) {
        throw wrongKind(where, `scales[${s}]`, 'an object', scale);
      }
      return [`scales[${s}].features`, (scale as TensorYoloV3Scale<Tensor>).features] as const;
    });
    return totalOf(where, outputs, (features, grad) => {
      const arrays = options.scales.map((scale, s) => ({ ...scale, features: features[s] }));
      const { grads = [], ...loss } = yoloV3.loss({ ...options, scales: arrays, grad });
      options.scales.forEach(({ height, width, anchors, features: { shape } }, s) => {
        const channels = (anchors.length / 2) * (5 + options.classes);
        const [expected, words] =
          options.layout === 'NCHW'
            ? [[options.batch, channels, height, width], '[B, A·(5+K), H, W]']
            : [[options.batch, height, width, channels], '[B, H, W, A·(5+K)]'];
        checkShape(where, `scales[${s}].features`, shape, expected, words);
      });
      return { loss, grads };
    });
  }

  function yoloV1Loss(options: TensorYoloV1Options<Tensor>) {
    const where = 'yoloV1.loss';
    options = checkNeedless(where, options, ['grad']);
    const outputs = [['predictions', options.predictions]] as const;
    return totalOf(where, outputs, ([predictions], grad) => {
      const { grad: by, ...loss } = yoloV1.loss({ ...options, predictions, grad });
      const { batch, grid, boxes, classes } = options;
      const shape = [batch, grid, grid, 5 * boxes + classes];
      checkShape(where, 'predictions', options.predictions.shape, shape, '[B, S, S, boxes·5 + K]');
      return { loss, grads: [by] };
    });
  }

  function rpnLoss(options: TensorRpnOptions<Tensor>) {
    const where = 'fasterRcnn.rpnLoss';
    options = checkNeedless(where, options, ['grad']);
    return totalOf(where, headsOf(options), ([logits, deltas], grad) => {
      const { grads, ...loss } = fasterRcnn.rpnLoss({ ...options, logits, deltas, grad });
      const rows = logits.length / 2;
      checkShape(where, 'logits', options.logits.shape, [rows, 2], '[N, 2]');
      checkShape(where, 'deltas', options.deltas.shape, [rows, 4], '[N, 4]');
      return { loss, grads: [grads?.logits, grads?.deltas] };
    });
  }

  function headLoss(options: TensorHeadOptions<Tensor>) {
    const where = 'fasterRcnn.headLoss';
    options = checkNeedless(where, options, ['grad']);
    return totalOf(where, headsOf(options), ([logits, deltas], grad) => {
      const { grads, ...loss } = fasterRcnn.headLoss({ ...options, logits, deltas, grad });
      const rows = options.labels.length;
      const classes = rows === 0 ? options.logits.shape[1] : logits.length / rows;
      const width = rows === 0 ? options.deltas.shape[1] : deltas.length / rows;
      checkShape(where, 'logits', options.logits.shape, [rows, classes], '[R, K+1]');
      checkShape(where, 'deltas', options.deltas.shape, [rows, width], '[R, 4(K+1)] or [R, 4]');
      return { loss, grads: [grads?.logits, grads?.deltas] };
    });
  }

  return {
    yoloV3: { loss: yoloV3Loss },
    yoloV1: { loss: yoloV1Loss },
    fasterRcnn: { rpnLoss, headLoss },
  };
}

/** Both outputs of a stage of Faster R-CNN. */
function headsOf<Tensor>({ logits, deltas }: { logits: Tensor; deltas: Tensor }) {
  return [
    ['logits', logits],
    ['deltas', deltas],
  ] as const;
}
