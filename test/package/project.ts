/**
 * An empty project that the package is installed into.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');

/** Runs a program and returns what it printed; throws, with all it printed, where it fails. */
export function run(file: string, args: string[], cwd: string, env = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, env, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A program of a development dependency. */
export function tool(name: string): string {
  return path.join(ROOT, 'node_modules', '.bin', name);
}

/** Runs the npm that runs this. */
export function npm(args: string[], cwd: string, env = process.env): string {
  const cli = process.env.npm_execpath;
  if (cli === undefined) throw new Error('run this by npm run test:package');
  return run(process.execPath, [cli, ...args], cwd, env);
}

export class EmptyProject {
  readonly installed: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly folder: string) {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    this.installed = path.join(folder, 'node_modules', 'detloss');
    // Nothing but Node and a shell: no compiler, no make, no cmake.
    const programs = path.join(folder, 'bin');
    mkdirSync(programs);
    symlinkSync(process.execPath, path.join(programs, 'node'));
    symlinkSync('/bin/sh', path.join(programs, 'sh'));
    // What npm tells its scripts is about this repository.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|INIT_CWD)/.test(name),
    );
    this.env = { ...Object.fromEntries(inherited), PATH: programs };
  }

  install(tarball: string): void {
    npm(['install', '--prefer-offline', tarball], this.folder, this.env);
  }

  /** Builds the addon from the package's sources, as an installation does for want of a binary. */
  buildFromSource(): void {
    rmSync(path.join(this.installed, 'prebuilds'), { recursive: true });
    npm(['rebuild', 'detloss'], this.folder, { ...this.env, PATH: process.env.PATH });
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  /** Runs a file of this project and returns what it printed. */
  node(name: string, ...args: string[]): string {
    return run(process.execPath, [name, ...args], this.folder, this.env);
  }

  /** Runs one of this repository's tools on the project. */
  tool(name: string, args: string[]): string {
    return run(tool(name), args, this.folder);
  }
}
