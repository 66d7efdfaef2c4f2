/** Another addon, which shares the process and its threads with ours: test/support/foreign.c. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

/** The modes of `setMode`, by their numbers. */
export const MODES = ['default', 'flush to zero', 'down', 'up', 'toward zero'];

export interface Foreign {
  /** Sets the floating-point mode of this thread. */
  setMode(mode: number): void;
  /** Sets that of so many threads of the pool, some time soon. */
  setModeOfPool(mode: number, threads: number): void;
  /** Memory that begins so many bytes after a multiple of 64. */
  memory(bytes: number, offset: number): ArrayBuffer;
}

/** Builds it; undefined where there is no compiler. */
export function foreignAddon(): Foreign | undefined {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-foreign-'));
  const file = path.join(folder, 'foreign.node');
  const headers = path.join(__dirname, '..', '..', 'node_modules', 'node-api-headers', 'include');
  const link = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const options = ['-shared', '-fPIC', '-O1', '-DNAPI_VERSION=8', `-I${headers}`, ...link];
  const source = path.join(__dirname, 'foreign.c');
  const { error, status, stderr } = spawnSync('cc', [...options, source, '-o', file, '-lm'], {
    encoding: 'utf8',
  });
  if (error) return undefined;
  if (status !== 0) throw new Error(stderr);
  return createRequire(__filename)(file) as Foreign;
}
