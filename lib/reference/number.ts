/**
 * A number that carries its partial derivatives by a row's inputs, so that a formula written with it
 * yields its value and its exact gradient at once (forward-mode automatic differentiation).
 *
 * A constant has no partials.
 */
export class Dual {
  constructor(
    readonly value: number,
    readonly partials: readonly number[] = [],
  ) {}

  plus(other: Dual | number): Dual {
    const b = dual(other);
    return chain(this.value + b.value, [this, 1], [b, 1]);
  }

  minus(other: Dual | number): Dual {
    const b = dual(other);
    return chain(this.value - b.value, [this, 1], [b, -1]);
  }

  times(other: Dual | number): Dual {
    const b = dual(other);
    return chain(this.value * b.value, [this, b.value], [b, this.value]);
  }

  over(other: Dual | number): Dual {
    const b = dual(other);
    const value = this.value / b.value;
    return chain(value, [this, 1 / b.value], [b, -value / b.value]);
  }

  squared(): Dual {
    return this.times(this);
  }
}

/** Adds factor · partials to `sum`. */
function addTo(sum: number[], partials: readonly number[], factor: number): void {
  for (let k = 0; k < partials.length; k++) sum[k] = (sum[k] ?? 0) + factor * partials[k];
}

/** The partials of a linear combination of two numbers, from theirs. */
export function combine(
  a: readonly number[],
  byA: number,
  b: readonly number[],
  byB: number,
): number[] {
  const sum: number[] = [];
  addTo(sum, a, byA);
  addTo(sum, b, byB);
  return sum;
}

/** The chain rule: `value` changes by `slope` for every unit of each operand. */
export function chain(value: number, ...operands: [operand: Dual, slope: number][]): Dual {
  const partials: number[] = [];
  for (const [operand, slope] of operands) addTo(partials, operand.partials, slope);
  return new Dual(value, partials);
}

function dual(a: Dual | number): Dual {
  return typeof a === 'number' ? new Dual(a) : a;
}

/** `values` as constants. */
export function constants(values: readonly number[]): Dual[] {
  return values.map((value) => new Dual(value));
}

/** `values` as the inputs to differentiate by: the k-th has the partial 1 by itself, 0 elsewhere. */
export function variables(values: readonly number[]): Dual[] {
  return values.map((value, k) => {
    const partials = values.map((_, other) => (other === k ? 1 : 0));
    return new Dual(value, partials);
  });
}

/** The same value, held constant in the gradient. */
export function detach(a: Dual): Dual {
  return new Dual(a.value);
}

/** The smaller of two numbers; at a tie they share the derivative half and half. */
export function min(a: Dual, b: Dual): Dual {
  const share = a.value === b.value ? 0.5 : Number(a.value < b.value);
  return chain(Math.min(a.value, b.value), [a, share], [b, 1 - share]);
}

/** The larger of two numbers; at a tie they share the derivative half and half. */
export function max(a: Dual, b: Dual): Dual {
  const share = a.value === b.value ? 0.5 : Number(a.value > b.value);
  return chain(Math.max(a.value, b.value), [a, share], [b, 1 - share]);
}

/** |a|, of derivative 0 at 0. */
export function abs(a: Dual): Dual {
  return chain(Math.abs(a.value), [a, Math.sign(a.value)]);
}

export function sqrt(a: Dual): Dual {
  const value = Math.sqrt(a.value);
  return chain(value, [a, 1 / (2 * value)]);
}

/** The natural logarithm. */
export function ln(a: Dual): Dual {
  return chain(Math.log(a.value), [a, 1 / a.value]);
}

/** ln(1 + a), which keeps every digit of a small a. */
export function log1p(a: Dual): Dual {
  return chain(Math.log1p(a.value), [a, 1 / (1 + a.value)]);
}

export function exp(a: Dual): Dual {
  const value = Math.exp(a.value);
  return chain(value, [a, value]);
}

/** σ(a) = 1/(1 + e⁻ᵃ), of derivative σ(a)·σ(−a). */
export function sigmoid(a: Dual): Dual {
  const sigma = (z: number) => 1 / (1 + Math.exp(-z));
  return chain(sigma(a.value), [a, sigma(a.value) * sigma(-a.value)]);
}

/** arctan(a/b) for a, b ≥ 0; arctan(0/0) is 0, of derivative 0. */
export function atan2(a: Dual, b: Dual): Dual {
  const norm = a.value ** 2 + b.value ** 2;
  if (norm === 0) return new Dual(0);
  return chain(Math.atan2(a.value, b.value), [a, b.value / norm], [b, -a.value / norm]);
}

/** a/b, where 0/0 is 0, of derivative 0. */
export function quotient(a: Dual, b: Dual): Dual {
  return a.value === 0 && b.value === 0 ? new Dual(0) : a.over(b);
}

/** Σₖ aₖ. */
export function sum(terms: readonly Dual[]): Dual {
  const value = terms.reduce((total, term) => total + term.value, 0);
  return chain(value, ...terms.map((term): [Dual, number] => [term, 1]));
}

/**
 * Σₖ term(aₖ, k), where a term depends on no number of the row but its own: it is differentiated by
 * that one alone, which in a long row saves most of the work.
 */
export function sumOver(row: readonly Dual[], term: (a: Dual, k: number) => Dual): Dual {
  const terms = row.map(({ value, partials }, k) =>
    term(partials.length === 0 ? new Dual(value) : new Dual(value, [1]), k),
  );
  const value = terms.reduce((total, term) => total + term.value, 0);
  return chain(value, ...row.map((a, k): [Dual, number] => [a, terms[k].partials[0] ?? 0]));
}
