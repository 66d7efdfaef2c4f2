import { formatOptions, type LossCase } from '../losses/table';
import { compare } from './agreement';
import { expectClose } from './close';
import { random, uniform } from './random';

/** Tests losses against what was worked out by hand. */
export function testExamples(cases: readonly LossCase[]): void {
  test.each(cases)('$title, by hand', (loss) => {
    const { arrays, format, losses, grad } = loss.example!;
    const options = { ...(format && { format }), grad: true };
    const rows = loss.native(arrays, { ...options, reduction: 'none' });
    expectClose(rows.losses!, losses, 1e-6);
    expectClose(rows.grad!, grad, 1e-6);
    const total = Array.from(losses).reduce((sum, row) => sum + row);
    const mean = loss.native(arrays, options);
    expectClose([mean.loss!], [total / losses.length], 1e-6);
    expectClose(
      mean.grad!,
      Array.from(grad, (slope) => slope / losses.length),
      1e-6,
    );
  });
}

/** Whole images of a grid, and no whole number of vectors. */
const ROWS = 90;

/**
 * Tests losses against the reference: every kind of input, in every format, with every reduction,
 * without and with a weight.
 */
export function testAgreement(cases: readonly LossCase[]): void {
  describe.each(cases)('$title agrees with the reference', (loss) => {
    test.each(Object.keys(loss.inputs))('%s', (kind) => {
      const next = random(29);
      const weight = uniform(next, ROWS, 0.5, 2).map((w, i) => (i % 7 === 3 ? 0 : w));
      const wrong: string[] = [];
      let kinks = 0;
      const formats = formatOptions(loss);
      for (const options of formats) {
        const arrays = loss.inputs[kind](next, ROWS, options.format ?? 'yxhw');
        for (const weights of [{}, { weight }]) {
          const comparison = compare(loss, arrays, { ...options, ...weights });
          wrong.push(...comparison.wrong);
          kinks += comparison.kinks;
        }
      }
      expect(wrong).toEqual([]);
      // Six comparisons of every row; next to none of them may be passed over.
      expect(kinks).toBeLessThanOrEqual((6 * ROWS * formats.length) / 100);
    });
  });
}
