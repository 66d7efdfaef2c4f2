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

/** The chain rule: `value` changes by `slope` for every unit of each operand. */
function chain(value: number, ...operands: [operand: Dual, slope: number][]): Dual {
  const partials: number[] = [];
  for (const [operand, slope] of operands) {
    operand.partials.forEach((partial, k) => {
      partials[k] = (partials[k] ?? 0) + slope * partial;
    });
  }
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
