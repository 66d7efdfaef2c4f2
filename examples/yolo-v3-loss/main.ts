/**
 * The loss of YOLO v3 on annotations in COCO's format: from boxes in pixels to the gradient.
 *
 *     npx tsx examples/yolo-v3-loss/main.ts [file] [--batch <n>] [--steps <n>]
 *
 * No network takes part. Random features stand for the output of an untrained one, and gradient
 * descent moves the features themselves; a training loop hands the same gradient to its network.
 */
import { assign, EpochLog, HistoryFile, objectnessQuality, yoloV3 } from 'detloss';
import { type AnnotatedImage, instancesOf, readCoco } from './coco';
import { GRIDS, randomFeatures } from './network';
import { readOptions } from './options';
import { dataLines, line, scaleTable, unassignedLine } from './report';
import { seeded } from '../random';

/** A mini-batch: what the network answers on every scale, and what it should answer. */
interface Batch {
  /** How many images. */
  size: number;
  scales: yoloV3.YoloV3Scale[];
  /** For each box that won no anchor, the id of its image. */
  unassigned: string[];
}

function makeBatch(images: AnnotatedImage[], classes: number, random: () => number): Batch {
  const instances = instancesOf(images);
  const { targets, unassigned } = assign.yoloV3(instances, { batch: images.length, scales: GRIDS });
  return {
    size: images.length,
    scales: GRIDS.map((grid, s) => ({
      ...grid,
      features: randomFeatures(grid, images.length, classes, random),
      target: targets[s],
    })),
    unassigned: Array.from(unassigned, (row) => images[instances.images[row]].id),
  };
}

/** One pass over the batches: the loss of each, and a step of its features down the gradient. */
function runEpoch(batches: Batch[], classes: number, rate: number) {
  const log = new EpochLog();
  // All batches share one set of arrays, of the length of the first: no other is larger.
  const buffers = batches[0].scales.map(({ features }) => new Float32Array(features.length));
  const losses = batches.map(({ size, scales }) => {
    const grad = scales.map(({ features }, s) => buffers[s].subarray(0, features.length));
    const loss = yoloV3.loss({ batch: size, classes, scales, grad });
    log.append({
      total_loss: loss.total,
      ciou: loss.box,
      object: loss.objectness,
      category: loss.category,
      ...qualityOf(scales, classes),
    });
    // Here a network's backward pass would begin.
    scales.forEach(({ features }, s) => descend(features, grad[s], rate));
    return loss;
  });
  return { losses, summary: log.summary() };
}

/** `pos_obj` and `neg_obj`, over all scales. */
function qualityOf(scales: yoloV3.YoloV3Scale[], classes: number) {
  const [pred, target]: number[][] = [[], []];
  for (const scale of scales) {
    scale.target.objectness.forEach((object, row) => {
      const logit = scale.features[row * (5 + classes) + 4];
      pred.push(1 / (1 + Math.exp(-logit)));
      target.push(object);
    });
  }
  return objectnessQuality(new Float32Array(pred), new Float32Array(target));
}

function descend(features: Float32Array, grad: Float32Array, rate: number): void {
  for (let i = 0; i < features.length; i++) features[i] -= rate * grad[i];
}

function main(): void {
  const { file, options } = readOptions();
  const { classes, images, leftOut } = readCoco(file, options.images);
  console.log(dataLines(images, leftOut));
  if (images.every(({ objects }) => objects.length === 0)) {
    throw new Error(`${file}: expected at least one box that can be used, got none`);
  }
  const random = seeded(options.seed);
  const batches: Batch[] = [];
  for (let first = 0; first < images.length; first += options.batch) {
    batches.push(makeBatch(images.slice(first, first + options.batch), classes, random));
  }
  const unassigned = batches.flatMap((batch) => batch.unassigned);
  console.log(`${unassignedLine(unassigned)}\n`);

  // Each run starts anew: of an earlier one's rows, all come after this one's first.
  const history = new HistoryFile(options.history, { laterRows: 'drop' });
  const interval = Math.ceil(options.steps / 10);
  for (let step = 0; step <= options.steps; step++) {
    const { losses, summary } = runEpoch(batches, classes, options.rate);
    history.save(step, summary);
    if (step === 0) {
      console.log(`${scaleTable(losses)}\n`);
      console.log(line(['step', ...Object.keys(summary)]));
    }
    if (step % interval === 0 || step === options.steps) {
      console.log(line([step, ...Object.values(summary)]));
    }
  }
  console.log(`\nEvery step: ${options.history}`);
}

try {
  main();
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
