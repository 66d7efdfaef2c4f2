import * as box from './box';
import * as category from './category';
import { named } from './names';
import * as objectness from './objectness';
import * as regression from './regression';

export * as assign from './assign';
export * as box from './box';
export * as category from './category';
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
export * as objectness from './objectness';
export * as overlap from './overlap';
export * as regression from './regression';
export type * from './types';

named({ box, category, objectness, regression });
