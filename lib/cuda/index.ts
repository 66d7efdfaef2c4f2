export * as cuda from './library';
export type { DeviceDescription } from '../binding';
export type {
  DeviceArray,
  DeviceFloat32Array,
  DeviceInt32Array,
  DeviceUint8Array,
} from './device-array';
export type {
  Anywhere,
  AnyDeviceLoss,
  DeviceLossFunction,
  Floats,
  YoloV3DeviceLoss,
  YoloV3DeviceOptions,
} from './types';
