/**
 * From ground truth to what a network should answer: which cell or anchor each box is assigned to.
 *
 * @module
 */
export type { CellTarget, Instances } from './instances';
export { rpn, type RpnAssignment, type RpnOptions } from './rpn';
export { yoloV1, type YoloV1Assignment, type YoloV1Options } from './yolo-v1';
export { yoloV3, type YoloV3Assignment, type YoloV3Options } from './yolo-v3';
