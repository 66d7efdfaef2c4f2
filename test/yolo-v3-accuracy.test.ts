/**
 * How far the losses of any number of classes, the codecs and the whole loss of YOLO v3 are from the
 * reference, on every instruction set. Prints what it measured.
 */
import { yoloV3 } from '../lib';
import { native } from '../lib/binding';
import { BOUNDS, gradientError } from './support/agreement';
import { CATEGORY_CALLS } from './support/category-calls';
import type { Numbers } from './support/close';
import { CODECS } from './support/codecs';
import { random } from './support/random';
import {
  BOX_KINDS,
  gradientErrors,
  randomCall,
  referenceLoss,
  TERMS,
} from './support/yolo-v3-calls';

/** Relative errors: of values, and of gradients by the largest component of their row. */
interface Errors {
  value: number;
  gradient?: number;
}

/** Something to measure, of what the reference makes of the same numbers. */
interface Case {
  title: string;
  measure: () => Errors;
}

const ROWS = 400;

/** How far a row's value may be: rounding a smoothed target counts where a large logit meets it. */
const ROW = 5e-6;

/** The largest error by the numbers' own size; where nothing is expected there must be nothing. */
function relativeError(actual: Numbers, expected: Numbers): number {
  return Array.from(expected, (number, k) =>
    actual[k] === number ? 0 : Math.abs(actual[k] - number) / Math.abs(number),
  ).reduce((a, b) => Math.max(a, b), 0);
}

function worstRow(actual: Numbers, expected: Numbers, width: number): number {
  return Array.from({ length: expected.length / width }, (_, row) =>
    gradientError(actual, expected, row, width),
  ).reduce((a, b) => Math.max(a, b), 0);
}

const categories = CATEGORY_CALLS.flatMap((call): Case[] =>
  [2, 20, 80].map((classes) => {
    const arrays = call.arrays(random(947), Math.ceil((20 * ROWS) / classes), classes);
    const expected = call.reference(arrays, classes, { reduction: 'none', grad: true });
    return {
      title: `${call.title}, ${classes} classes`,
      measure() {
        const actual = call.native(arrays, classes, { reduction: 'none', grad: true });
        return {
          value: relativeError(actual.losses!, expected.losses!),
          gradient: worstRow(actual.grad!, expected.grad!, classes),
        };
      },
    };
  }),
);

const codecs = CODECS.map((codec): Case => {
  const samples = codec.formats.map((format) => {
    const [input, anchors] = codec.arrays(random(953), ROWS, format);
    return { input, anchors, format, expected: codec.reference(input, anchors, { format }) };
  });
  const errors = () =>
    samples.map(({ input, anchors, format, expected }) =>
      worstRow(codec.native(input, anchors, { format }), expected, 4),
    );
  return { title: codec.name, measure: () => ({ value: Math.max(...errors()) }) };
});

const wholes = BOX_KINDS.map((box): Case => {
  const calls = Array.from({ length: 60 }, (_, i) => randomCall(random(967 + i), { box }));
  const expected = calls.map(referenceLoss);
  return {
    title: `yoloV3.loss, box ${box}`,
    measure() {
      const errors = calls.map((call, i) => {
        const actual = yoloV3.loss({ ...call, grad: true });
        const gradients = gradientErrors(call, actual.grads, expected[i].grads);
        const values = (result: yoloV3.YoloV3Loss) => [
          result.total,
          ...TERMS.map((term) => result[term]),
        ];
        return {
          value: relativeError(values(actual), values(expected[i])),
          gradient: Math.max(...Object.values(gradients)),
        };
      });
      return {
        value: Math.max(...errors.map(({ value }) => value)),
        gradient: Math.max(...errors.map(({ gradient }) => gradient)),
      };
    },
  };
});

const targets = native.targets();
const table = [['', ...targets.map((target) => `${target}: value, gradient`)]];

afterAll(() => {
  native.useTarget();
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) => row.map((cell, k) => cell.padEnd(widths[k])).join('  '));
  process.stdout.write(`${lines.join('\n')}\n`);
});

test.each([...categories, ...codecs, ...wholes])('$title', ({ title, measure }) => {
  const errors = targets.map((target) => {
    native.useTarget(target);
    return measure();
  });
  const cells = errors.map(({ value, gradient }) =>
    [value, gradient].flatMap((error) => error?.toExponential(1) ?? []).join(', '),
  );
  table.push([title, ...cells]);
  for (const { value, gradient = 0 } of errors) {
    expect(value).toBeLessThanOrEqual(title.startsWith('category') ? ROW : BOUNDS.reduced);
    expect(gradient).toBeLessThanOrEqual(BOUNDS.gradient);
  }
});
