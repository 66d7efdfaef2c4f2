/**
 * The results as Markdown.
 */
import { format } from 'prettier';
import { allPairsSection, type PairsResult } from './all-pairs';
import type { DetectorReport } from './detector/run';
import { detectorSection } from './detector/section';
import { eventLoopSection, type LoopReport } from './event-loop';
import { javaScriptSection, type Result } from './javascript';
import type { LimitsReport } from './limits/run';
import { limitsSection } from './limits/section';
import type { Machine } from './machine';
import type { PeersReport } from './peers/run';
import { peersSection } from './peers/section';
import type { SmallResult } from './small-calls/run';
import { smallCallsSection } from './small-calls/section';

export interface Report extends Machine {
  seed: number;
  /** Against JavaScript. */
  results?: Result[];
  /** Against the machine. */
  limits?: LimitsReport;
  smallCalls?: SmallResult[];
  allPairs?: PairsResult[];
  /** The loss of a whole detector. */
  detector?: DetectorReport;
  peers?: PeersReport;
  eventLoop?: LoopReport;
}

export function markdown(report: Report): Promise<string> {
  const { cpu, cores, target, node, detloss, date, seed } = report;
  const text = [
    '# Benchmark',
    `${cpu}, ${cores} cores, ${target}; Node ${node}, detloss ${detloss}; ${date}; seed ${seed}.`,
    ...javaScriptSection(report.results),
    ...limitsSection(report.limits),
    ...smallCallsSection(report.smallCalls),
    ...allPairsSection(report.allPairs),
    ...detectorSection(report.detector),
    ...peersSection(report.peers),
    ...eventLoopSection(report.eventLoop),
  ];
  return format(text.join('\n\n'), {
    parser: 'markdown',
    printWidth: 100,
    proseWrap: 'always',
  });
}
