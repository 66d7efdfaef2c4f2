/**
 * From an annotation file in COCO's format to the instances that `assign.yoloV3` takes.
 */
import { readFileSync } from 'node:fs';
import type { assign } from 'detloss';

/** What is read of a COCO file. */
interface CocoFile {
  images: { id: number; width: number; height: number }[];
  /** Boxes are (left, top, width, height) in pixels; a crowd is one box around many objects. */
  annotations: { image_id: number; category_id: number; bbox: number[]; iscrowd?: 0 | 1 }[];
  categories?: { id: number }[];
}

/** An image and its objects, of which there may be none. */
export interface AnnotatedImage {
  id: number;
  /** Boxes are (y, x, h, w) as fractions of the image; labels go from 0 to classes − 1. */
  objects: { box: number[]; label: number }[];
  /** How many boxes were left out: crowds, and boxes without area inside the image. */
  leftOut: number;
}

/** Reads a file; of its images the first `limit`. */
export function readCoco(path: string, limit: number) {
  const file = JSON.parse(readFileSync(path, 'utf8')) as CocoFile;
  if (!file.images?.length || !file.annotations?.length) {
    throw new Error(`${path}: expected 'images' and 'annotations', with at least one of each`);
  }
  const labels = labelsOf(file);
  const images = file.images.slice(0, limit).map(({ id, width, height }): AnnotatedImage => {
    const annotations = file.annotations.filter(({ image_id }) => image_id === id);
    const objects = annotations
      .filter(({ iscrowd }) => !iscrowd)
      .map(({ bbox, category_id }) => ({
        box: normalise(bbox, width, height),
        label: labels.get(category_id)!,
      }))
      .filter(({ box: [, , h, w] }) => h > 0 && w > 0);
    return { id, objects, leftOut: annotations.length - objects.length };
  });
  return { classes: labels.size, images };
}

/** Each category's label. COCO's ids have gaps (1 to 90 for 80 categories), labels have none. */
function labelsOf({ annotations, categories = [] }: CocoFile): Map<number, number> {
  const ids = [...categories.map(({ id }) => id), ...annotations.map((one) => one.category_id)];
  const ascending = [...new Set(ids)].sort((a, b) => a - b);
  return new Map(ascending.map((id, label) => [id, label]));
}

/** The part of a box inside its image: (y, x, h, w), centre and size, as fractions of the image. */
function normalise([left, top, w, h]: number[], width: number, height: number): number[] {
  const [x0, x1] = [left, left + w].map((x) => Math.min(Math.max(x / width, 0), 1));
  const [y0, y1] = [top, top + h].map((y) => Math.min(Math.max(y / height, 0), 1));
  return [(y0 + y1) / 2, (x0 + x1) / 2, y1 - y0, x1 - x0];
}

/** The objects of a batch in flat arrays, with the place of their image in the batch. */
export function instancesOf(batch: readonly AnnotatedImage[]): assign.Instances {
  const rows = batch.flatMap(({ objects }, image) => objects.map((one) => ({ ...one, image })));
  return {
    boxes: Float32Array.from(rows.flatMap(({ box }) => box)),
    labels: Int32Array.from(rows, ({ label }) => label),
    images: Int32Array.from(rows, ({ image }) => image),
  };
}
