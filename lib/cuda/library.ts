/**
 * The losses on a GPU: the functions of `detloss` by the same names, with the same options, defaults,
 * edges and errors, of arrays that are on the device or on the processor.
 *
 * - An array from {@link upload} stays on the device until it is disposed or no longer used.
 * - A typed array is copied to the device for the one call, and back if it is an output.
 * - What a call makes itself (`grad: true`, the losses of `'none'`) is on the device; `download()`
 *   fetches it. A loss is a number, and waiting for it is waiting for the device.
 * - The option `threads` has no effect.
 *
 * The device is the first that the driver shows; `CUDA_VISIBLE_DEVICES` selects others.
 */
import { cudaAddon, loadCuda, type DeviceDescription } from '../binding';
import * as boxLosses from '../catalogue/box';
import * as categoryLosses from '../catalogue/category';
import * as yoloV3Losses from '../detectors/yolo-v3';
import { onDevice } from '../device';
import { named } from '../names';
import * as objectnessLosses from '../catalogue/objectness';
import * as regressionLosses from '../catalogue/regression';
import { gpu } from './gpu';
import type { OnDevice, YoloV3DeviceLoss } from './types';

export { upload } from './device-array';

/**
 * Whether the losses of this module can be called: the GPU's library has been built and there is a
 * device. Where not, their errors say what is missing.
 */
export function available(): boolean {
  return devices().length > 0;
}

/** The devices that the driver shows, in its order; none without a driver or the GPU's library. */
export function devices(): DeviceDescription[] {
  return loadCuda().devices.slice();
}

type AnyFunction = (...args: unknown[]) => unknown;

/** The losses of a family, called on the device. */
function onGpu<Family extends object>(family: Family): OnDevice<Family> {
  const entries = Object.entries(family).map(([name, loss]: [string, AnyFunction]) => {
    const call: AnyFunction = (...args) => {
      cudaAddon();
      return onDevice(gpu, () => loss(...args));
    };
    return [name, call];
  });
  return Object.freeze(named(Object.fromEntries(entries))) as OnDevice<Family>;
}

/** Elementwise losses: see `regression` of `detloss`. */
export const regression = onGpu(regressionLosses);
/** Losses of boxes: see `box` of `detloss`. */
export const box = onGpu(boxLosses);
/** Losses of objectness: see `objectness` of `detloss`. */
export const objectness = onGpu(objectnessLosses);
/** Losses of classes: see `category` of `detloss`. */
export const category = onGpu(categoryLosses);
/** The whole loss of YOLO v3: see `yoloV3` of `detloss`. No number but the terms
 * leaves the device, nor any anchors that are there. */
export const yoloV3 = onGpu(yoloV3Losses) as unknown as { readonly loss: YoloV3DeviceLoss };
