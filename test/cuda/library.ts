/**
 * What the suites of the losses import as `../lib` when they run on the device: the package, with
 * the functions of `detloss/cuda` in the place of those of the same names.
 *
 * They are given the suites' typed arrays as they are, or copies on the device, as the global
 * `deviceArrays` of jest.cuda.config.mjs says; what they make on the device is fetched.
 */
import { cuda } from '../../lib/cuda';
import { DeviceArray, type HostArray } from '../../lib/cuda/device-array';
import type * as detloss from '../../lib/index';
import { named } from '../../lib/names';

export * from '../../lib/index';

declare const deviceArrays: boolean;

type AnyFunction = (...args: unknown[]) => unknown;

/** Puts the arrays of a call on the device, and what the call returns in typed arrays. */
class Exchange {
  private readonly devices = new Map<unknown, DeviceArray>();
  /** What was given, by what took its place. */
  private readonly given = new Map<unknown, unknown>();

  toDevice(value: unknown): unknown {
    if (!(
      value instanceof Float32Array ||
      value instanceof Int32Array ||
      value instanceof Uint8Array
    )) {
      const parts = mapParts(value, (part) => this.toDevice(part));
      this.given.set(parts, value);
      return parts;
    }
    const device = this.devices.get(value) ?? cuda.upload(value as Float32Array);
    this.devices.set(value, device);
    this.given.set(device, value);
    return device;
  }

  toHost(value: unknown): unknown {
    const given = this.given.get(value);
    if (value instanceof DeviceArray) return value.download(given as HostArray | undefined);
    const parts = mapParts(value, (part) => this.toHost(part));
    return given ?? parts;
  }
}

/** A plain array or object with `change` made to its parts, if it changes any of them. */
function mapParts(value: unknown, change: (part: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value as object);
  const changed = entries.map(([name, part]) => [name, change(part)]);
  if (entries.every(([, part], i) => part === changed[i][1])) return value;
  return Array.isArray(value) ? changed.map(([, part]) => part) : Object.fromEntries(changed);
}

function exchanging<Family>(family: object): Family {
  const entries = Object.entries(family).map(([name, loss]: [string, AnyFunction]) => {
    const call: AnyFunction = (...args) => {
      const exchange = new Exchange();
      const given = deviceArrays ? args.map((arg) => exchange.toDevice(arg)) : args;
      return exchange.toHost(loss(...given));
    };
    return [name, call];
  });
  return named(Object.fromEntries(entries)) as Family;
}

export const regression = exchanging<typeof detloss.regression>(cuda.regression);
export const box = exchanging<typeof detloss.box>(cuda.box);
export const objectness = exchanging<typeof detloss.objectness>(cuda.objectness);
export const category = exchanging<typeof detloss.category>(cuda.category);
export const yoloV3 = exchanging<typeof detloss.yoloV3>(cuda.yoloV3);
