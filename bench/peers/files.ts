/**
 * Python in a process of its own: arrays go there in files, and come back in files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Absence } from '../detector/contender';

/** That PyTorch is not there, if it is not. */
export function torchAbsence(python: string): Absence | undefined {
  if (spawnSync(python, ['-c', 'import torchvision.ops']).status === 0) return undefined;
  const install = `apt-get install python3-torch python3-torchvision, or --python with another interpreter than ${python}`;
  return { name: 'PyTorch', install };
}

/** A directory that Python is given. */
export class Exchange {
  constructor(private readonly directory: string) {}

  write(name: string, data: string | Float32Array | Int32Array): void {
    const bytes =
      typeof data === 'string'
        ? data
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    writeFileSync(path.join(this.directory, name), bytes);
  }

  readFloats(name: string): Float32Array {
    const { buffer, byteOffset, byteLength } = readFileSync(path.join(this.directory, name));
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  }

  /** Runs a script of this directory and returns what it prints. */
  run(python: string, script: string, args: readonly number[]): unknown {
    const all = [path.join(__dirname, script), this.directory, ...args.map(String)];
    return JSON.parse(execFileSync(python, all, { encoding: 'utf8' }));
  }
}

/** What `work` returns, with a directory that is there as long as it works. */
export function withExchange<T>(work: (exchange: Exchange) => T): T {
  const directory = mkdtempSync(path.join(tmpdir(), 'detloss-bench-'));
  try {
    return work(new Exchange(directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
