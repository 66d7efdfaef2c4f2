/** What the file of a loss in test/losses/examples has: what its card does not tell. */
import type { BoxFormat } from '../../lib/types';
import type { Arrays } from '../losses/table';
import type { Numbers } from './close';

/**
 * What leaves a loss as it is: moving prediction and target together, scaling them, swapping their
 * axes.
 */
export type Symmetry = 'translation' | 'scale' | 'transposition';

/** All of them. */
export const SHAPE = ['translation', 'scale', 'transposition'] as const;

/** A call worked by hand: the losses of its rows and the gradient of their sum. */
export interface Example {
  /** Options of the loss's own. Each set of them is a case of its own of the table. */
  options?: object;
  /** Of classes there are `CLASSES` of the table. */
  arrays: Arrays;
  format?: BoxFormat;
  losses: Numbers;
  grad: Numbers;
  /** Whether the gradient takes a part of the formula for constant, and so is not the loss's slope. */
  heldConstant?: true;
}

export interface LossExamples {
  symmetries: readonly Symmetry[];
  /** What no row's loss exceeds, where there is such a bound. */
  most?: number;
  /**
   * Whether a loss that is translated with its boxes is of more than differences of its inputs, which
   * are exact: of the angle of a box's sizes, say, which are rounded where a box is given by its ends.
   */
  ofAngles?: true;
  /** One for the defaults, for each choice of an option, and for a number that is not the default. */
  examples: readonly Example[];
  /** More options whose accuracy is measured of a few classes, or only of the usual rows. */
  measured?: readonly { options: object; usualOnly?: true }[];
}
