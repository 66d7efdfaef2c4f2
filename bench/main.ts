/**
 * `npm run bench`: the package as `npm run build` left it, which is what users load, against
 * JavaScript by hand, the machine and, where they are installed, peers, in speed and accuracy.
 */
import { writeFileSync } from 'node:fs';
import { program } from 'commander';
import { ALL_PAIRS, runAllPairs } from './all-pairs';
import { ALONE } from './alone';
import { parseArguments, type Part } from './arguments';
import { CASES } from './cases';
import { cudaReport } from './cuda';
import { DETECTOR, runDetector } from './detector/run';
import { EVENT_LOOP, runEventLoop } from './event-loop';
import { runJavaScript } from './javascript';
import { runLimits, type Extent } from './limits/run';
import { machine } from './machine';
import type { Effort } from './measure';
import { PEER_LOSSES } from './peers/losses';
import { runPeers } from './peers/run';
import { markdown, type Report } from './report';
import { runSmallCalls } from './small-calls/run';

const MEBIBYTE = 2 ** 20;

/** How long to measure, and on how much. */
interface Plan {
  javascript: Effort;
  limits: Effort;
  extent: Extent;
  smallCalls: Effort;
  whole: Effort;
  peers: Effort;
  peersSize: number;
  /** For the event loop. */
  boxes: number;
}

const THOROUGH: Plan = {
  javascript: { warmUp: 50, sample: 1, budget: 300, rounds: 7 },
  limits: { warmUp: 100, sample: 1, budget: 400, rounds: 5 },
  extent: { inside: MEBIBYTE / 2, beyond: 192 * MEBIBYTE },
  smallCalls: { warmUp: 50, sample: 0.1, budget: 60, rounds: 7 },
  whole: { warmUp: 200, sample: 1, budget: 1500, rounds: 7 },
  peers: { warmUp: 100, sample: 1, budget: 500, rounds: 3 },
  peersSize: MEBIBYTE,
  boxes: 50e6,
};

const QUICK: Plan = {
  javascript: { warmUp: 10, sample: 0.2, budget: 5, rounds: 2 },
  limits: { warmUp: 10, sample: 0.2, budget: 5, rounds: 2 },
  extent: { inside: MEBIBYTE / 2, beyond: 16 * MEBIBYTE },
  smallCalls: { warmUp: 5, sample: 0.02, budget: 0.2, rounds: 2 },
  whole: { warmUp: 30, sample: 0.5, budget: 40, rounds: 3 },
  peers: { warmUp: 10, sample: 0.2, budget: 20, rounds: 2 },
  peersSize: 2 ** 14,
  boxes: 5e6,
};

async function main(): Promise<void> {
  const options = parseArguments();
  const { parts, filter, sizes, seed, quick, python } = options;
  const plan = quick ? QUICK : THOROUGH;
  if (options.cuda) {
    process.stdout.write(await cudaReport(options, plan.javascript));
    return;
  }
  const cases = CASES.filter(({ name }) => filter.test(name));
  const native = [...cases, ...ALONE.filter(({ name }) => filter.test(name))];
  const peers = parts.includes('peers');
  const peerLosses = PEER_LOSSES.filter(({ name }) => filter.test(name));
  const wanted = (part: Part, name: string) => parts.includes(part) && filter.test(name);
  const wantedOfAll = (part: Part) => parts.includes(part) && cases.length > 0;
  const report: Report = { ...machine(), seed };
  const header = Object.keys(report).length;
  // Before any large call: see compile.
  if (wantedOfAll('small-calls')) report.smallCalls = runSmallCalls(cases, seed, plan.smallCalls);
  if (wantedOfAll('javascript')) {
    report.results = runJavaScript(cases, sizes, seed, plan.javascript);
  }
  if (parts.includes('limits') && native.length > 0) {
    report.limits = runLimits(native, plan.extent, seed, plan.limits);
  }
  if (wanted('all-pairs', ALL_PAIRS)) report.allPairs = runAllPairs(seed, plan.whole);
  if (wanted('detector', DETECTOR)) {
    report.detector = await runDetector(seed, plan.whole, peers ? python : undefined);
  }
  if (peers && peerLosses.length > 0) {
    report.peers = await runPeers(peerLosses, plan.peersSize, seed, plan.peers, python);
  }
  if (wanted('event-loop', EVENT_LOOP)) report.eventLoop = await runEventLoop(plan.boxes, seed);
  if (Object.keys(report).length === header) program.error(`no function matches ${filter}`);

  const { json } = options;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  const text = await markdown(report);
  if (options.markdown === undefined) process.stdout.write(text);
  else writeFileSync(options.markdown, text);
}

void main();
