/** How much a script of test/reliability does: with `--full` what one looks at once in a while. */
export const FULL = process.argv.includes('--full');

/** One of two numbers, by the extent. */
export function extent(short: number, full: number): number {
  return FULL ? full : short;
}
