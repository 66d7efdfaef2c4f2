/** Checks of arguments that the losses of whole detectors share. */
import { checkDistinct, checkLength, checkNumber } from '../check';
import { wrongValue } from '../words';

/** As many as the addon counts. */
const MOST_IMAGES = 2 ** 32 - 1;

/** The arrays a call only reads, by the names errors give them. */
export type InputArrays = Readonly<Record<string, Float32Array | Int32Array | undefined>>;

/** The number of images, which may be none. */
export function checkBatch(where: string, value: unknown): number {
  const batch = checkNumber(where, 'batch', value, 'a whole number of at least 0', isWhole);
  if (batch > MOST_IMAGES) throw wrongValue(where, `batch to be at most ${MOST_IMAGES}`, batch);
  return batch;
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** The factor of a term in the total, which has to be finite as a float32 too. */
export function checkFactor(where: string, name: string, value: unknown): void {
  checkNumber(where, name, value, 'a finite number of at least 0', isFactor);
}

function isFactor(value: number): boolean {
  return value >= 0 && Math.fround(value) < Infinity;
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
