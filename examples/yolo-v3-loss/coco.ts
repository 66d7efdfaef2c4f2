/**
 * From an annotation file in COCO's format to the instances that `assign.yoloV3` takes.
 */
import { readFileSync } from 'node:fs';
import type { assign } from 'detloss';
import * as values from './values';
import type { Entry, Id } from './values';

/** An image and its objects, of which there may be none. */
export interface AnnotatedImage {
  id: Id;
  /** Boxes are (y, x, h, w) as fractions of the image; labels go from 0 to classes − 1. */
  objects: { box: number[]; label: number }[];
}

/** How many annotations were left out, by the reason. */
export type LeftOut = Map<string, number>;

interface Image extends AnnotatedImage {
  width: number;
  height: number;
}

/**
 * Reads a file; of its images the first `limit`. What is neither right nor left out for a reason
 * that is counted throws an error, which names the file and the annotation.
 */
export function readCoco(path: string, limit: number) {
  const file = parse(path);
  const entries = values.listOf(path, 'images', file.images);
  const annotations = values.listOf(path, 'annotations', file.annotations);
  if (!entries?.length || !annotations?.length) {
    throw new Error(`${path}: expected 'images' and 'annotations', with at least one of each`);
  }
  const images = imagesOf(path, entries);
  const labels = labelsOf(path, annotations, values.listOf(path, 'categories', file.categories));
  const taken = [...images.values()].slice(0, limit);
  const takenIds = new Set(taken.map(({ id }) => id));
  const leftOut: LeftOut = new Map();
  checkIds(path, annotations);
  annotations.forEach((one, k) => {
    const place = placeOf(path, one, k);
    const image = images.get(values.idOf(place, 'image_id', one.image_id));
    const reason = reasonOf(place, one, image, takenIds) ?? addObject(place, one, image!, labels);
    if (reason !== undefined) leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  });
  return { classes: labels.size, images: taken as AnnotatedImage[], leftOut };
}

function parse(path: string): Entry {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: expected JSON: ${(error as Error).message}`, { cause: error });
  }
  if (values.isObject(file)) return file;
  throw values.wrong(path, "an object with 'images' and 'annotations'", file);
}

function imagesOf(path: string, entries: readonly Entry[]): Map<Id, Image> {
  const images = new Map<Id, Image>();
  entries.forEach((entry, k) => {
    const id = values.idOf(`${path}: images[${k}]`, 'id', entry.id);
    const place = `${path}: image ${id}`;
    if (images.has(id)) throw new Error(`${place}: expected one image of each id, got two`);
    const width = values.lengthOf(place, 'width', entry.width);
    const height = values.lengthOf(place, 'height', entry.height);
    images.set(id, { id, width, height, objects: [] });
  });
  return images;
}

/**
 * Each category's label. COCO's ids have gaps (1 to 90 for 80 categories), labels have none. Where
 * the file does not list its categories, they are those of its annotations.
 */
function labelsOf(
  path: string,
  annotations: readonly Entry[],
  categories: readonly Entry[] | undefined,
): Map<Id, number> {
  const ids =
    categories?.map(({ id }, k) => values.idOf(`${path}: categories[${k}]`, 'id', id)) ??
    annotations.map((one, k) => values.idOf(placeOf(path, one, k), 'category_id', one.category_id));
  const distinct = new Set(ids);
  if (categories !== undefined && distinct.size < ids.length) {
    const id = ids.find((one, k) => ids.indexOf(one) < k);
    throw new Error(`${path}: category ${id}: expected one category of each id, got two`);
  }
  const ascending = [...distinct].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return new Map(ascending.map((id, label) => [id, label]));
}

/** Two annotations of one id are one twice, or two of which one has a wrong id: nobody can tell. */
function checkIds(path: string, annotations: readonly Entry[]): void {
  const ids = new Set<Id>();
  annotations.forEach((one, k) => {
    if (one.id === undefined) return;
    const id = values.idOf(`${path}: annotations[${k}]`, 'id', one.id);
    if (ids.has(id)) {
      throw new Error(`${path}: annotation ${id}: expected one annotation of each id, got two`);
    }
    ids.add(id);
  });
}

/** Ids of annotations may be missing: then their place in the list tells which is meant. */
function placeOf(path: string, { id }: Entry, k: number): string {
  return `${path}: ${id === undefined ? `annotations[${k}]` : `annotation ${id}`}`;
}

/** Why an annotation is left out, whatever its box, or `undefined`. */
function reasonOf(
  place: string,
  { iscrowd, ignore }: Entry,
  image: Image | undefined,
  taken: ReadonlySet<Id>,
): string | undefined {
  if (image === undefined) return 'of images not listed';
  if (!taken.has(image.id)) return 'of images after the first ones';
  if (values.flagOf(place, 'iscrowd', iscrowd)) return 'crowds';
  if (values.flagOf(place, 'ignore', ignore)) return 'to be ignored';
  return undefined;
}

/** Adds an annotation to its image, or says why it is left out. */
function addObject(
  place: string,
  { bbox, category_id }: Entry,
  { width, height, objects }: Image,
  labels: ReadonlyMap<Id, number>,
): string | undefined {
  const [left, top, w, h] = values.boxOf(place, bbox);
  const label = labels.get(values.idOf(place, 'category_id', category_id));
  if (label === undefined) {
    throw values.wrong(place, "category_id to be one of 'categories'", category_id);
  }
  if (w === 0 || h === 0) return 'boxes without area';
  const [x0, x1] = [left, left + w].map((x) => Math.min(Math.max(x / width, 0), 1));
  const [y0, y1] = [top, top + h].map((y) => Math.min(Math.max(y / height, 0), 1));
  // (y, x, h, w), centre and size, as fractions of the image: of the box, what is inside of it.
  const box = [(y0 + y1) / 2, (x0 + x1) / 2, y1 - y0, x1 - x0];
  if (Math.fround(box[2]) === 0 || Math.fround(box[3]) === 0) return 'boxes outside of their image';
  objects.push({ box, label });
  return undefined;
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
