/**
 * What the scripts that save histories have in common: rows that can be checked, and the processes
 * that save them.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { HistoryFile } from '../../lib/log';

const SAVER = path.join(__dirname, 'log-saver.ts');

/** The numbers of an epoch, training and validation: they tell whose row it is. */
export function numbersOf(epoch: number) {
  const loss = 1 / (epoch + 1);
  return [{ loss, ciou: loss / 2 }, { loss: 2 * loss }] as const;
}

export interface Saver {
  /** The epochs that the process said it had saved. */
  said: number[];
  /** What it printed to stderr. */
  errors: string;
  /** The exit status, `null` of a process that was killed. */
  status: number | null;
}

/** What to start in place of Node, with Node behind it. */
const HERE: readonly string[] = [];

/**
 * Starts a process that saves `count` epochs from `first`, and kills it so long after its first save,
 * or after its start.
 */
export function startSaver(
  file: string,
  [first, step, count]: readonly [first: number, step: number, count: number],
  { killAfter = Infinity, killAfterStart = Infinity, prefix = HERE } = {},
): Promise<Saver> {
  const [command, ...args] = [...prefix, process.execPath, '--import', 'tsx', SAVER, file];
  const child = spawn(command, [...args, `${first}`, `${step}`, `${count}`]);
  const kill = () => child.kill('SIGKILL');
  const timer = killAfterStart < Infinity ? setTimeout(kill, killAfterStart) : undefined;
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    if (output === '' && killAfter < Infinity) setTimeout(kill, killAfter);
    output += chunk;
  });
  child.stderr.on('data', (chunk) => (errors += chunk));
  return new Promise((resolve) =>
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ said: output.split('\n').slice(0, -1).map(Number), errors, status });
    }),
  );
}

/** Throws unless a history has every one of the epochs, and in each row the numbers of its epoch. */
export function checkRows(file: string, epochs: Iterable<number>): number {
  const rows = new HistoryFile(file).read();
  for (const { epoch, train, validation } of rows) {
    if (isDeepStrictEqual([train, validation], [...numbersOf(epoch)])) continue;
    throw new Error(`the row of epoch ${epoch} has other numbers`);
  }
  const there = new Set(rows.map(({ epoch }) => epoch));
  const lost = [...epochs].filter((epoch) => !there.has(epoch));
  if (lost.length > 0)
    throw new Error(`${lost.length} rows are lost, the first of epoch ${lost[0]}`);
  return rows.length;
}

/** Throws unless a folder has nothing but these. */
export function checkFolder(folder: string, expected: readonly string[]): void {
  const names = readdirSync(folder);
  if (isDeepStrictEqual(names, expected)) return;
  throw new Error(`expected ${expected} in the folder, got ${names}`);
}

/** Runs a script in a folder of its own, and prints the line that it returns, or what went wrong. */
export async function report(name: string, script: (folder: string) => Promise<string>) {
  const folder = mkdtempSync(path.join(os.tmpdir(), `detloss-${name}-`));
  try {
    console.log(`${name}: ${await script(folder)}`);
  } catch (error) {
    console.log(`${name}: FAILED: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  }
}
