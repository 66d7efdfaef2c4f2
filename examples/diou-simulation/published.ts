/** The curves the paper printed, by the names of the losses. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LossName } from './simulate';

interface Published {
  /** Where the numbers come from. */
  source: string;
  iterations: number[];
  /** The total error at those iterations; the figure has no CIoU. */
  totalError: Partial<Record<LossName, number[]>>;
}

export const published = JSON.parse(
  readFileSync(path.join(__dirname, 'published.json'), 'utf8'),
) as Published;

/** The published total error of a loss after an iteration, where the paper has it. */
export function publishedError(name: LossName, iteration: number): number | undefined {
  return published.totalError[name]?.[published.iterations.indexOf(iteration)];
}
