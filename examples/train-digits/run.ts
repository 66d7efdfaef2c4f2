/**
 * One run: the data of a seed, the epochs, and what they leave behind.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EpochLog, HistoryFile, historyChart } from 'detloss';
import { ANCHORS, gridsFor } from './anchors';
import type { Detection } from './detect';
import { readDigits } from './digits';
import { Network, SIDE } from './network';
import type { Options } from './options';
import { drawScenes } from './picture';
import { seeded } from '../random';
import { epochBar, heading, line } from './report';
import { scenes, type Scene } from './scenes';
import { CHANNELS, Trainer, truthsOf } from './train';

/** Scenes whose boxes the anchors are made from. */
const ANCHOR_SCENES = 300;
/** Scenes of the picture. */
const SHOWN = 12;

export interface Outcome {
  /** The validation columns of the last epoch. */
  last: Record<string, number>;
  minutes: number;
  /** Milliseconds of a step, and of the loss in it. */
  step: number;
  loss: number;
}

/** Trains, and writes history.csv, curves.svg and scenes.png to the folder `options.out`. */
export async function run(options: Options): Promise<Outcome> {
  const { epochs, batch, seed, box, rate, out } = options;
  const start = performance.now();
  const digits = readDigits();
  // A generator for each: the network starts the same however many scenes there are.
  const training = scenes(digits.train, SIDE, seeded(seed));
  const validation = take(scenes(digits.validation, SIDE, seeded(~seed)), options.validation);
  const grids = await gridsFor(take(training, ANCHOR_SCENES), seed);
  const network = new Network(seeded(seed), ANCHORS, CHANNELS);
  const steps = Math.ceil(options.scenes / batch);
  const trainer = new Trainer(network, grids, box, rate, epochs * steps);

  const history = freshHistory(out);
  let last: Record<string, number> = {};
  let detections: Detection[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const log = new EpochLog();
    const bar = epochBar(epoch, epochs, steps);
    for (let step = 0; step < steps; step++) {
      const left = options.scenes - step * batch;
      const columns = trainer.train(take(training, Math.min(batch, left)));
      log.append(columns);
      bar.advance(columns.total_loss);
    }
    bar.stop();
    const summary = log.summary();
    ({ columns: last, detections } = trainer.validate(validation, batch));
    history.save(epoch, summary, last);
    if (epoch === 1) console.log(heading(summary, last));
    console.log(line(epoch, summary, last));
  }
  writeFileSync(path.join(out, 'curves.svg'), await historyChart(history.read()));
  const picture = await drawScenes(
    validation.slice(0, SHOWN),
    truthsOf(validation.slice(0, SHOWN)),
    detections,
  );
  writeFileSync(path.join(out, 'scenes.png'), picture);
  const { time } = trainer;
  trainer.dispose();
  return {
    last,
    minutes: (performance.now() - start) / 60_000,
    step: time.steps / (epochs * steps),
    loss: time.loss / (epochs * steps),
  };
}

function take(stream: Generator<Scene, never>, count: number): Scene[] {
  return Array.from({ length: count }, () => stream.next().value);
}

/** A new history: a run that is resumed would go on with the file there is. */
function freshHistory(folder: string): HistoryFile {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'history.csv');
  rmSync(file, { force: true });
  return new HistoryFile(file);
}
