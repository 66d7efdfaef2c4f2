/**
 * Draws the pictures of docs/losses.md, from what the library computes.
 */
import path from 'node:path';
import { writeSvg } from '../examples/svg';
import { aspectFigure } from './figures/aspect';
import { crossEntropyFigure } from './figures/cross-entropy';
import { directionsFigure } from './figures/directions';
import { regressionFigure } from './figures/regression';
import { slidingFigure } from './figures/sliding';

const FIGURES = {
  'l1-l2-huber': regressionFigure,
  'iou-losses': slidingFigure,
  'ciou-aspect': aspectFigure,
  'gradient-directions': directionsFigure,
  'cross-entropy': crossEntropyFigure,
};

async function main(): Promise<void> {
  for (const [name, draw] of Object.entries(FIGURES)) {
    await writeSvg(draw(), path.join(__dirname, '../docs', `${name}.svg`));
  }
}

void main();
