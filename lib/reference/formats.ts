import type { BoxFormat } from '../types';
import { countsAsZero, LEAST_SIZE } from './extent';
import { Dual } from './number';

/** A box by its centre and size. */
export interface Box {
  y: Dual;
  x: Dual;
  h: Dual;
  w: Dual;
}

/** A row's four numbers → centre and size. */
export function centreSize([a, b, c, d]: readonly Dual[], format: BoxFormat = 'yxhw'): Box {
  switch (format) {
    case 'yxhw':
      return { y: a, x: b, h: c, w: d };
    case 'cxcywh':
      return { x: a, y: b, w: c, h: d };
    case 'xyxy':
      return { x: a.plus(c).over(2), y: b.plus(d).over(2), w: c.minus(a), h: d.minus(b) };
    case 'tlbr':
      return { y: a.plus(c).over(2), x: b.plus(d).over(2), h: c.minus(a), w: d.minus(b) };
    case 'xywh':
      return { x: a.plus(c.over(2)), y: b.plus(d.over(2)), w: c, h: d };
  }
}

/** Centre and size → a row's four numbers: the inverse of `centreSize`. */
export function rowIn(format: BoxFormat = 'yxhw', { y, x, h, w }: Box): Dual[] {
  const [top, left] = [y.minus(h.over(2)), x.minus(w.over(2))];
  const [bottom, right] = [y.plus(h.over(2)), x.plus(w.over(2))];
  switch (format) {
    case 'yxhw':
      return [y, x, h, w];
    case 'cxcywh':
      return [x, y, w, h];
    case 'xyxy':
      return [left, top, right, bottom];
    case 'tlbr':
      return [top, left, bottom, right];
    case 'xywh':
      return [left, top, w, h];
  }
}

/** The box with a height or width of 0 or less counted as 1e-7, whose derivative is 0. */
export function withPositiveSizes(box: Box): Box {
  const size = (s: Dual) => (countsAsZero(s.value) ? new Dual(LEAST_SIZE) : s);
  return { ...box, h: size(box.h), w: size(box.w) };
}
