/**
 * Calls to begin with: everything the package exports, and the calls that the examples of the
 * documentation make of it and of the addon.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { native } from '../../lib/binding';
import { recipeOf, type Recipe } from './recipe';

type AnyFunction = (...args: unknown[]) => unknown;

/** A function under test, and the arguments of calls that are right. */
export interface Target {
  name: string;
  call: AnyFunction;
  seeds: Recipe[][];
}

const ROOT = path.join(__dirname, '..', '..');
const load = createRequire(__filename);

/** Replaces every function within `holder` by one that records its calls; returns the targets. */
function recordCalls(holder: object, prefix: string): Target[] {
  const members = holder as Record<string, unknown>;
  return Object.entries(members).flatMap(([key, member]): Target[] => {
    const name = `${prefix}.${key}`;
    if (typeof member === 'object' && member !== null) return recordCalls(member, name);
    if (typeof member !== 'function') return [];
    const isClass = /^class\b/.test(Function.prototype.toString.call(member));
    const call: AnyFunction = isClass
      ? (...args) => Reflect.construct(member, args)
      : (...args) => Reflect.apply(member, undefined, args);
    const target: Target = { name, call, seeds: [] };
    const recorder: AnyFunction = (...args) => {
      if (target.seeds.length < 50) target.seeds.push(args.map(recipeOf));
      return call(...args);
    };
    if (!isClass && Object.getOwnPropertyDescriptor(members, key)?.writable) {
      members[key] = recorder;
    }
    return [target];
  });
}

/** The code of the examples in the docstrings of lib/ and in README. */
function examples(): string[] {
  const lib = path.join(ROOT, 'lib');
  const sources = readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('reference'))
    .map((file) => readFileSync(path.join(lib, file), 'utf8'));
  const docstrings = sources.flatMap((source) =>
    [...source.matchAll(/@example\n(.*?)(?=\*\/|\* @)/gs)].map(([, text]) =>
      text.replace(/^\s*\* ?/gm, ''),
    ),
  );
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
  return [
    ...docstrings,
    ...blocks.map((code) => code.replace(/^(import|const \{).*detloss.*$/gm, '')),
  ];
}

interface Manifest {
  exports: Record<string, unknown>;
  peerDependenciesMeta?: Record<string, unknown>;
}

/** The modules that package.json exports, from lib/; those whose optional peer is absent left out. */
function modules(): [name: string, exports: object][] {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const peers = Object.keys(manifest.peerDependenciesMeta ?? {});
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  return entries.flatMap((entry): [string, object][] => {
    try {
      const module = load(path.join(ROOT, 'lib', entry)) as object;
      return [[entry.replace(/^\.\/?/, '') || 'detloss', module]];
    } catch (error) {
      if (peers.some((peer) => String(error).includes(`Cannot find module '${peer}`))) return [];
      throw error;
    }
  });
}

/** What examples take as given. */
const GIVEN = {
  step: 1,
  anchors: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.2, 0.2, 0.1, 0.1),
  boxes: Float32Array.of(0.5, 0.5, 0.5, 0.4),
  logits: Float32Array.of(1, -1, 0, 2),
  deltas: new Float32Array(8),
};

/** All targets, with the calls of the examples as their seeds. */
export async function targets(): Promise<Target[]> {
  // The addon first: the modules of lib/ take its functions when they are loaded.
  const found = recordCalls(native, 'native');
  const scope: Record<string, unknown> = { ...GIVEN, console: { log() {} } };
  for (const [name, module] of modules()) {
    // A copy that can be written to, two levels deep, as are the exports.
    const copy = Object.fromEntries(
      Object.entries(module).map(([key, member]) => {
        return [
          key,
          typeof member === 'object' && member !== null ? copyOf(member as object) : member,
        ];
      }),
    );
    found.push(...recordCalls(copy, name));
    if (name === 'detloss') Object.assign(scope, copy);
  }
  for (const code of examples()) {
    try {
      await new Function('scope', `with (scope) { return (async () => { ${code} })(); }`)(scope);
    } catch {
      // Some examples go on from what another one made.
    }
  }
  return found.map((target) => ({ ...target, seeds: seedsOf(target, found) }));
}

/**
 * The seeds of a target; for want of any, of those in the same group of the addon, whose kernels are
 * called alike, or of those with its own name in another module.
 */
function seedsOf({ name, seeds }: Target, all: readonly Target[]): Recipe[][] {
  const names = (target: { name: string }) => target.name.split('.');
  const [module, ...own] = names({ name });
  const group = [module, ...own.slice(0, -1)].join('.');
  const namesakes = all.filter((target) => names(target).slice(1).join('.') === own.join('.'));
  const neighbours = all.filter((target) => names(target).slice(0, -1).join('.') === group);
  const others = module === 'native' ? [neighbours] : [namesakes, neighbours];
  const choices = [seeds, ...others.map((of) => of.flatMap((other) => other.seeds))];
  return choices.find((choice) => choice.length > 0) ?? [];
}

function copyOf(members: object): object {
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => {
      return [
        key,
        typeof member === 'object' && member !== null ? { ...(member as object) } : member,
      ];
    }),
  );
}
