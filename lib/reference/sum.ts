import { chain, combine, Dual } from './number';

/**
 * x₁ + x₂ + … without losing a digit where the numbers cancel: what each addition rounds off is
 * kept, and added last (Shewchuk, "Adaptive precision floating-point arithmetic", 1997).
 */
function add(numbers: readonly number[]): number {
  const plain = numbers.reduce((a, b) => a + b, 0);
  // A sum of two is rounded once already.
  if (numbers.length <= 2 || !Number.isFinite(plain)) return plain;
  const parts: number[] = [];
  for (const number of numbers) {
    let sum = number;
    let kept = 0;
    for (const part of parts) {
      const [larger, smaller] = Math.abs(sum) < Math.abs(part) ? [part, sum] : [sum, part];
      sum = larger + smaller;
      const lost = smaller - (sum - larger);
      if (lost !== 0) parts[kept++] = lost;
    }
    parts.length = kept;
    parts.push(sum);
  }
  return parts.reduce((a, b) => a + b);
}

/**
 * A sum that has not been carried out, such as where a box ends: centre + ½ size. The difference of
 * two such sums is exact, however far from the origin both are.
 */
export class Sum {
  constructor(
    readonly addends: readonly number[],
    readonly partials: readonly number[] = [],
  ) {}

  /** Σ factor · number, where the products are exact: of factors ±1 and ±½. */
  static of(...terms: [number: Dual, factor: number][]): Sum {
    const addends = terms.map(([{ value }, factor]) => factor * value);
    return new Sum(addends, chain(NaN, ...terms).partials);
  }

  minus(other: Sum): Sum {
    const addends = [...this.addends, ...other.addends.map((number) => -number)];
    return new Sum(addends, combine(this.partials, 1, other.partials, -1));
  }

  get value(): number {
    return add(this.addends);
  }

  /** The sum carried out, with its derivative. */
  total(): Dual {
    return new Dual(this.value, this.partials);
  }
}

/** The smaller (of `sign` 1) or the larger (−1) of two sums, which share the derivative at a tie. */
function pick(a: Sum, b: Sum, sign: 1 | -1): Sum {
  const difference = sign * a.minus(b).value;
  const share = difference === 0 ? 0.5 : Number(difference < 0);
  const partials = combine(a.partials, share, b.partials, 1 - share);
  if (Number.isNaN(difference)) return new Sum([NaN], partials);
  return new Sum((difference < 0 ? a : b).addends, partials);
}

export function smaller(a: Sum, b: Sum): Sum {
  return pick(a, b, 1);
}

export function larger(a: Sum, b: Sum): Sum {
  return pick(a, b, -1);
}
