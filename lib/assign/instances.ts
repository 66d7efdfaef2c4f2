/**
 * The ground truth of a batch of images, and its place in the cells of a YOLO target.
 */
import { checkIntegers, checkRows } from '../check';
import { ownOf } from '../options';
import { wrongKind, wrongValue } from '../words';
import { allocate } from '../device';
import { boxAt, checkBox, type CentreSize } from './boxes';

/** The objects of a batch of images: M boxes, in any order. */
export interface Instances {
  /** `[M, 4]`: centres and sizes as fractions of the image. */
  boxes: Float32Array;
  /** `[M]`: each box's class, from 0. */
  labels: Int32Array;
  /** `[M]`: the image each box lies in, from 0 to `batch` − 1. */
  images: Int32Array;
}

/** What a grid of cells should answer; a place is a cell, or one of a cell's anchors. */
export interface CellTarget {
  /** `[places, 4]`: the box of each place's object; 0 where there is none. */
  box: Float32Array;
  /** `[places]`: 1 where there is an object, 0 elsewhere. */
  objectness: Float32Array;
  /** `[places]`: the class of each place's object; 0 where there is none. */
  labels: Int32Array;
}

/** The two formats that give a box by its centre. */
export type CentreFormat = 'yxhw' | 'cxcywh';

const NAMES = ['boxes', 'labels', 'images'];

/** One object. */
export interface Instance extends CentreSize {
  row: number;
  label: number;
  image: number;
}

/** Checks every row of {@link Instances} and returns them as objects. */
export function readInstances(
  where: string,
  value: unknown,
  batch: number,
  format: CentreFormat,
): Instance[] {
  if (typeof value !== 'object' || value === null) {
    throw wrongKind(where, 'instances', 'an object', value);
  }
  const { boxes, labels, images } = ownOf(value as Instances, NAMES);
  const count = checkRows(where, 'instances.boxes', boxes, 4);
  checkIntegers(where, 'instances.labels', labels, count, 'instances.boxes.length / 4');
  checkIntegers(where, 'instances.images', images, count, 'instances.boxes.length / 4');

  return Array.from({ length: count }, (_, row) => {
    const box = boxAt(boxes, row, format);
    checkBox(where, 'instances.boxes', row, box, 'from 0 to 1', isFraction);
    const [label, image] = [labels[row], images[row]];
    if (label < 0) throw wrongValue(where, `instances.labels[${row}] to be at least 0`, label);
    if (image < 0 || image >= batch) {
      const rule = `instances.images[${row}] to be from 0 to batch − 1 (${batch - 1})`;
      throw wrongValue(where, rule, image);
    }
    return { ...box, row, label, image };
  });
}

function isFraction(value: number): boolean {
  return value >= 0 && value <= 1;
}

/** The cell, of `cells` side by side, that holds a centre; the last one holds the image's edge. */
export function cellOf(centre: number, cells: number): number {
  return Math.min(Math.floor(centre * cells), cells - 1);
}

/** A target without any object. */
export function emptyTarget(where: string, places: number): CellTarget {
  return {
    box: allocate(where, Float32Array, 4 * places),
    objectness: allocate(where, Float32Array, places),
    labels: allocate(where, Int32Array, places),
  };
}

/** Puts an object in a place, unless one is there already; returns whether it did. */
export function claim(
  target: CellTarget,
  place: number,
  label: number,
  { y, x, h, w }: CentreSize,
  format: CentreFormat,
): boolean {
  if (target.objectness[place] !== 0) return false;
  target.box.set(format === 'yxhw' ? [y, x, h, w] : [x, y, w, h], 4 * place);
  target.objectness[place] = 1;
  target.labels[place] = label;
  return true;
}
