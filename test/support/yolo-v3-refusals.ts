/** Calls of yoloV3.loss that are wrong in one respect. */
import { yoloV3 } from '../../lib';
import { floats } from './random';
import { thrownBy } from './refusals';

export type Options = Record<string, unknown>;

/** Two scales of one image: a grid of two rows, and one of one. */
export function rightScales(): Options[] {
  return [2, 1].map((height) => ({
    height,
    width: 1,
    anchors: floats(0.5, 0.5),
    features: new Float32Array(8 * height),
    target: {
      box: new Float32Array(4 * height).fill(0.5),
      objectness: new Float32Array(height).fill(1),
      labels: new Int32Array(height),
      ignore: new Uint8Array(height),
    },
  }));
}

/** What a call throws. */
export const call = (options: unknown) =>
  thrownBy(() => (yoloV3.loss as (options: unknown) => unknown)(options));

/** Expects an error, in the words that follow the function's name. */
export function refuse(expected: string, options: Options) {
  const grad = [new Float32Array(16).fill(7), new Float32Array(8).fill(7)];
  const [kind, message] = expected.split(/: (.*)/s);
  const thrown = call({ batch: 1, classes: 3, scales: rightScales(), grad, ...options });
  expect(thrown).toBe(`${kind}: yoloV3.loss: ${message}`);
  expect(new Set(grad.flatMap((array) => [...array]))).toEqual(new Set([7]));
}

/** The scales with other properties of the second, which is checked after the first. */
export function scalesWith(scale: Options, target: Options = {}): Options {
  const [first, second] = rightScales();
  return {
    scales: [first, { ...second, target: { ...(second.target as object), ...target }, ...scale }],
  };
}
