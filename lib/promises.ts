/**
 * The functions of `detloss`, off the event loop: each returns a promise of its result, which Node's
 * thread pool computes. Results are the same to the last bit.
 *
 * Arguments are checked at once and errors reject the promise. Until it settles the arrays belong to
 * the call: read no output, change no input. An array of a call can no longer be transferred to
 * another thread, for its memory must not go away under the call: `postMessage` or `structuredClone`
 * with it in the transfer list throws, and in Node 20 copies it. Give a copy, or use a
 * `SharedArrayBuffer`, which is shared instead. Memory that can shrink, a resizable `ArrayBuffer`, is
 * refused.
 *
 * @module
 */
import { resizableMemory } from './words';
import {
  box as boxLosses,
  category as categoryLosses,
  codec as codecs,
  fasterRcnn as fasterRcnnLosses,
  objectness as objectnessLosses,
  overlap as overlaps,
  regression as regressionLosses,
  yoloV1 as yoloV1Losses,
  yoloV3 as yoloV3Losses,
} from './index';
import { canShrink, keepMemory } from './memory';
import { named } from './names';
import { PROMISED } from './threads';

type AnyFunction = (...args: never[]) => unknown;

/** A function of up to five call signatures, with promises for results. */
type PromisedFunction<F> = F extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
  (...args: infer A5): infer R5;
}
  ? {
      (...args: A1): Promise<R1>;
      (...args: A2): Promise<R2>;
      (...args: A3): Promise<R3>;
      (...args: A4): Promise<R4>;
      (...args: A5): Promise<R5>;
    }
  : never;

/** The functions of a family by the same names. */
export type Promised<Family> = {
  readonly [Name in keyof Family]: Family[Name] extends AnyFunction
    ? PromisedFunction<Family[Name]>
    : Promised<Family[Name]>;
};

/** The memory of all arrays within `value`, added to `found`. Throws where it can shrink. */
function findMemory(where: string, value: unknown, found: Set<ArrayBufferLike>): void {
  if (ArrayBuffer.isView(value)) {
    if (canShrink(value.buffer)) throw resizableMemory(where);
    found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) findMemory(where, part, found);
  }
}

/** Options that stand for `options`, and ask for a promise. */
function promising(options: unknown): unknown {
  if (options === undefined) return { [PROMISED]: true };
  if (typeof options !== 'object' || options === null) return options;
  return { ...options, [PROMISED]: true };
}

function promised<Family extends object>(name: string, family: Family): Promised<Family> {
  const entries = Object.entries(family).map(([key, member]: [string, unknown]) => {
    const where = `${name}.${key}`;
    if (typeof member !== 'function') return [key, promised(where, member as object)];
    // Options are the last parameter of every function.
    const last = member.length - 1;
    const call = async (...args: unknown[]): Promise<unknown> => {
      const memory = new Set<ArrayBufferLike>();
      findMemory(where, args, memory);
      const given = args.slice(0, last);
      // Without options a loss has its defaults, a whole detector nothing to compute.
      if (last > 0 || args[last] !== undefined) given[last] = promising(args[last]);
      const result = (member as (...args: unknown[]) => unknown)(...given);
      // Of all steps' arrays: the addon keeps those of a step only when it comes to it.
      memory.forEach(keepMemory);
      return result;
    };
    return [key, call];
  });
  return Object.freeze(named(Object.fromEntries(entries))) as Promised<Family>;
}

/** The functions of {@link regressionLosses | regression}, with promises for results. */
export const regression = promised('regression', regressionLosses);
/** The functions of {@link boxLosses | box}, with promises for results. */
export const box = promised('box', boxLosses);
/** The functions of {@link objectnessLosses | objectness}, with promises for results. */
export const objectness = promised('objectness', objectnessLosses);
/** The functions of {@link categoryLosses | category}, with promises for results. */
export const category = promised('category', categoryLosses);
/** The functions of {@link codecs | codec}, with promises for results. */
export const codec = promised('codec', codecs);
/** The functions of {@link overlaps | overlap}, with promises for results. */
export const overlap = promised('overlap', overlaps);
/** The functions of {@link fasterRcnnLosses | fasterRcnn}, with promises for results. */
export const fasterRcnn = promised('fasterRcnn', fasterRcnnLosses);
/** The functions of {@link yoloV1Losses | yoloV1}, with promises for results. */
export const yoloV1 = promised('yoloV1', yoloV1Losses);
/** The functions of {@link yoloV3Losses | yoloV3}, with promises for results. */
export const yoloV3 = promised('yoloV3', yoloV3Losses);
