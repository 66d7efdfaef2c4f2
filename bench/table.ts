/**
 * Numbers and tables as the report has them.
 */

/** Columns of words; the others are numbers. */
const WORDS = ['function', 'computes', 'by', 'what', 'size'];

/** Three digits of a number that is not small. */
export function digits(x: number): string {
  return x.toFixed(x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2);
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio >= 9.95 ? 0 : ratio >= 0.95 ? 1 : 2)}×`;
}

/** 1024 → 1k, 1048576 → 1M. */
export function sizeName(size: number): string {
  if (size % 2 ** 20 === 0) return `${size / 2 ** 20}M`;
  if (size % 2 ** 10 === 0) return `${size / 2 ** 10}k`;
  return String(size);
}

export function code(name: string): string {
  return `\`${name}\``;
}

export function table(header: string[], lines: string[][]): string {
  const rule = header.map((title) => (WORDS.includes(title) ? '---' : '--:'));
  return [header, rule, ...lines].map((columns) => `| ${columns.join(' | ')} |`).join('\n');
}

/** The largest errors of a function's results. */
export interface ResultErrors {
  /** Of a row's value, in units of the last place of a float32. */
  value: number;
  /** Of the gradient, relative to the largest component of its row. */
  gradient?: number;
}

export function errors({ value, gradient }: ResultErrors): string {
  const ulps = `${value >= 1e4 ? value.toExponential(1) : value.toFixed(1)} ULP`;
  if (gradient === undefined) return ulps;
  return `${ulps}, ${gradient === 0 ? 0 : gradient.toExponential(1)}`;
}
