/**
 * The best plain JavaScript found for each loss, to measure the addon against: monomorphic loops
 * over Float32Arrays in local scalars, the default format and reduction, no options, no checks, no
 * allocation, derivatives by hand. Each is checked against detloss/reference before it is timed. What
 * was tried and lost is in the comments, as V8 of Node 20 ran it.
 */
export * as box from './box';
export * as category from './category';
export * as objectness from './objectness';
export * as overlap from './overlap';
export * as regression from './regression';
