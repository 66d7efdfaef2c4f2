/** The options that all losses have, and what a call returns. */
import { checkDistinct, checkLength, choose, isFilled } from '../check';
import { newFloats } from '../device';
import type { AnyLoss, LossOptions } from '../types';
import { wrongKind, wrongValue } from '../words';
import { REDUCTIONS, type Names } from './names';

const NONE = REDUCTIONS.indexOf('none');

type Options = LossOptions<string> | undefined;

/** The number of a call's reduction. */
export function reductionOf(names: Names, options: Options): number {
  const reduction = options?.reduction;
  if (reduction === undefined) return names.reduction;
  return choose(names.where, 'reduction', reduction, names.reductions);
}

/** The weight of a call of so many rows. */
export function weightOf(names: Names, rows: number, options: Options): Float32Array | undefined {
  const weight = options?.weight;
  if (weight !== undefined) checkLength(names.where, 'weight', weight, rows, names.rowCount);
  return weight;
}

/** The array that receives the gradient, or whether there shall be one. */
export function gradOf(names: Names, pred: Float32Array, options: Options): Float32Array | boolean {
  const grad = options?.grad;
  if (grad === undefined) return false;
  if (isFilled(grad) && grad.length === pred.length) return grad;
  return checkGrad(names, pred, grad);
}

function checkGrad(
  names: Names,
  pred: Float32Array,
  grad: Float32Array | boolean,
): Float32Array | boolean {
  if (typeof grad === 'object') {
    checkLength(names.where, 'grad', grad, pred.length, names.predLength);
  } else if (typeof grad !== 'boolean') {
    throw wrongKind(names.where, 'grad', 'a boolean or a Float32Array', grad);
  }
  return grad;
}

/** The array that receives the rows' losses, or whether there shall be one. */
export function lossesOf(
  names: Names,
  rows: number,
  options: Options,
  reduction: number,
): Float32Array | boolean {
  const out = options?.out;
  if (out === undefined) return reduction === NONE;
  checkLosses(names, rows, out, reduction);
  return out;
}

function checkLosses(names: Names, rows: number, out: unknown, reduction: number): void {
  checkLength(names.where, 'out', out, rows, names.rowCount);
  if (reduction !== NONE) {
    const got = REDUCTIONS[reduction];
    throw wrongValue(names.where, "reduction to be 'none' when out is given", got);
  }
}

/** An output of a call whose arguments have all been checked: the array given, or a new one. */
export function arrayFor(wanted: Float32Array | boolean, length: number): Float32Array | undefined {
  if (typeof wanted === 'object') return wanted;
  return wanted ? newFloats(length) : undefined;
}

/** The arrays a call only reads, by the names errors give them. */
type Inputs = readonly (readonly [name: string, array: Float32Array | Int32Array | undefined])[];

/** Throws where an array that a call writes shares memory with another of its arrays. */
export function checkApart(
  where: string,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
  inputs: Inputs,
): void {
  for (const [name, output] of [
    ['grad', grad],
    ['out', losses],
  ] as const) {
    if (output === undefined) continue;
    for (const [inputName, input] of inputs) {
      checkDistinct(where, name, output, inputName, input);
    }
  }
  if (losses !== undefined) checkDistinct(where, 'out', losses, 'grad', grad);
}

/** The result of a call: what was asked for of the reduced loss, the rows' losses, the gradient. */
export function resultOf(
  loss: number,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
): AnyLoss {
  if (losses !== undefined) return resultOfRows(losses, grad);
  return grad === undefined ? { loss } : { loss, grad };
}

function resultOfRows(losses: Float32Array, grad: Float32Array | undefined): AnyLoss {
  return grad === undefined ? { losses } : { losses, grad };
}
