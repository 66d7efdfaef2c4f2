export type Numbers = ArrayLike<number>;

export const IOU_LOSSES = ['iou', 'giou', 'diou', 'ciou'] as const;

/** Expects every element within an absolute `tolerance` of the expected one. */
export function expectClose(actual: Numbers, expected: Numbers, tolerance = 1e-12) {
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(tolerance);
  }
}
