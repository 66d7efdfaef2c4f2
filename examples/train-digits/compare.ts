/**
 * The same training with every box term: the same scenes, the same initial weights.
 */
import path from 'node:path';
import type { Options } from './options';
import { run } from './run';
import { BOX_TERMS } from './train';

export async function compare(options: Options): Promise<void> {
  const lines: string[] = [];
  for (const box of BOX_TERMS) {
    console.log(`\n--- ${box}`);
    const { last, minutes } = await run({ ...options, box, out: path.join(options.out, box) });
    const numbers = [last.ap50, last.ap75, last.recall, last.precision];
    const cells = [...numbers.map((value) => value.toFixed(3)), minutes.toFixed(1)];
    lines.push(`| ${[box.padEnd(4), ...cells].join(' | ')} |`);
  }
  console.log(`\n| box | AP@0.5 | AP@0.75 | recall | precision | minutes |`);
  console.log(`| --- | --- | --- | --- | --- | --- |\n${lines.join('\n')}`);
}
