/**
 * Losses of whether there is an object: the objectness terms of Faster R-CNN, YOLO v1 and YOLO v3.
 *
 * @module
 */

// The losses, in the order of their files. Written by npm run generate, as all below.
import * as binaryCrossEntropyModule from './binary-cross-entropy';
export import binaryCrossEntropy = binaryCrossEntropyModule.binaryCrossEntropy;
export type * from './binary-cross-entropy';
import * as fasterRcnnModule from './faster-rcnn';
export import fasterRcnn = fasterRcnnModule.fasterRcnn;
export type * from './faster-rcnn';
import * as yoloV1Module from './yolo-v1';
export import yoloV1 = yoloV1Module.yoloV1;
export type * from './yolo-v1';
import * as yoloV3Module from './yolo-v3';
export import yoloV3 = yoloV3Module.yoloV3;
export type * from './yolo-v3';
