/** The signatures of the losses on the device. */
import type { YoloV3Loss, YoloV3LossOptions } from '../detectors/yolo-v3';
import type { Loss, LossFunction } from '../types';
import type { DeviceFloat32Array, DeviceInt32Array, DeviceUint8Array } from './device-array';

/** Floats, wherever they are. */
export type Floats = Float32Array | DeviceFloat32Array;

/** What arguments may be where a loss takes typed arrays: those, or their counterparts. */
export type Anywhere<T> = T extends Float32Array
  ? Floats
  : T extends Int32Array
    ? Int32Array | DeviceInt32Array
    : T extends Uint8Array
      ? Uint8Array | DeviceUint8Array
      : T extends object
        ? { [Key in keyof T]: Anywhere<T[Key]> }
        : T;

/** The gradient of a call: a new array of the device, or the given one. */
export type Given<G> = G extends true ? DeviceFloat32Array : G;

/** A result whose options are known only when the program runs. */
export interface AnyDeviceLoss {
  loss?: number;
  losses?: Floats;
  grad?: Floats;
}

/** The signatures of a `LossFunction` for arrays that may be on the device. */
export interface DeviceLossFunction<Arrays extends unknown[], Options, Reduced extends string> {
  <G extends true | Floats, Out extends Floats = DeviceFloat32Array>(
    ...args: [...arrays: Arrays, options: Options & { reduction: 'none'; grad: G; out?: Out }]
  ): { losses: Out; grad: Given<G> };
  <Out extends Floats = DeviceFloat32Array>(
    ...args: [...arrays: Arrays, options: Options & { reduction: 'none'; grad?: false; out?: Out }]
  ): { losses: Out };
  <G extends true | Floats>(
    ...args: [...arrays: Arrays, options: Options & { reduction?: Reduced; grad: G }]
  ): Loss & { grad: Given<G> };
  (...args: [...arrays: Arrays, options?: Options & { reduction?: Reduced; grad?: false }]): Loss;
  (...args: [...arrays: Arrays, options?: Options]): AnyDeviceLoss;
}

/** A family of losses on the device. */
export type OnDevice<Family> = {
  readonly [Name in keyof Family]: Family[Name] extends LossFunction<
    infer Arrays,
    infer Options,
    infer Reduced
  >
    ? DeviceLossFunction<Anywhere<Arrays>, Anywhere<Options>, Reduced>
    : never;
};

/** Arguments of `cuda.yoloV3.loss`: as those of `yoloV3.loss`, of arrays that may be on the device. */
export type YoloV3DeviceOptions = Anywhere<YoloV3LossOptions>;

/** The signatures of `yoloV3.loss` for arrays that may be on the device. */
export interface YoloV3DeviceLoss {
  <G extends true | readonly Floats[]>(
    options: YoloV3DeviceOptions & { grad: G },
  ): YoloV3Loss & { grads: G extends true ? DeviceFloat32Array[] : G };
  (options: YoloV3DeviceOptions & { grad?: false }): YoloV3Loss;
  (options: YoloV3DeviceOptions): YoloV3Loss & { grads?: readonly Floats[] };
}
