/**
 * What is measured: one line per loss.
 */
import { box, category, objectness, overlap, regression } from 'detloss';
import * as reference from 'detloss/reference';
import { lossFamily, overlapFamily, type Case, type Variant } from './case';
import * as inputs from './inputs';
import * as textbook from './textbook';
import * as tuned from './tuned';

const regressionCase = lossFamily('regression', 'element', {
  native: regression,
  reference: reference.regression,
  tuned: tuned.regression,
  textbook: textbook.regression,
});
const boxCase = lossFamily('box', 'box', {
  native: box,
  reference: reference.box,
  tuned: tuned.box,
  textbook: textbook.box,
});
const objectnessCase = lossFamily('objectness', 'element', {
  native: objectness,
  reference: reference.objectness,
  tuned: tuned.objectness,
  textbook: textbook.objectness,
});
const categoryCase = lossFamily('category', 'element', {
  native: category,
  reference: reference.category,
  tuned: tuned.category,
  textbook: textbook.category,
});
const overlapCase = overlapFamily({
  native: overlap,
  reference: reference.overlap,
  tuned: tuned.overlap,
  textbook: textbook.overlap,
});

const SPARSE: Variant = { note: '1% positive', suffix: 'Sparse' };
const LOGIT: Variant = { note: 'logits', suffix: 'Logit', options: { input: 'logit' } };

export const CASES: readonly Case[] = [
  regressionCase('l1', inputs.elements),
  regressionCase('l2', inputs.elements),
  regressionCase('huber', inputs.elements),
  regressionCase('smoothL1', inputs.elements),
  boxCase('fasterRcnn', inputs.anchored),
  boxCase('yoloV1', inputs.boxes),
  boxCase('yoloV3', inputs.cells),
  boxCase('yoloV3', inputs.sparseCells, SPARSE),
  boxCase('iou', inputs.boxes),
  boxCase('giou', inputs.boxes),
  boxCase('diou', inputs.boxes),
  boxCase('ciou', inputs.boxes),
  objectnessCase('fasterRcnn', inputs.twoLogits),
  objectnessCase('yoloV3', inputs.probabilities),
  objectnessCase('yoloV3', inputs.logits, LOGIT),
  categoryCase('fasterRcnn', inputs.labelled(81)),
  categoryCase('yoloV3', inputs.labelled(80), LOGIT),
  overlapCase('alignedIou', inputs.pairs),
  overlapCase('iou', inputs.crossed),
];
