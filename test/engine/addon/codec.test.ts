/** The addon's codecs without the facade: they throw, and neither crash nor write. */
import { native } from '../../../lib/binding';
import { floats } from '../../support/random';
import {
  detached,
  expectRefused,
  NO_NUMBERS,
  NO_QUANTITIES,
  thrownBy,
} from '../../support/refusals';

describe.each(Object.keys(native.codec))('the addon’s %s', (name) => {
  const kernel = native.codec[name] as (...args: unknown[]) => unknown;
  const ofGrid = name.startsWith('yoloV3');
  const right = () => [
    new Float32Array(16).fill(0.5),
    ofGrid ? floats(0.5, 0.5) : new Float32Array(16).fill(1),
    new Float32Array(16).fill(7),
    1,
    0,
    4,
    2,
    2,
  ];

  function refuse(error: RegExp, change: Record<number, unknown>) {
    const args: unknown[] = right();
    Object.entries(change).forEach(([index, value]) => (args[Number(index)] = value));
    expectRefused(() => kernel(...args), [args[2]], error);
  }

  test('it throws on whatever is wrong', () => {
    const args = right();
    expect(kernel(...args)).toBe(0);
    expect(Array.from(args[2] as Float32Array)).not.toContain(7);
    for (let count = 0; count < (ofGrid ? 8 : 5); count++) {
      expect(thrownBy(() => kernel(...right().slice(0, count)))).toMatch(/^(Type|Range)Error/);
    }
    expect(thrownBy(() => Reflect.construct(kernel, []))).toMatch(/^TypeError/);
    for (const wrong of [undefined, null, 5, 'boxes', [], {}, new Float64Array(16), () => 4]) {
      for (const index of [0, 1, 2]) refuse(/^TypeError/, { [index]: wrong });
    }
    for (const wrong of NO_NUMBERS) {
      for (const index of [3, 4, 5, 6, 7]) refuse(/^TypeError/, { [index]: wrong });
    }
    for (const format of [...NO_QUANTITIES, 5]) refuse(/^RangeError/, { 4: format });
    for (const threads of [undefined, {}, 0, 1025, NaN]) refuse(/^RangeError/, { 3: threads });
    for (const length of [0, 1, 15, 17, 1000]) {
      refuse(/^RangeError/, { 0: new Float32Array(length) });
      refuse(/^RangeError/, { 2: new Float32Array(length) });
      if (!ofGrid || length % 2 === 1 || length === 0) {
        refuse(/^RangeError/, { 1: new Float32Array(length) });
      }
    }
    for (const side of [...NO_QUANTITIES, 0, 2 ** 32]) {
      if (ofGrid) refuse(/^RangeError/, { 6: side });
      if (ofGrid) refuse(/^RangeError/, { 7: side });
    }
    refuse(/^RangeError/, { 0: detached(16) });
    refuse(/^RangeError/, { 2: detached(16) });
    const memory = new Float32Array(32).fill(7);
    refuse(/^RangeError/, { 0: memory.subarray(0, 16), 2: memory.subarray(15, 31) });
    refuse(/^RangeError/, { 1: memory.subarray(ofGrid ? 14 : 0, 16), 2: memory.subarray(15, 31) });
  });

  test('any clamp', () => {
    for (const clamp of [0, -1, NaN, Infinity, -Infinity, 1e300]) {
      const args = right();
      args[5] = clamp;
      expect(kernel(...args)).toBe(0);
    }
  });
});
