/**
 * Recipes of arguments: what can be changed at random, printed, and made into values anew.
 */

const KINDS = {
  Float32Array,
  Float64Array,
  Int32Array,
  Uint8Array,
  Int8Array,
  Uint32Array,
  BigInt64Array,
} as const;
export type Kind = keyof typeof KINDS;

/**
 * Where an array's numbers are: in memory of their own, amid other numbers that must not change,
 * in memory that other threads could see, in the same memory as the call's other such arrays, in
 * memory that was transferred away, that can grow, or that has shrunk below the array.
 */
export const MEMORIES = [
  'own',
  'amid',
  'shared',
  'common',
  'detached',
  'growable',
  'shrunk',
] as const;
export type Memory = (typeof MEMORIES)[number];

export interface ArrayRecipe {
  array: Kind;
  numbers: number[];
  memory: Memory;
}

/** An object; reading its property `trap` transfers the memory of the call's arrays away. */
export interface ObjectRecipe {
  object: Record<string, Recipe>;
  trap?: string;
}

export type Recipe = ArrayRecipe | ObjectRecipe | { list: Recipe[] } | { value: unknown };

/** A recipe of a value that the package was called with. */
export function recipeOf(value: unknown): Recipe {
  if (ArrayBuffer.isView(value)) {
    const numbers = Array.from(value as Float32Array, Number);
    return { array: value.constructor.name as Kind, numbers, memory: 'own' };
  }
  if (Array.isArray(value)) return { list: value.map(recipeOf) };
  if (typeof value !== 'object' || value === null) return { value };
  const entries = Object.entries(value).map(([name, part]) => [name, recipeOf(part)]);
  return { object: Object.fromEntries(entries) as Record<string, Recipe> };
}

/** A recipe and all recipes in it. */
export function parts(recipe: Recipe): Recipe[] {
  if ('list' in recipe) return [recipe, ...recipe.list.flatMap(parts)];
  if ('object' in recipe) return [recipe, ...Object.values(recipe.object).flatMap(parts)];
  return [recipe];
}

const AMID = 5;
const GUARD = 77;
const COMMON_BYTES = 1 << 16;

/** The values of one call's recipes. */
export class Kitchen {
  private readonly arrays: ArrayBufferView[] = [];
  private readonly guarded: { memory: ArrayLike<number | bigint>; length: number }[] = [];
  private readonly common = new ArrayBuffer(COMMON_BYTES);

  make(recipe: Recipe): unknown {
    if ('array' in recipe) return this.array(recipe);
    if ('list' in recipe) return recipe.list.map((part) => this.make(part));
    if ('object' in recipe) return this.object(recipe);
    return recipe.value;
  }

  private object({ object, trap }: ObjectRecipe): object {
    const made: object = {};
    for (const [name, part] of Object.entries(object)) {
      const value = this.make(part);
      const get = () => {
        if (name === trap) this.transfer();
        return value;
      };
      Object.defineProperty(made, name, { enumerable: true, configurable: true, get });
    }
    return made;
  }

  private array({ array: kind, numbers, memory }: ArrayRecipe): ArrayBufferView {
    const Type = KINDS[kind] as unknown as typeof Float32Array;
    const size = Type.BYTES_PER_ELEMENT;
    const bytes = numbers.length * size;
    const elements = (kind === 'BigInt64Array' ? numbers.map(toBigInt) : numbers) as number[];
    let made: Float32Array;
    if (memory === 'amid') {
      const whole = new Type(numbers.length + 2 * AMID);
      whole.fill((kind === 'BigInt64Array' ? BigInt(GUARD) : GUARD) as number);
      made = whole.subarray(AMID, AMID + numbers.length);
      this.guarded.push({ memory: whole, length: numbers.length });
    } else if (memory === 'shared') {
      made = new Type(new SharedArrayBuffer(bytes)) as unknown as Float32Array;
    } else if (memory === 'common' && bytes <= COMMON_BYTES) {
      made = new Type(this.common, 0, numbers.length);
    } else if (memory === 'growable' || memory === 'shrunk') {
      const Buffer = ArrayBuffer as unknown as new (
        length: number,
        options: { maxByteLength: number },
      ) => ArrayBuffer & { resize(length: number): void };
      const buffer = new Buffer(bytes, { maxByteLength: 2 * bytes });
      made = memory === 'growable' ? new Type(buffer) : new Type(buffer, 0, numbers.length);
      made.set(elements);
      if (memory === 'shrunk') buffer.resize(Math.floor(bytes / 2));
      this.arrays.push(made);
      return made;
    } else {
      made = new Type(numbers.length);
    }
    made.set(elements);
    if (memory === 'detached')
      structuredClone(made.buffer, { transfer: [made.buffer as ArrayBuffer] });
    this.arrays.push(made);
    return made;
  }

  /** Transfers the memory of all arrays away, as far as that is possible. */
  transfer(): void {
    for (const { buffer } of this.arrays) {
      try {
        // A stream of bytes takes memory away also where it is marked as untransferable.
        const start = (controller: ReadableByteStreamController) => {
          controller.enqueue(new Uint8Array(buffer as ArrayBuffer));
        };
        new ReadableStream({ type: 'bytes', start });
      } catch {
        // Shared memory stays; other memory may have gone already.
      }
    }
  }

  /** Whether no number around an array has changed. */
  get intact(): boolean {
    return this.guarded.every(({ memory, length }) => {
      for (let k = 0; k < memory.length; k++) {
        const inside = k >= AMID && k < AMID + length;
        if (!inside && Number(memory[k]) !== GUARD) return false;
      }
      return true;
    });
  }
}

function toBigInt(number: number): bigint {
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}
