/**
 * The argument errors that all losses share: their class, their words, and that nothing has been
 * written.
 */
import { CASES, type Arrays, type LossCase } from '../table';
import { random } from '../../support/random';
import { detached, NO_FLOATS, NO_OPTION_FLOATS, thrownBy } from '../../support/refusals';
import { typicalRows } from '../../support/rows';

const ROWS = 12;

/** Each function of predictions and targets once, whatever its variants. */
const LOSSES = CASES.filter(
  ({ name, card }, i) => CASES[i - 1]?.name !== name && card.rows.width !== 'classes',
);

/** A call of `loss` that is right but for what `change` makes of its arrays and options. */
function expectRefusal(
  loss: LossCase,
  expected: string,
  change: (call: { arrays: unknown[]; options: Record<string, unknown> }) => void,
) {
  const arrays: unknown[] = typicalRows(loss, random(139), ROWS, 'yxhw');
  const grad = new Float32Array(ROWS * loss.width).fill(7);
  const out = new Float32Array(ROWS).fill(7);
  const call = { arrays, options: { reduction: 'none', grad, out } };
  change(call);
  const [kind, message] = expected.split(/: (.*)/s);
  const thrown = thrownBy(() => loss.call(...call.arrays, call.options));
  expect(thrown).toBe(`${kind}: ${loss.name}: ${message}`);
  expect(new Set([...grad, ...out])).toEqual(new Set([7]));
}

