/**
 * Results that examples state in comments: `// { loss: 0.6666… }: two thirds`. A number with … goes
 * on after its last digit, … alone is anything, and after a colon or a comma there may be words.
 */

/** A number of which the first digits are stated. */
class Beginning {
  constructor(private readonly digits: string) {}

  matches(actual: unknown): boolean {
    if (typeof actual !== 'number') return false;
    const stated = Number(this.digits);
    const unit = 10 ** -(this.digits.split('.')[1]?.length ?? 0);
    const beyond = Math.abs(actual) - Math.abs(stated);
    const sameSign = this.digits.startsWith('-') === actual < 0;
    return sameSign && beyond >= -1e-6 * unit && beyond < unit;
  }
}

const ANYTHING = Symbol('anything');

/** What a comment states, or `undefined` if it is words only. `asList` reads `1, 2` as `[1, 2]`. */
export function readStated(comment: string, asList: boolean): { value: unknown } | undefined {
  const text = comment
    .replaceAll('−', '-')
    .replace(/(-?\d+(?:\.\d+)?)…/g, "beginning('$1')")
    .replaceAll('…', 'anything');
  const ends = [text.length, ...[...text.matchAll(/[:;,]/g)].map(({ index }) => index).reverse()];
  for (const end of ends) {
    const expression = asList ? `[${text.slice(0, end)}]` : text.slice(0, end);
    try {
      const evaluate = new Function('beginning', 'anything', `return (${expression})`);
      return { value: evaluate((digits: string) => new Beginning(digits), ANYTHING) };
    } catch {
      // Words are not an expression: without the last of them it may be one.
    }
  }
  return undefined;
}

/** Whether a value is as stated; numbers to seven digits, and 0 as the rounding of float32. */
export function isAsStated(actual: unknown, stated: unknown): boolean {
  if (stated === ANYTHING) return true;
  if (stated instanceof Beginning) return stated.matches(actual);
  if (typeof stated === 'number' && typeof actual === 'number') {
    return Math.abs(actual - stated) <= 5e-7 * Math.max(Math.abs(stated), 0.1);
  }
  if (Array.isArray(stated)) {
    const list = ArrayBuffer.isView(actual) ? Array.from(actual as Float32Array) : actual;
    return (
      Array.isArray(list) &&
      list.length === stated.length &&
      stated.every((value, k) => isAsStated(list[k], value))
    );
  }
  if (typeof stated === 'object' && stated !== null) {
    if (typeof actual !== 'object' || actual === null) return false;
    const names = Object.keys(stated);
    return (
      Object.keys(actual).sort().join() === [...names].sort().join() &&
      names.every((name) => isAsStated(actual[name as never], stated[name as never]))
    );
  }
  return actual === stated;
}
