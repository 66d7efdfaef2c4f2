/**
 * Pairs every detection with the annotation of its image and class that it overlaps most.
 *
 * Boxes are (left, top, width, height), as COCO files have them: the format 'xywh'.
 */
import { overlap } from 'detloss';

interface CocoBox {
  image_id: number;
  category_id: number;
  bbox: [left: number, top: number, width: number, height: number];
}

/** What of a COCO file the example reads: its annotations, and detections beside them. */
export interface CocoFile {
  annotations: (CocoBox & { iscrowd?: 0 | 1 })[];
  detections: CocoBox[];
}

/** Matched boxes, row by row. */
export interface Pairs {
  detections: Float32Array;
  annotations: Float32Array;
  /** Detections with no annotation of their class in their image. */
  unmatched: number;
}

/** The boxes by image and class. */
function grouped<Box extends CocoBox>(boxes: Box[]): Map<string, Box[]> {
  const groups = new Map<string, Box[]>();
  for (const box of boxes) {
    const key = `${box.image_id} ${box.category_id}`;
    const group = groups.get(key);
    if (group) group.push(box);
    else groups.set(key, [box]);
  }
  return groups;
}

function flat(boxes: CocoBox[]): Float32Array {
  return Float32Array.from(boxes.flatMap(({ bbox }) => bbox));
}

/** Matches the detections of a file. The boxes of crowds, which hold many objects, take no part. */
export function match(file: CocoFile): Pairs {
  const objects = grouped(file.annotations.filter(({ iscrowd }) => !iscrowd));
  const detected: CocoBox[] = [];
  const annotated: CocoBox[] = [];
  let unmatched = 0;
  for (const [key, detections] of grouped(file.detections)) {
    const candidates = objects.get(key);
    if (!candidates) {
      unmatched += detections.length;
      continue;
    }
    const iou = overlap.iou(flat(detections), flat(candidates), { format: 'xywh' });
    detections.forEach((detection, row) => {
      const ious = iou.subarray(row * candidates.length, (row + 1) * candidates.length);
      detected.push(detection);
      annotated.push(candidates[ious.indexOf(Math.max(...ious))]);
    });
  }
  return { detections: flat(detected), annotations: flat(annotated), unmatched };
}
