export type Numbers = ArrayLike<number>;

export const IOU_LOSSES = ['iou', 'giou', 'diou', 'ciou'] as const;

/** Expects every element within an absolute `tolerance` of the expected one. */
export function expectClose(actual: Numbers, expected: Numbers, tolerance = 1e-12) {
  expect(actual).toHaveLength(expected.length);
  const wrong: string[] = [];
  for (let i = 0; i < expected.length && wrong.length < 5; i++) {
    if (Math.abs(actual[i] - expected[i]) <= tolerance) continue;
    wrong.push(`element ${i}: ${actual[i]} instead of ${expected[i]}`);
  }
  expect(wrong).toEqual([]);
}

/** Expects the same numbers to the last bit, NaN being NaN; a few of the differences are shown. */
export function expectSame(actual: Numbers, expected: Numbers) {
  expect(actual).toHaveLength(expected.length);
  const wrong: string[] = [];
  for (let i = 0; i < expected.length && wrong.length < 5; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    wrong.push(`element ${i}: ${actual[i]} instead of ${expected[i]}`);
  }
  expect(wrong).toEqual([]);
}
