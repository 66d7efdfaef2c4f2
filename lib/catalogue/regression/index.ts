/**
 * Elementwise regression losses of d = target − prediction.
 *
 * @module
 */

// The losses, in the order of their files. Written by npm run generate, as all below.
import * as huberModule from './huber';
export import huber = huberModule.huber;
export type * from './huber';
import * as l1Module from './l1';
export import l1 = l1Module.l1;
export type * from './l1';
import * as l2Module from './l2';
export import l2 = l2Module.l2;
export type * from './l2';
import * as smoothL1Module from './smooth-l1';
export import smoothL1 = smoothL1Module.smoothL1;
export type * from './smooth-l1';
