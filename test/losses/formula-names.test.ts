/** A loss under the name of its formula is the loss of the detector to the last bit. */
import * as detloss from '../../lib';
import * as reference from '../../lib/reference';
import { random } from '../support/random';
import { thrownBy } from '../support/refusals';
import { ALIASES } from './aliases';
import { CASES } from './table';

type Call = (...args: unknown[]) => unknown;

function find(library: object, name: string): Call {
  const [family, member] = name.split('.');
  return (library as Record<string, Record<string, Call>>)[family][member];
}

test('there is one for every formula that has a detector’s name', () => {
  expect(ALIASES).toEqual([
    { name: 'box.anchorOffsets', sameAs: 'box.fasterRcnn' },
    { name: 'box.sqrtSizes', sameAs: 'box.yoloV1' },
    { name: 'category.binaryCrossEntropy', sameAs: 'category.yoloV3' },
    { name: 'category.crossEntropy', sameAs: 'category.fasterRcnn' },
    { name: 'category.squaredError', sameAs: 'category.yoloV1' },
    { name: 'objectness.binaryCrossEntropy', sameAs: 'objectness.yoloV3' },
  ]);
});

describe.each(ALIASES)('$name as $sameAs', ({ name, sameAs }) => {
  const [loss, same] = [name, sameAs].map((each) => find(detloss, each));
  const [ours, theirs] = [name, sameAs].map((each) => find(reference, each));
  const cases = CASES.filter((each) => each.name === sameAs);

  test.each(cases)('$title', ({ inputs, formats, options }) => {
    for (const make of Object.values(inputs)) {
      const arrays = make(random(3), 37, formats[0] ?? 'yxhw');
      for (const more of [
        { grad: true },
        { reduction: 'sum' },
        { reduction: 'none', grad: true },
      ]) {
        const all = { ...options, ...more };
        expect(loss(...arrays, all)).toEqual(same(...arrays, all));
        const doubles = { ...all, grad: false };
        expect(ours(...arrays, doubles)).toEqual(theirs(...arrays, doubles));
      }
    }
  });

  test('its errors have its name', () => {
    const [arrays] = cases.map(({ inputs }) => Object.values(inputs)[0](random(3), 4, 'yxhw'));
    for (const args of [[], [...arrays, { grad: 1 }], [...arrays, { gard: true }]]) {
      const [own, other] = [loss, same].map((call) => thrownBy(() => call(...args)));
      expect(own).toContain(`Error: ${name}: `);
      expect(own.replace(name, sameAs)).toBe(other);
    }
    expect(loss.name).toBe(name.split('.')[1]);
  });
});

test('objectness.binaryCrossEntropy is the mean by default, and may be balanced', () => {
  const [prob, target] = [Float32Array.of(0.2, 0.4, 0.9), Float32Array.of(1, 0, 0)];
  const call = (library: typeof detloss | typeof reference, options?: object) => [
    library.objectness.binaryCrossEntropy(prob, target, options),
    library.objectness.yoloV3(prob, target, options),
  ];
  for (const library of [detloss, reference]) {
    const [mean, balanced] = call(library);
    expect(call(library, { reduction: 'mean' })).toEqual([mean, mean]);
    expect(call(library, { reduction: 'balanced' })).toEqual([balanced, balanced]);
    expect(mean.loss).not.toBeCloseTo(balanced.loss!);
  }
});
