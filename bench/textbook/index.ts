/**
 * Each loss as its formula is first written down in JavaScript: a plain loop over Float32Arrays,
 * Math.min, Math.max and conditionals where the formula has cases, Math's own functions, and a
 * gradient by the chain rule, step by step. No options, no checks, no allocation; sizes are taken to
 * be positive and no prediction to equal its target. Each is checked against detloss/reference before
 * it is timed.
 */
export * as box from './box';
export * as category from './category';
export * as objectness from './objectness';
export * as overlap from './overlap';
export * as regression from './regression';
