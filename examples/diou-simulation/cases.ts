/**
 * The regression cases of the simulation: every anchor box has to become every target box.
 *
 * Boxes are (centre x, centre y, width, height), the format 'cxcywh'.
 */

/** The centre all targets share. */
const CENTRE = 10;
/** Anchors are centred in the disc of this radius about it. */
const RADIUS = 3;

/** Width to height, 1:4 to 4:1, of targets and anchors. */
const RATIOS = [1 / 4, 1 / 3, 1 / 2, 1, 2, 3, 4];
const TARGET_AREAS = [1];
const ANCHOR_AREAS = [0.5, 0.67, 0.75, 1, 1.33, 1.5, 2];

/** Anchor centres at full size, as in the paper. */
export const FULL_POINTS = 5000;

/** Cases of a number of anchor centres, each with 7 targets × 7 areas × 7 ratios. */
export function caseCount(points: number): number {
  return points * (TARGET_AREAS.length * RATIOS.length) * (ANCHOR_AREAS.length * RATIOS.length);
}

/** [width, height] of a box of every area and ratio. */
function sizes(areas: number[]): [width: number, height: number][] {
  return areas.flatMap((area) =>
    RATIOS.map((ratio): [number, number] => [Math.sqrt(area * ratio), Math.sqrt(area / ratio)]),
  );
}

/** Point `k` of `points` spread evenly over the disc, like the seeds of a sunflower. */
function discPoint(k: number, points: number): [x: number, y: number] {
  const radius = RADIUS * Math.sqrt((k + 0.5) / points);
  const angle = k * Math.PI * (3 - Math.sqrt(5));
  return [CENTRE + radius * Math.cos(angle), CENTRE + radius * Math.sin(angle)];
}

/** Anchors and targets of the points `first` to `last` (exclusive) of `points`, row by row. */
export function casesOf(first: number, last: number, points: number) {
  const anchorSizes = sizes(ANCHOR_AREAS);
  const targetSizes = sizes(TARGET_AREAS);
  const anchors = new Float32Array(4 * caseCount(last - first));
  const targets = new Float32Array(anchors.length);
  let at = 0;
  for (let k = first; k < last; k++) {
    const [x, y] = discPoint(k, points);
    for (const [width, height] of anchorSizes) {
      for (const [targetWidth, targetHeight] of targetSizes) {
        anchors.set([x, y, width, height], at);
        targets.set([CENTRE, CENTRE, targetWidth, targetHeight], at);
        at += 4;
      }
    }
  }
  return { anchors, targets };
}
