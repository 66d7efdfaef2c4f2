/**
 * What kind of array a value is, whichever realm made it: `instanceof` asks for the constructor of
 * this one, which arrays of `node:vm`, of test runners and of `structuredClone` within them lack.
 *
 * The methods are those that the engine began with, and are not looked up again.
 */

const { bind, call } = Function.prototype;

/** A method as a function of its `this`. */
const functionOf = bind.bind(call as never) as <R>(
  method: unknown,
) => (self: unknown, ...args: unknown[]) => R;

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Float32Array;

/** The name of a typed array's kind, and `undefined` of anything else. V8 takes 1 ns for it. */
export const kindOf = functionOf<string | undefined>(
  Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)!.get,
);

/** As `Array.isArray`, which throws for a Proxy that has been revoked. */
// As untyped as that: what is in it has not been seen yet.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function isList(value: unknown): value is any[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

const brands = [
  functionOf<number>(Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get),
  functionOf<number>(Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get),
  functionOf<number>(Date.prototype.getTime),
];

/** Whether a value is a list, a typed array, a map, a set or a date: none holds properties by name. */
export function isCollection(value: unknown): boolean {
  const isOf = (brand: (value: unknown) => number) => {
    try {
      brand(value);
      return true;
    } catch {
      return false;
    }
  };
  return isList(value) || kindOf(value) !== undefined || brands.some(isOf);
}

const elementAt = functionOf<unknown>(typedArray.at);

/**
 * Whether the memory of a typed array is gone: transferred away, or resized so that the array lies
 * beyond its end. The length of such an array is 0.
 */
export function hasNoMemory(array: unknown): boolean {
  try {
    elementAt(array, 0);
    return false;
  } catch {
    return true;
  }
}
