/**
 * The command line.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { BOX_TERMS, type BoxTerm } from './train';

export interface Options {
  epochs: number;
  scenes: number;
  validation: number;
  batch: number;
  rate: number;
  seed: number;
  box: BoxTerm;
  compare: boolean;
  out: string;
}

export function readOptions(): Options {
  return new Command()
    .name('npm run train --')
    .description('Trains a small YOLO v3 on scenes of handwritten digits.')
    .option('--epochs <n>', 'passes, each of new scenes', whole, 14)
    .option('--scenes <n>', 'scenes of an epoch', whole, 1600)
    .option('--validation <n>', 'scenes to validate with', whole, 320)
    .option('--batch <n>', 'scenes of a step', whole, 8)
    .option('--rate <n>', 'the highest learning rate', positive, 0.004)
    .option('--seed <n>', 'of scenes, anchors and weights', whole, 1)
    .addOption(new Option('--box <loss>', 'the box term').choices(BOX_TERMS).default('ciou'))
    .option('--compare', 'trains once with every box term and compares them', false)
    .option('--out <folder>', 'where history, curves and picture go', 'build/train-digits')
    .parse()
    .opts<Options>();
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

function whole(text: string): number {
  const value = positive(text);
  if (Number.isInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}
