/**
 * Which threads compute a call: those of a call that returns its result, and those of one that
 * promises it.
 */
import os from 'node:os';
import { checkThreads } from './check';

/** Marks the options of a call whose result is promised; lib/promises.ts sets it. */
export const PROMISED = Symbol('promised');

/** The threads of Node's pool, which compute what the calling thread does not. */
const POOL_SIZE = Math.max(1, Math.trunc(Number(process.env.UV_THREADPOOL_SIZE ?? 4)) || 4);
const AVAILABLE = os.availableParallelism();

/** Options that say where a call is computed. */
export interface Threading {
  threads?: number;
  [PROMISED]?: true;
}

/** A call's `threads` as kernels take it: the most for a result, minus the most for a promise. */
export function threadsOf(where: string, options: Threading | undefined): number {
  const threads = options?.threads;
  checkThreads(where, threads);
  if (options?.[PROMISED]) return -Math.min(threads ?? AVAILABLE, POOL_SIZE);
  return Math.min(threads ?? AVAILABLE, 1 + POOL_SIZE);
}

/** The options of a part of a call: computed where the whole is. */
export function sameThreads(options: Threading): Threading {
  return { threads: options.threads, [PROMISED]: options[PROMISED] };
}

/** What a kernel returns, or what is made of that. */
export type Computed<T> = T | Promise<T>;

/** Not by `instanceof`, as a promise may come from another realm than this module. */
function isPromised<T>(value: Computed<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/**
 * What `finish` makes of a computed result, now or when it is there. Where a kernel refuses its
 * arguments, `explain` throws the error that tells users why.
 */
export function finishing<T, R>(
  compute: () => Computed<T>,
  finish: (result: T) => R,
  explain?: () => void,
): Computed<R> {
  const reword = (error: unknown): never => {
    explain?.();
    throw error;
  };
  let result: Computed<T>;
  try {
    result = compute();
  } catch (error) {
    return reword(error);
  }
  return isPromised(result) ? result.then(finish, reword) : finish(result);
}

/** Runs the steps of a call, each of which may yield a computed result and get it back. */
export function follow<R>(steps: Generator<unknown, R>): Computed<R> {
  const next = (value: unknown): Computed<R> => {
    let step = steps.next(value);
    while (!step.done) {
      if (isPromised(step.value)) return step.value.then(next);
      step = steps.next(step.value);
    }
    return step.value;
  };
  return next(undefined);
}

/** In the steps of {@link follow}: what a call returns, once it is there. */
export function* awaited<T>(called: Computed<T>): Generator<unknown, T> {
  return (yield called) as T;
}
