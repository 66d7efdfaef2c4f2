/**
 * The functions of `detloss`, off the event loop: each returns a promise of its result, which Node's
 * thread pool computes. Results are the same to the last bit.
 *
 * Arguments are checked at once and errors reject the promise. Until it settles the arrays belong to
 * the call: read no output, change no input.
 *
 * An array over a `SharedArrayBuffer` is used where it is. Any other array is copied, because nothing
 * can keep JavaScript from taking its memory away, for example by a transfer to another thread. The
 * event loop's thread copies inputs before the call is computed and outputs afterwards, 4 MiB at most
 * in one turn of the event loop. Where an array is detached or changes its size before it is copied,
 * the promise is rejected with a `TypeError`.
 *
 * @module
 */
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
import { named } from './names';
import { PROMISED } from './threads';
import { inTheNameOf } from './words';

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

/**
 * Options that stand for `options`, and ask for a promise: its own ones, as they are now. Without a
 * prototype, so that nothing that others have added to `Object.prototype` is one.
 */
function promising(options: unknown): unknown {
  // What is refused anyway, however long it is.
  const isWrong = typeof options !== 'object' || options === null || ArrayBuffer.isView(options);
  if (options !== undefined && isWrong) return options;
  return Object.assign(Object.create(null), options, { [PROMISED]: true });
}

function promised<Family extends object>(name: string, family: Family): Promised<Family> {
  const entries = Object.entries(family).map(([key, member]: [string, unknown]) => {
    const where = `${name}.${key}`;
    if (typeof member !== 'function') return [key, promised(where, member as object)];
    // Options are the last parameter of every function.
    const last = member.length - 1;
    const call = async (...args: unknown[]): Promise<unknown> => {
      const given = args.slice(0, last);
      // Without options a loss has its defaults, a whole detector nothing to compute.
      if (last > 0 || args[last] !== undefined) given[last] = promising(args[last]);
      try {
        return await (member as (...args: unknown[]) => unknown)(...given);
      } catch (error) {
        // The addon does not know which function its errors are of.
        throw inTheNameOf(where, error);
      }
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