describe.each(LOSSES)('$name', (loss) => {
  const { width, targetWidth = width, predName } = loss;
  const numbers = ROWS * width;
  const targets = ROWS * targetWidth;
  const rowsName = width === 1 ? `${predName}.length` : `${predName}.length / ${width}`;
  const refuse = expectRefusal.bind(null, loss);

  test.each([predName, 'target'])('%s of a wrong kind', (name) => {
    const index = name === 'target' ? 1 : 0;
    for (const [value, words] of NO_FLOATS) {
      refuse(`TypeError: expected ${name} to be a Float32Array, got ${words}`, ({ arrays }) => {
        arrays[index] = value;
      });
    }
    refuse(`TypeError: expected ${name} to have memory, got a detached array`, ({ arrays }) => {
      arrays[index] = detached(numbers);
    });
  });

  test('lengths', () => {
    if (width > 1) {
      const rule = `${predName}.length to be a multiple of ${width}`;
      refuse(`RangeError: expected ${rule}, got ${numbers + 1}`, ({ arrays }) => {
        arrays[0] = new Float32Array(numbers + 1);
      });
    }
    for (const length of [0, numbers - 1, 2 * numbers]) {
      const rule = `target.length to equal ${targetWidth === 1 ? rowsName : `${predName}.length`}`;
      refuse(`RangeError: expected ${rule} (${targets}), got ${length}`, ({ arrays }) => {
        arrays[1] = new Float32Array(length);
      });
      const refuseOption = (option: string, equal: string) =>
        refuse(
          `RangeError: expected ${option}.length to equal ${equal}, got ${length}`,
          ({ options }) => {
            options[option] = new Float32Array(length);
          },
        );
      if (length !== ROWS) refuseOption('weight', `${rowsName} (${ROWS})`);
      if (length !== ROWS) refuseOption('out', `${rowsName} (${ROWS})`);
      refuseOption('grad', `${predName}.length (${numbers})`);
    }
  });

  test('options of a wrong kind', () => {
    for (const [value, words] of NO_OPTION_FLOATS) {
      for (const name of ['weight', 'out']) {
        refuse(`TypeError: expected ${name} to be a Float32Array, got ${words}`, ({ options }) => {
          options[name] = value;
        });
      }
      if (typeof value === 'boolean') continue;
      const kind = typeof value === 'object' ? 'a Float32Array' : 'a boolean or a Float32Array';
      refuse(`TypeError: expected grad to be ${kind}, got ${words}`, ({ options }) => {
        options.grad = value;
      });
    }
    for (const name of ['weight', 'out', 'grad']) {
      refuse(`TypeError: expected ${name} to have memory, got a detached array`, ({ options }) => {
        options[name] = detached();
      });
    }
    const names = loss.formats.length > 0 ? ['reduction', 'format'] : ['reduction'];
    for (const name of names) {
      for (const [value, words] of [
        [5, '5'],
        [null, 'null'],
        [['sum'], 'Array'],
      ] as const) {
        refuse(`TypeError: expected ${name} to be a string, got ${words}`, ({ options }) => {
          options[name] = value;
        });
      }
    }
    refuse("TypeError: expected threads to be a number, got '2'", ({ options }) => {
      options.threads = '2';
    });
    for (const [value, words] of [
      [null, 'null'],
      [5, '5'],
      ['sum', "'sum'"],
      [() => 0, 'a function'],
    ]) {
      const thrown = thrownBy(() =>
        loss.call(...typicalRows(loss, random(139), ROWS, 'yxhw'), value),
      );
      expect(thrown).toBe(
        `TypeError: ${loss.name}: expected options to be an object, got ${words}`,
      );
    }
  });

  test('values of options', () => {
    const rest = loss.card.rows.reductions.includes('balanced')
      ? ", 'none' or 'balanced'"
      : " or 'none'";
    for (const reduction of ['avg', '', 'Mean']) {
      const rule = `reduction to be 'mean', 'sum'${rest}`;
      refuse(`RangeError: expected ${rule}, got '${reduction}'`, ({ options }) => {
        options.reduction = reduction;
      });
    }
    const formats = loss.formats.map((format) => `'${format}'`);
    if (formats.length > 0) {
      const rule = `format to be ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`;
      refuse(`RangeError: expected ${rule}, got 'XYXY'`, ({ options }) => {
        options.format = 'XYXY';
      });
    }
    for (const threads of [0, -1, 1.5, NaN, Infinity]) {
      const rule = 'threads to be a whole number of at least 1';
      refuse(`RangeError: expected ${rule}, got ${threads}`, ({ options }) => {
        options.threads = threads;
      });
    }
    for (const reduction of ['mean', 'sum']) {
      const rule = "reduction to be 'none' when out is given";
      refuse(`RangeError: expected ${rule}, got '${reduction}'`, ({ options }) => {
        options.reduction = reduction;
      });
    }
  });

  test('unknown options', () => {
    const misspelled: [wrong: string, right: string][] = [
      ['reduce', 'reduction'],
      ['weights', 'weight'],
      ['Grad', 'grad'],
      ['thread', 'threads'],
      ['outs', 'out'],
    ];
    if (loss.formats.length > 0) misspelled.push(['fromat', 'format']);
    for (const [wrong, right] of misspelled) {
      refuse(`TypeError: unknown option '${wrong}', did you mean '${right}'?`, ({ options }) => {
        options[wrong] = 1;
      });
    }
  });

  test('outputs in the memory of another array', () => {
    const shared = (length: number, offset: number, memory: ArrayBuffer) =>
      new Float32Array(memory, 4 * offset, length);
    const refuseOverlap = (
      output: 'grad' | 'out',
      other: string,
      place: (arrays: unknown[], options: Record<string, unknown>, array: Float32Array) => void,
      otherLength: number,
    ) => {
      const length = output === 'grad' ? numbers : ROWS;
      const rule = `${output} not to overlap ${other}`;
      // The last number of one is the first of the other.
      for (const [offset, otherOffset] of [
        [0, length - 1],
        [otherLength - 1, 0],
      ]) {
        refuse(`RangeError: expected ${rule}, got views of the same memory`, (call) => {
          const memory = new ArrayBuffer(4 * (length + otherLength));
          call.options[output] = shared(length, offset, memory);
          place(call.arrays, call.options, shared(otherLength, otherOffset, memory));
        });
      }
    };
    for (const output of ['grad', 'out'] as const) {
      refuseOverlap(output, predName, (arrays, _, array) => (arrays[0] = array), numbers);
      refuseOverlap(output, 'target', (arrays, _, array) => (arrays[1] = array), targets);
      refuseOverlap(output, 'weight', (_, options, array) => (options.weight = array), ROWS);
    }
    refuseOverlap('out', 'grad', (_, options, array) => (options.grad = array), numbers);
  });

  test('neighbours in one memory are no overlap', () => {
    const [pred, ...rest]: Arrays = typicalRows(loss, random(139), ROWS, 'yxhw');
    const memory = new Float32Array(2 * numbers + ROWS);
    const [grad, input] = [memory.subarray(0, numbers), memory.subarray(numbers, 2 * numbers)];
    const out = memory.subarray(2 * numbers);
    input.set(pred);
    const expected = loss.native([pred, ...rest], { reduction: 'none', grad: true });
    expect(loss.native([input, ...rest], { reduction: 'none', grad, out })).toEqual(expected);
  });
});
