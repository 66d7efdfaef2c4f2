/** The formats of boxes, by the numbers that kernels have for them: their positions in the list. */
import { choose } from './check';
import type { BoxFormat } from './types';

export const FORMATS = ['yxhw', 'cxcywh', 'xyxy', 'tlbr', 'xywh'] as const;

/** Those of a centre and a size, which raw features come in. */
export const CENTRE_FORMATS = ['yxhw', 'cxcywh'] as const;

/** The format of a call's boxes, by its position in FORMATS. */
export function formatOf(where: string, options: { format?: BoxFormat } | undefined): number {
  return choose(where, 'format', options?.format, FORMATS);
}
