/**
 * What is measured: one line per loss.
 */
import { box, overlap, regression } from '../lib';
import * as reference from '../lib/reference';
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
const overlapCase = overlapFamily({
  native: overlap,
  reference: reference.overlap,
  tuned: tuned.overlap,
  textbook: textbook.overlap,
});

const SPARSE: Variant = { note: '1% positive', suffix: 'Sparse' };

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
  overlapCase('alignedIou', inputs.pairs),
  overlapCase('iou', inputs.crossed),
];
