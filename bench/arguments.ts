/**
 * What `npm run bench` can be asked for.
 */
import { Argument, InvalidArgumentError, Option, program } from 'commander';

/** What the benchmark consists of. */
export const PARTS = [
  'javascript',
  'limits',
  'small-calls',
  'all-pairs',
  'detector',
  'event-loop',
  'peers',
] as const;

export type Part = (typeof PARTS)[number];

const WITHOUT_PEERS = PARTS.filter((part) => part !== 'peers');

export interface Arguments {
  parts: readonly Part[];
  filter: RegExp;
  sizes: number[];
  seed: number;
  quick?: true;
  cuda?: true;
  python: string;
  json?: string;
  markdown?: string;
}

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new InvalidArgumentError(String(error));
  }
}

function parseSize(text: string): number {
  const [, digits, suffix] = /^(\d+)([kM]?)$/.exec(text) ?? [];
  const size = Number(digits) * { '': 1, k: 2 ** 10, M: 2 ** 20 }[suffix as '' | 'k' | 'M'];
  if (!(size >= 1)) throw new InvalidArgumentError(`${text} is not a size.`);
  return size;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError(`${text} is not an integer.`);
  return seed;
}

export function parseArguments(): Arguments {
  program
    .name('npm run bench --')
    .description('Measures the package, as built, against JavaScript by hand and the machine.')
    .addArgument(
      new Argument('[parts...]', 'what to measure')
        .choices(PARTS)
        .default(WITHOUT_PEERS, 'all but peers'),
    )
    .addOption(
      new Option('--filter <regex>', 'only functions whose name matches')
        .default(/^/, 'all')
        .argParser(parsePattern),
    )
    .addOption(
      new Option(
        '--sizes <list>',
        'numbers of elements, boxes or pairs against JavaScript, with k and M for 2^10 and 2^20',
      )
        .default([16, 2 ** 10, 2 ** 16, 2 ** 20], '16,1k,64k,1M')
        .argParser((text) => text.split(',').map(parseSize)),
    )
    .option('--seed <integer>', 'of the inputs', parseSeed, 1)
    .option('--quick', 'few samples: a first look')
    .option('--peers', 'also the part of that name: PyTorch and TensorFlow.js')
    .option('--cuda', 'measure detloss/cuda instead, with copies to the GPU and without')
    .option('--python <file>', 'the interpreter that has torch and torchvision', 'python3')
    .option('--json <file>', 'write the results as JSON')
    .option('--markdown <file>', 'write the table there, not to the terminal')
    .parse();
  const named = program.processedArgs[0] as readonly Part[];
  const { peers, ...options } = program.opts<Omit<Arguments, 'parts'> & { peers?: true }>();
  return { ...options, parts: peers ? [...named, 'peers'] : named };
}
