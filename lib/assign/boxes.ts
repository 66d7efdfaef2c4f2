import { wrongValue } from '../words';
import type { BoxFormat } from '../types';

/** A box by its centre and size. */
export interface CentreSize {
  y: number;
  x: number;
  h: number;
  w: number;
}

/** One row of a flat [N, 4] array. */
export function boxAt(boxes: Float32Array, row: number, format: BoxFormat): CentreSize {
  const k = 4 * row;
  const [a, b, c, d] = [boxes[k], boxes[k + 1], boxes[k + 2], boxes[k + 3]];
  switch (format) {
    case 'yxhw':
      return { y: a, x: b, h: c, w: d };
    case 'cxcywh':
      return { y: b, x: a, h: d, w: c };
    case 'xyxy':
      return { y: (b + d) / 2, x: (a + c) / 2, h: d - b, w: c - a };
    case 'tlbr':
      return { y: (a + c) / 2, x: (b + d) / 2, h: c - a, w: d - b };
    case 'xywh':
      return { y: b + d / 2, x: a + c / 2, h: d, w: c };
  }
}

/**
 * Throws a RangeError, which names the row, unless the box has a place and an area. `isPlace`
 * decides on the centre's coordinates, in the words of `rule`.
 */
export function checkBox(
  where: string,
  name: string,
  row: number,
  { y, x, h, w }: CentreSize,
  rule: string,
  isPlace: (coordinate: number) => boolean,
): void {
  if (!isPlace(y)) throw wrongPart(where, "centre's y", name, row, rule, y);
  if (!isPlace(x)) throw wrongPart(where, "centre's x", name, row, rule, x);
  if (!isSize(h)) throw wrongPart(where, 'height', name, row, SIZE_RULE, h);
  if (!isSize(w)) throw wrongPart(where, 'width', name, row, SIZE_RULE, w);
}

function wrongPart(
  where: string,
  part: string,
  name: string,
  row: number,
  rule: string,
  got: number,
): RangeError {
  return wrongValue(where, `the ${part} of row ${row} of ${name} to be ${rule}`, got);
}

const SIZE_RULE = 'a finite number above 0';

/** Whether a number can be a height or a width. */
function isSize(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}
