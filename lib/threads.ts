/**
 * Which threads compute a call: those of a call that returns its result, and those of one that
 * promises it.
 */
import os from 'node:os';
import { types } from 'node:util';
import { checkThreads } from './check';
import { inTheNameOf, lostMemory } from './words';

/** Marks the options of a call whose result is promised; lib/promises.ts sets it. */
export const PROMISED = Symbol('promised');

/** The threads of Node's pool, which compute what the calling thread does not. */
const POOL_SIZE = Math.max(1, Math.trunc(Number(process.env.UV_THREADPOOL_SIZE ?? 4)) || 4);
const AVAILABLE = os.availableParallelism();
/** The most for a call that is not promised. */
const MOST = Math.min(AVAILABLE, 1 + POOL_SIZE);

/** Options that say where a call is computed. */
export interface Threading {
  threads?: number;
  [PROMISED]?: true;
}

/** A call's `threads` as kernels take it: the most for a result, minus the most for a promise. */
export function threadsOf(where: string, options: Threading | undefined): number {
  if (options === undefined) return MOST;
  if (options.threads === undefined && options[PROMISED] === undefined) return MOST;
  return givenThreads(where, options);
}

function givenThreads(where: string, options: Threading): number {
  const { threads } = options;
  checkThreads(where, threads);
  if (options[PROMISED]) return -Math.min(threads ?? AVAILABLE, POOL_SIZE);
  return threads === undefined ? MOST : Math.min(threads, 1 + POOL_SIZE);
}

/** The options of a part of a call: computed where the whole is. */
export function sameThreads(options: Threading): Threading {
  return { threads: options.threads, [PROMISED]: options[PROMISED] };
}

/** What a kernel returns, or what is made of that. */
export type Computed<T> = T | Promise<T>;

/** Not by `instanceof`, as a promise may come from another realm than this module. */
export function isPromised<T>(value: Computed<T>): value is Promise<T> {
  return typeof value === 'object' && types.isPromise(value);
}

/**
 * How a kernel computes calls of one kind, and what becomes of them. Each function gets the call's
 * arguments, so that a call makes no functions of its own: small calls would pay for those.
 */
export interface Computation<Call, T, R> {
  compute(call: Call): Computed<T>;
  /** Makes what the call returns of what the kernel has returned. */
  finish(result: T, call: Call): R;
  /** Where the kernel refuses its arguments, throws the error that tells users why. */
  explain(call: Call): void;
}

/** Computes a call of `where`, now or, where a kernel promises its result, when it is there. */
export function run<Call, T, R>(
  where: string,
  computation: Computation<Call, T, R>,
  call: Call,
): Computed<R> {
  let result: Computed<T>;
  try {
    result = computation.compute(call);
  } catch (error) {
    computation.explain(call);
    throw inTheNameOf(where, error);
  }
  return isPromised(result)
    ? runLater(where, computation, call, result)
    : computation.finish(result, call);
}

function runLater<Call, T, R>(
  where: string,
  { finish, explain }: Computation<Call, T, R>,
  call: Call,
  promised: Promise<T>,
): Promise<R> {
  return promised.then(
    (result) => finish(result, call),
    (error: unknown) => {
      explain(call);
      throw inTheNameOf(where, error);
    },
  );
}

/**
/**
 * Runs the steps of a call of `where`, each of which may yield a computed result and get it back.
 * `arrays` are those that the caller has given it and that the steps use: while a result is promised,
 * they must not lose their memory. Where a step refuses its arguments, `explain` throws the error that
 * tells users why.
 */
export function follow<R>(
  where: string,
  arrays: readonly (ArrayLike<number> | undefined)[],
  steps: Generator<unknown, R>,
  explain: () => void,
): Computed<R> {
  const refuse = (error: unknown): never => {
    explain();
    throw inTheNameOf(where, error);
  };
  try {
    const result = followSteps(where, arrays, steps);
    return isPromised(result) ? result.catch(refuse) : result;
  } catch (error) {
    return refuse(error);
  }
}

function followSteps<R>(
  where: string,
  arrays: readonly (ArrayLike<number> | undefined)[],
  steps: Generator<unknown, R>,
): Computed<R> {
  const lengths = arrays.map((array) => array?.length);
  const next = (value: unknown): Computed<R> => {
    let step = steps.next(value);
    while (!step.done) {
      if (isPromised(step.value)) return step.value.then(later);
      step = steps.next(step.value);
    }
    return step.value;
  };
  const later = (value: unknown): Computed<R> => {
    if (arrays.some((array, k) => array?.length !== lengths[k])) throw lostMemory(where);
    return next(value);
  };
  return next(undefined);
}

/** In the steps of {@link follow}: what a call returns, once it is there. */
export function* awaited<T>(called: Computed<T>): Generator<unknown, T> {
  return (yield called) as T;
}
