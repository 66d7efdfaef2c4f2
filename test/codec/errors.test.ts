/** The argument errors of the codecs. */
import { CODECS } from '../support/codecs';
import { floats, random } from '../support/random';
import { detached, NO_FLOATS, NO_OPTION_FLOATS, thrownBy } from '../support/refusals';

const ROWS = 12;

describe.each(CODECS)('$name', ({ name, inputName, formats, arrays, native: call }) => {
  const ofGrid = name.startsWith('codec.yoloV3');
  const [input, anchors] = arrays(random(631), ROWS, 'yxhw');

  /** Expects an error, in the words that follow the codec's name. */
  function refuse(
    expected: string,
    given: { input?: unknown; anchors?: unknown; options?: object },
  ) {
    const out = new Float32Array(4 * ROWS).fill(7);
    const all = { input, anchors, ...given };
    const [kind, message] = expected.split(/: (.*)/s);
    const thrown = thrownBy(() =>
      call(all.input as Float32Array, all.anchors, { out, ...given.options }),
    );
    expect(thrown).toBe(`${kind}: ${name}: ${message}`);
    expect(new Set(out)).toEqual(new Set([7]));
  }

  test(inputName, () => {
    for (const [value, words] of NO_FLOATS) {
      refuse(`TypeError: expected ${inputName} to be a Float32Array, got ${words}`, {
        input: value,
      });
    }
    refuse(`TypeError: expected ${inputName} to have memory, got a detached array`, {
      input: detached(),
    });
    for (const length of [1, 47, 49]) {
      refuse(`RangeError: expected ${inputName}.length to be a multiple of 4, got ${length}`, {
        input: new Float32Array(length),
      });
    }
  });

  test(ofGrid ? 'grid' : 'anchors', () => {
    const argument = ofGrid ? 'grid.anchors' : 'anchors';
    const giving = (array: unknown) =>
      ofGrid ? { ...(anchors as object), anchors: array } : array;
    for (const [value, words] of NO_FLOATS) {
      refuse(`TypeError: expected ${argument} to be a Float32Array, got ${words}`, {
        anchors: giving(value),
      });
    }
    refuse(`TypeError: expected ${argument} to have memory, got a detached array`, {
      anchors: giving(detached()),
    });
    if (!ofGrid) {
      refuse(`RangeError: expected anchors.length to equal ${inputName}.length (48), got 44`, {
        anchors: new Float32Array(44),
      });
      return;
    }
    for (const [value, words] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [13, '13'],
    ]) {
      refuse(`TypeError: expected grid to be an object, got ${words}`, { anchors: value });
    }
    refuse('RangeError: expected grid.anchors.length to be at least 2, got 0', {
      anchors: giving(floats()),
    });
    refuse('RangeError: expected grid.anchors.length to be a multiple of 2, got 3', {
      anchors: giving(floats(1, 2, 3)),
    });
    for (const side of ['height', 'width']) {
      for (const value of [0, -1, 1.5, NaN, Infinity]) {
        refuse(
          `RangeError: expected grid.${side} to be a whole number of at least 1, got ${value}`,
          {
            anchors: { ...(anchors as object), [side]: value },
          },
        );
      }
      refuse(`TypeError: expected grid.${side} to be a number, got '2'`, {
        anchors: { ...(anchors as object), [side]: '2' },
      });
    }
    refuse(
      `RangeError: expected ${inputName}.length to be a multiple of height × width × anchors × 4 ` +
        '(56), got 48',
      { anchors: { height: 7, width: 1, anchors: floats(1, 1, 2, 2) } },
    );
  });

  test('options', () => {
    const words = formats.map((format) => `'${format}'`);
    const choices = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
    refuse(`RangeError: expected format to be ${choices}, got 'yx'`, { options: { format: 'yx' } });
    refuse('TypeError: expected format to be a string, got 0', { options: { format: 0 } });
    refuse('RangeError: expected threads to be a whole number of at least 1, got 0', {
      options: { threads: 0 },
    });
    for (const [value, kind] of NO_OPTION_FLOATS) {
      refuse(`TypeError: expected out to be a Float32Array, got ${kind}`, {
        options: { out: value },
      });
    }
    for (const length of [0, 44, 52]) {
      refuse(`RangeError: expected out.length to equal ${inputName}.length (48), got ${length}`, {
        options: { out: new Float32Array(length) },
      });
    }
    refuse("TypeError: unknown option 'fromat', did you mean 'format'?", {
      options: { fromat: 'yxhw' },
    });
    if (name !== 'codec.fasterRcnn.decode') {
      refuse("TypeError: unknown option 'outs', did you mean 'out'?", { options: { outs: 1 } });
      expect(thrownBy(() => call(input, anchors, { clamp: 1 }))).toMatch(
        /^TypeError: codec\.\w+\.\w+: unknown option 'clamp'; the options are 'format', 'out' and 'threads'$/,
      );
    }
    for (const [value, kind] of [
      [null, 'null'],
      ['yxhw', "'yxhw'"],
    ]) {
      expect(thrownBy(() => call(input, anchors, value as never))).toBe(
        `TypeError: ${name}: expected options to be an object, got ${kind}`,
      );
    }
  });

  test('an output in the memory of another array', () => {
    const memory = new Float32Array(8 * ROWS);
    memory.set(input);
    const view = memory.subarray(0, 4 * ROWS);
    const end = memory.subarray(4 * ROWS - 1, -1);
    const apart = 'got views of the same memory';
    for (const out of [view, end]) {
      refuse(`RangeError: expected out not to overlap ${inputName}, ${apart}`, {
        input: view,
        options: { out },
      });
    }
    const places = memory.subarray(0, ofGrid ? 2 : 4 * ROWS);
    refuse(`RangeError: expected out not to overlap anchors, ${apart}`, {
      anchors: ofGrid ? { height: 1, width: 1, anchors: places } : places,
      options: { out: view },
    });
    expect(view).toEqual(input);
    // Neighbours are no overlap.
    const out = memory.subarray(4 * ROWS);
    expect(call(view, anchors, { out })).toEqual(call(input, anchors));
  });
});

test('codec.fasterRcnn.decode: clamp', () => {
  const { native: call } = CODECS.find(({ name }) => name === 'codec.fasterRcnn.decode')!;
  const refusal = (clamp: unknown) =>
    thrownBy(() => call(floats(0, 0, 0, 0), floats(0, 0, 1, 1), { clamp }));
  for (const clamp of [NaN, Infinity, -Infinity]) {
    expect(refusal(clamp)).toBe(
      `RangeError: codec.fasterRcnn.decode: expected clamp to be a finite number, got ${clamp}`,
    );
  }
  for (const [clamp, words] of [
    ['4', "'4'"],
    [null, 'null'],
  ]) {
    expect(refusal(clamp)).toBe(
      `TypeError: codec.fasterRcnn.decode: expected clamp to be a number, got ${words}`,
    );
  }
});
