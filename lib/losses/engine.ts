/**
 * Engines, which losses are bound to: they have the kernels.
 */
import { native } from '../binding';
import type { ClassKernel, LossKernel } from '../kernels';

export interface Engine {
  /** The kernel of that name in a family, which is looked up when a loss is first called. */
  kernel(family: string, name: string): LossKernel | ClassKernel;
}

type Kernels = Readonly<Record<string, Readonly<Record<string, LossKernel | ClassKernel>>>>;

/** The processor, whose addon is loaded when the first kernel is looked up. */
export const processor: Engine = {
  kernel: (family, name) => (native as unknown as Kernels)[family][name],
};
