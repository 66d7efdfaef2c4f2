/**
 * What a training run writes down: the means of an epoch, the history of all epochs, its chart.
 */
export { EpochLog } from './epoch-log';
export { historyChart } from './history-chart';
export { HistoryFile, type HistoryFileOptions, type HistoryRow } from './history-file';
export {
  objectnessQuality,
  type ObjectnessQuality,
  type ObjectnessQualityOptions,
} from './objectness-quality';
