/**
 * The command line.
 */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';

type Options = Record<'images' | 'batch' | 'steps' | 'rate' | 'seed', number> & { history: string };

export function readOptions(): { file: string; options: Options } {
  const program = new Command()
    .name('npx tsx examples/yolo-v3-loss/main.ts')
    .description('The loss of YOLO v3 on annotations in COCO’s format.')
    .argument('[file]', 'annotations, as JSON', path.join(__dirname, 'boxes.json'))
    .option('--images <n>', 'images to take, the first of the file', whole(1), 100)
    .option('--batch <n>', 'images in a mini-batch', whole(1), 4)
    .option('--steps <n>', 'steps of gradient descent', whole(0), 20)
    .option('--rate <n>', 'the factor of the gradient in a step', number, 1)
    .option('--seed <n>', 'of the random features', whole(0), 1)
    .option('--history <file>', 'where to write the history', 'build/yolo-v3-loss.csv')
    .parse();
  return { file: program.processedArgs[0], options: program.opts<Options>() };
}

function number(text: string): number {
  if (Number.isFinite(Number(text))) return Number(text);
  throw new InvalidArgumentError('Expected a number.');
}

function whole(least: number) {
  return (text: string): number => {
    const value = number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}
