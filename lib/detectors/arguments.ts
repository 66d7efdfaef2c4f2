/** Checks of arguments that the losses of whole detectors share. */
import { checkDistinct, checkLength, checkNumber } from '../check';

/** The arrays a call only reads, by the names errors give them. */
export type InputArrays = Readonly<Record<string, Float32Array | Int32Array | undefined>>;

/** The number of images, which may be none. */
export function checkBatch(where: string, value: unknown): number {
  return checkNumber(where, 'batch', value, 'a whole number of at least 0', isWhole);
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** The factor of a term in the total. */
export function checkFactor(where: string, name: string, value: unknown): void {
  checkNumber(where, name, value, 'a finite number of at least 0', isNotNegative);
}

function isNotNegative(value: number): boolean {
  return value >= 0;
}

/** Throws unless `value` can receive the gradient of `output`, which the errors call `outputName`. */
export function checkGradient(
  where: string,
  name: string,
  value: unknown,
  output: Float32Array,
  outputName: string,
  inputs: InputArrays,
): asserts value is Float32Array {
  checkLength(where, name, value, output.length, `${outputName}.length`);
  for (const [inputName, input] of Object.entries(inputs)) {
    checkDistinct(where, name, value, inputName, input);
  }
}
