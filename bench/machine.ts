/**
 * Where and with what a benchmark ran.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { native } from '../lib/binding';

export interface Machine {
  detloss: string;
  node: string;
  /** The instruction set the addon uses. */
  target: string;
  cpu: string;
  cores: number;
  /** ISO 8601, to the day. */
  date: string;
}

export function machine(): Machine {
  const manifest = readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8');
  const cpus = os.cpus();
  return {
    detloss: (JSON.parse(manifest) as { version: string }).version,
    node: process.versions.node,
    target: native.targets()[0],
    cpu: cpus[0]?.model.trim() ?? os.arch(),
    cores: cpus.length,
    date: new Date().toISOString().slice(0, 10),
  };
}
