/**
 * Names that tell which thread of which process made a file, and whether it may still need it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { codeOf } from './regular-file';

const TOKEN = /^([0-9a-f]{12})-(\d+)-[0-9a-f]{12}$/;

/** Who we are: `id` is known to the operating system wherever `place` is the same. */
const { place, id } = self();

/** A name that no other call returns, wherever it is made. */
export function newToken(): string {
  return `${place}-${id}-${randomBytes(6).toString('hex')}`;
}

export function isToken(name: string): boolean {
  return TOKEN.test(name);
}

/** Whether the thread that made a token is known to be gone; of another place nothing is known. */
export function isGone(token: string): boolean {
  const [, theirPlace, theirId] = TOKEN.exec(token) ?? [];
  return theirPlace === place && !isAlive(Number(theirId));
}

function isAlive(one: number): boolean {
  try {
    process.kill(one, 0);
    return true;
  } catch (error) {
    // Others' processes may not be signalled, but are there.
    return codeOf(error) !== 'ESRCH';
  }
}

/**
 * On Linux a thread of its own id, in a PID namespace of a running system: containers may have the
 * same host name and the same ids. Elsewhere a process of a host.
 */
function self(): { place: string; id: number } {
  if (process.platform !== 'linux') return { place: hash(os.hostname()), id: process.pid };
  try {
    const [processId, , thread] = readlinkSync('/proc/thread-self').split('/').map(Number);
    // A /proc of another namespace has other ids.
    if (processId !== process.pid) throw new Error('/proc is of another namespace');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return { place: hash(boot + readlinkSync('/proc/self/ns/pid')), id: thread };
  } catch {
    return { place: randomBytes(6).toString('hex'), id: process.pid };
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
