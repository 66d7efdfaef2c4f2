export * as assign from './assign';
export * as box from './catalogue/box';
export * as category from './catalogue/category';
export * as codec from './codec';
export * as fasterRcnn from './detectors/faster-rcnn';
export * as yoloV1 from './detectors/yolo-v1';
export * as yoloV3 from './detectors/yolo-v3';
export { EpochLog, HistoryFile, historyChart, objectnessQuality } from './log';
export type {
  HistoryFileOptions,
  HistoryRow,
  ObjectnessQuality,
  ObjectnessQualityOptions,
} from './log';
export * as objectness from './catalogue/objectness';
export * as overlap from './overlap';
export * as regression from './catalogue/regression';
export type * from './types';
