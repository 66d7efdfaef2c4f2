/**
 * Arrays of 8 GiB: rows whose numbers lie beyond every 32-bit number of bytes and of elements. They
 * take next to no memory, for the system gives none to zeros that are only read.
 */
import os from 'node:os';
import { box, regression } from 'detloss';

const LENGTH = 2 ** 31;
const GIBIBYTE = 2 ** 30;

function allocate(): Float32Array[] | undefined {
  try {
    return [new Float32Array(LENGTH), new Float32Array(LENGTH)];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function main(): void {
  // Where pages that are only read take memory after all, it has to be there.
  const free = os.freemem() / GIBIBYTE;
  const arrays = free < 3 ? undefined : allocate();
  if (arrays === undefined) {
    console.log(`skipped: with ${free.toFixed(1)} GiB free there are no arrays of 8 GiB`);
    return;
  }
  const [pred, target] = arrays;
  const places = [0, 2 ** 29 + 4, 2 ** 30 + 8, LENGTH - 4];
  for (const place of places) {
    pred.set([0, 0, 1, 1], place);
    target.set([0, 0, 1, 2], place);
  }
  const sum = regression.l1(pred, target, { reduction: 'sum' }).loss;
  if (sum !== places.length) throw new Error(`l1 of ${places.length} ones is ${sum}`);
  // A row of zeros has the loss 1, and these have 1/2.
  const rows = LENGTH / 4;
  const iou = box.iou(pred, target, { reduction: 'sum' }).loss;
  if (iou !== rows - places.length / 2) throw new Error(`iou is ${iou}`);
  console.log('losses of arrays of 8 GiB');
}

main();
