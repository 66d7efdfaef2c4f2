/**
 * Losses of which class an object is: the category terms of Faster R-CNN, YOLO v1 and YOLO v3.
 *
 * @module
 */
export type { CategoryTarget } from '../../types';

// The losses, in the order of their files. Written by npm run generate, as all below.
import * as binaryCrossEntropyModule from './binary-cross-entropy';
export import binaryCrossEntropy = binaryCrossEntropyModule.binaryCrossEntropy;
export type * from './binary-cross-entropy';
import * as crossEntropyModule from './cross-entropy';
export import crossEntropy = crossEntropyModule.crossEntropy;
export type * from './cross-entropy';
import * as fasterRcnnModule from './faster-rcnn';
export import fasterRcnn = fasterRcnnModule.fasterRcnn;
export type * from './faster-rcnn';
import * as squaredErrorModule from './squared-error';
export import squaredError = squaredErrorModule.squaredError;
export type * from './squared-error';
import * as yoloV1Module from './yolo-v1';
export import yoloV1 = yoloV1Module.yoloV1;
export type * from './yolo-v1';
import * as yoloV3Module from './yolo-v3';
export import yoloV3 = yoloV3Module.yoloV3;
export type * from './yolo-v3';
