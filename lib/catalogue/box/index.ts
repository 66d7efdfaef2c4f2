/**
 * Losses of predicted boxes against target boxes: the box terms of Faster R-CNN, YOLO v1 and
 * YOLO v3, and the losses of overlap.
 *
 * @module
 */

// The losses, in the order of their files. Written by npm run generate, as all below.
import * as anchorOffsetsModule from './anchor-offsets';
export import anchorOffsets = anchorOffsetsModule.anchorOffsets;
export type * from './anchor-offsets';
import * as ciouModule from './ciou';
export import ciou = ciouModule.ciou;
export type * from './ciou';
import * as diouModule from './diou';
export import diou = diouModule.diou;
export type * from './diou';
import * as fasterRcnnModule from './faster-rcnn';
export import fasterRcnn = fasterRcnnModule.fasterRcnn;
export type * from './faster-rcnn';
import * as giouModule from './giou';
export import giou = giouModule.giou;
export type * from './giou';
import * as iouModule from './iou';
export import iou = iouModule.iou;
export type * from './iou';
import * as sqrtSizesModule from './sqrt-sizes';
export import sqrtSizes = sqrtSizesModule.sqrtSizes;
export type * from './sqrt-sizes';
import * as yoloV1Module from './yolo-v1';
export import yoloV1 = yoloV1Module.yoloV1;
export type * from './yolo-v1';
import * as yoloV3Module from './yolo-v3';
export import yoloV3 = yoloV3Module.yoloV3;
export type * from './yolo-v3';
