/** A progress bar on a terminal; elsewhere a line for every tenth. */
import { Presets, SingleBar } from 'cli-progress';

interface Progress {
  /** Counts `by` more of the total as done. */
  advance(by: number, label: string): void;
  stop(): void;
}

export function progressBar(total: number): Progress {
  if (!process.stdout.isTTY) return progressLines(total);
  const bar = new SingleBar(
    { format: '{bar} {percentage} %  {label}  {eta} s left', hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { label: '' });
  return {
    advance: (by, label) => bar.increment(by, { label }),
    stop: () => bar.stop(),
  };
}

function progressLines(total: number): Progress {
  let done = 0;
  let tenths = 0;
  return {
    advance(by, label) {
      done += by;
      const reached = Math.floor((10 * done) / total);
      if (reached > tenths) console.log(`${10 * reached} %  ${label}`);
      tenths = reached;
    },
    stop: () => undefined,
  };
}
