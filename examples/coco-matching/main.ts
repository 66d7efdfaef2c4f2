/**
 * How far detections are from the objects they were meant for: IoU, losses and their gradients.
 *
 *     npx tsx examples/coco-matching/main.ts [file] [--pairs <file>] [--compare]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { box, overlap } from 'detloss';
import { type CocoFile, match, type Pairs } from './match';

const LOSSES = { iou: box.iou, giou: box.giou, diou: box.diou, ciou: box.ciou };

/** Every pair's loss and gradient by the detected box, for each of the losses. */
function evaluate({ detections, annotations }: Pairs) {
  return Object.entries(LOSSES).map(([name, loss]) => ({
    name,
    ...loss(detections, annotations, { format: 'xywh', reduction: 'none', grad: true }),
  }));
}

type Results = ReturnType<typeof evaluate>;

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** The length of each row of a gradient [N, 4]. */
function norms(grad: Float32Array): number[] {
  return Array.from({ length: grad.length / 4 }, (_, i) =>
    Math.hypot(...grad.subarray(4 * i, 4 * i + 4)),
  );
}

function report(pairs: Pairs, results: Results): void {
  const iou = overlap.alignedIou(pairs.detections, pairs.annotations, { format: 'xywh' });
  const apart = iou.filter((value) => value === 0).length;
  console.log(
    `${iou.length} pairs, ${apart} of them apart; ${pairs.unmatched} unmatched detections`,
  );
  if (iou.length === 0) return;
  console.log(`mean IoU ${mean(iou).toFixed(4)}\n`);
  console.log('loss     mean     mean |gradient|   greatest |gradient|');
  for (const { name, losses, grad } of results) {
    const lengths = norms(grad);
    const columns = [
      name.padEnd(8),
      mean(losses).toFixed(4).padEnd(8),
      mean(lengths).toExponential(3).padEnd(17),
      lengths.reduce((a, b) => Math.max(a, b)).toExponential(3),
    ];
    console.log(columns.join(' '));
  }
  console.log('\nGradients are by left, top, width and height, per pixel.');
}

/** Writes the pairs and results for other programs, such as with_torchvision.py, to read. */
function writePairs(file: string, pairs: Pairs, results: Results): void {
  const content = {
    format: 'xywh',
    detections: Array.from(pairs.detections),
    annotations: Array.from(pairs.annotations),
    results: Object.fromEntries(
      results.map(({ name, losses, grad }) => [
        name,
        { losses: Array.from(losses), grad: Array.from(grad) },
      ]),
    ),
  };
  writeFileSync(file, JSON.stringify(content) + '\n');
}

/** Has torchvision compute the same; its exit code tells whether the results agree. */
function compare(python: string, pairs: Pairs, results: Results): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'detloss-'));
  try {
    const file = path.join(folder, 'pairs.json');
    writePairs(file, pairs, results);
    const script = path.join(__dirname, 'with_torchvision.py');
    console.log();
    const { status, error } = spawnSync(python, [script, file], { stdio: 'inherit' });
    if (error) console.error(`Could not start ${python}: ${error.message}`);
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main(): void {
  const program = new Command()
    .name('npx tsx examples/coco-matching/main.ts')
    .description('Matches detections to COCO annotations and measures what is between them.')
    .argument('[file]', 'JSON with annotations and detections', path.join(__dirname, 'boxes.json'))
    .option('--pairs <file>', 'write the matched pairs and the results to a JSON file')
    .option('--compare', 'compute the same with torchvision and show the differences')
    .option('--python <path>', 'the Python that has torchvision', 'python3')
    .parse();
  const options = program.opts<{ pairs?: string; compare?: boolean; python: string }>();

  const input: string = program.processedArgs[0];
  const file = JSON.parse(readFileSync(input, 'utf8')) as CocoFile;
  if (!file.annotations || !file.detections) {
    program.error(`${input}: expected an object with 'annotations' and 'detections'`);
  }
  const pairs = match(file);
  const results = evaluate(pairs);
  report(pairs, results);
  if (options.pairs !== undefined) writePairs(options.pairs, pairs, results);
  if (options.compare) compare(options.python, pairs, results);
}

main();
