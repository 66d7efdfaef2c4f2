/**
 * `npm run bench`: the package as `npm run build` left it, which is what users load, against
 * JavaScript by hand, in speed and accuracy.
 */
import { writeFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { program } from 'commander';
import { random } from '../test/support/random';
import { parseArguments, type Arguments } from './arguments';
import { CONTENDERS, type Case, type Pass } from './case';
import { CASES } from './cases';
import { cudaReport } from './cuda';
import { DETECTOR, runDetector } from './detector/run';
import { machine } from './machine';
import { measure, warmUp, type Effort } from './measure';
import { markdown, sizeName, type Report, type Result, type Timing } from './report';

/** On how many results are compared with the reference: odd, so that loops by fours have a rest. */
const CHECKED_SIZE = 4099;
/** How far JavaScript may be from the reference: some roundings to float32. */
const TOLERANCE = 1e-6;

const THOROUGH: Effort = { warmUp: 200, sample: 1, budget: 500, rounds: 7 };
const QUICK: Effort = { warmUp: 30, sample: 0.5, budget: 40, rounds: 3 };

/** Compares with the reference, and lets the engine compile what is going to be timed. */
function check({ name, unit }: Case, pass: Pass, effort: Effort): Result {
  const { value, gradient, ...javaScript } = pass.errors();
  for (const [form, error] of Object.entries(javaScript)) {
    if (!(error <= TOLERANCE)) {
      throw new Error(
        `${form} ${name}, ${pass.computes}: error ${error} against detloss/reference`,
      );
    }
  }
  for (const contender of CONTENDERS) warmUp(pass.calls[contender], effort.warmUp);
  return {
    name,
    unit,
    computes: pass.computes,
    valueError: value,
    gradientError: gradient,
    times: [],
  };
}

function timing({ calls, count }: Pass, effort: Effort): Omit<Timing, 'size'> {
  const perCall = measure(
    CONTENDERS.map((contender) => calls[contender]),
    effort,
  );
  const [native, tuned, textbook] = perCall.map((time) => time / count);
  const ratios = { tuned: tuned / native, textbook: textbook / native };
  return { count, native, tuned, textbook, ratios };
}

function run(cases: readonly Case[], effort: Effort, { sizes, seed }: Arguments): Result[] {
  const bar = new SingleBar({ format: '{bar} {name}', clearOnComplete: true });
  bar.start(cases.length * (1 + sizes.length), 0, { name: '' });
  const results = cases.flatMap((entry) => {
    bar.update({ name: entry.name });
    const lines = entry
      .prepare(CHECKED_SIZE, random(seed))
      .map((pass) => check(entry, pass, effort));
    for (const size of sizes) {
      bar.increment({ name: `${entry.name} × ${sizeName(size)}` });
      entry.prepare(size, random(seed)).forEach((pass, k) => {
        lines[k].times.push({ size, ...timing(pass, effort) });
      });
    }
    bar.increment();
    return lines;
  });
  bar.stop();
  return results;
}

async function main(): Promise<void> {
  const options = parseArguments();
  const { filter, seed, quick, peers } = options;
  const effort = quick ? QUICK : THOROUGH;
  if (options.cuda) {
    process.stdout.write(await cudaReport(options, effort));
    return;
  }
  const cases = CASES.filter(({ name }) => filter.test(name));
  const whole = filter.test(DETECTOR);
  if (cases.length === 0 && !whole) program.error(`no function matches ${filter}`);
  const report: Report = { ...machine(), seed, results: run(cases, effort, options) };
  if (whole) report.detector = await runDetector(seed, effort, peers && options);
  const { json } = options;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  const table = await markdown(report);
  if (options.markdown === undefined) process.stdout.write(table);
  else writeFileSync(options.markdown, table);
}

void main();
