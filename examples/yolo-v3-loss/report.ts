/**
 * What the example prints.
 */
import type { yoloV3 } from 'detloss';
import type { AnnotatedImage, LeftOut } from './coco';
import { GRIDS } from './network';

const PARTS = ['box', 'objectness', 'category'] as const;

/** A line of a table: texts as they are, numbers with four decimals. */
export function line([first, ...cells]: (string | number)[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? cell : cell.toFixed(4)));
  return String(first).padStart(5) + texts.map((text) => text.padStart(11)).join('');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What was read: how many boxes, and how many are left out for which reason. */
export function dataLines(images: readonly AnnotatedImage[], leftOut: LeftOut): string {
  const reasons = [...leftOut].map(([reason, count]) => `${reason}: ${count}`).join(', ');
  return [
    `${images.length} images with ${sum(images.map(({ objects }) => objects.length))} boxes`,
    `left out: ${sum([...leftOut.values()])}${reasons && ` (${reasons})`}`,
  ].join('\n');
}

/** What `assign.yoloV3` left without an anchor; there is an image id for each such box. */
export function unassignedLine(unassigned: readonly string[]): string {
  const ids = [...new Set(unassigned)].join(', ');
  return `unassigned (another box has their anchor): ${unassigned.length}${ids && `, image ids ${ids}`}`;
}

/** A line for each scale and one for their sum: positives of all batches, parts as their mean. */
export function scaleTable(losses: readonly yoloV3.YoloV3Loss[]): string {
  const mean = (values: number[]) => sum(values) / losses.length;
  const rows = GRIDS.map(({ height, width }, s) => {
    const scale = losses.map(({ scales }) => scales[s]);
    return {
      name: `${height}×${width}`,
      positives: sum(scale.map(({ positives }) => positives)),
      parts: PARTS.map((part) => mean(scale.map((loss) => loss[part]))),
    };
  });
  const positives = sum(rows.map((row) => row.positives));
  return [
    line(['scale', 'positives', ...PARTS]),
    ...rows.map(({ name, positives, parts }) => line([name, String(positives), ...parts])),
    line([
      'sum',
      String(positives),
      ...PARTS.map((part) => mean(losses.map((loss) => loss[part]))),
    ]),
    `\ntotal ${mean(losses.map(({ total }) => total)).toFixed(4)}`,
  ].join('\n');
}
