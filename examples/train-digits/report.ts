/**
 * What is printed: a bar for the epoch at hand, a line for every one that is done.
 */
import { Presets, SingleBar } from 'cli-progress';

type Columns = Record<string, number>;

/** A progress bar on a terminal, nothing elsewhere. */
export function epochBar(epoch: number, epochs: number, steps: number) {
  const bar = new SingleBar(
    {
      format: `epoch ${epoch}/${epochs} {bar} step {value}/{total}  loss {loss}  {eta} s left`,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(steps, 0, { loss: '' });
  return {
    advance: (loss: number) => bar.increment(1, { loss: loss.toFixed(3) }),
    stop: () => bar.stop(),
  };
}

/** The names of the columns, those of validation after a bar. */
export function heading(train: Columns, validation: Columns): string {
  const names = (columns: Columns) => row(columns, (name) => name);
  return `epoch${names(train)}  |${names(validation)}`;
}

/** The numbers of an epoch. */
export function line(epoch: number, train: Columns, validation: Columns): string {
  const numbers = (columns: Columns) => row(columns, (_name, value) => value.toFixed(3));
  return `${String(epoch).padStart(5)}${numbers(train)}  |${numbers(validation)}`;
}

/** A cell for every column, wide enough for its name and its numbers. */
function row(columns: Columns, textOf: (name: string, value: number) => string): string {
  const cells = Object.entries(columns).map(([name, value]) =>
    textOf(name, value).padStart(2 + Math.max(name.length, 5)),
  );
  return cells.join('');
}
