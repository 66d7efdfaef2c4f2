/** Boxes ↔ the deltas of Faster R-CNN: offsets from an anchor, as rows of four numbers. */
import type { BoxFormat } from '../types';
import { extentsIn, lnRatio, withPositiveSizes as withPositiveExtents } from './extent';
import { centreSize, rowIn, withPositiveSizes } from './formats';
import { Dual, exp, min } from './number';

/** The order of deltas: that of centre and size in the boxes' format, y first or x first. */
function deltaFormat(format: BoxFormat = 'yxhw'): BoxFormat {
  return format === 'yxhw' || format === 'tlbr' ? 'yxhw' : 'cxcywh';
}

/** t_y = (y − yᵃ)/hᵃ, t_x = (x − xᵃ)/wᵃ, t_h = ln(h/hᵃ), t_w = ln(w/wᵃ). */
export function encode(
  row: readonly Dual[],
  anchorRow: readonly Dual[],
  format?: BoxFormat,
): Dual[] {
  const [box, anchor] = [row, anchorRow].map((numbers) =>
    withPositiveExtents(extentsIn(format, numbers)),
  );
  const offset = (axis: 'y' | 'x') =>
    box[axis].centre.minus(anchor[axis].centre).total().over(anchor[axis].size.total());
  return rowIn(deltaFormat(format), {
    y: offset('y'),
    x: offset('x'),
    h: lnRatio(box.y.size, anchor.y.size),
    w: lnRatio(box.x.size, anchor.x.size),
  });
}

/** y = yᵃ + t_y·hᵃ, x = xᵃ + t_x·wᵃ, h = hᵃ·e^min(t_h, clamp), w = wᵃ·e^min(t_w, clamp). */
export function decode(
  deltas: readonly Dual[],
  anchorRow: readonly Dual[],
  clamp: number,
  format?: BoxFormat,
): Dual[] {
  const t = centreSize(deltas, deltaFormat(format));
  const anchor = withPositiveSizes(centreSize(anchorRow, format));
  const scale = (delta: Dual) => exp(min(delta, new Dual(clamp)));
  return rowIn(format, {
    y: anchor.y.plus(t.y.times(anchor.h)),
    x: anchor.x.plus(t.x.times(anchor.w)),
    h: anchor.h.times(scale(t.h)),
    w: anchor.w.times(scale(t.w)),
  });
}
