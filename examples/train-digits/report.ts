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
  return row('epoch', Object.keys(train), Object.keys(validation));
}

/** The numbers of an epoch. */
export function line(epoch: number, train: Columns, validation: Columns): string {
  const numbers = (columns: Columns) => Object.values(columns).map((value) => value.toFixed(3));
  return row(String(epoch), numbers(train), numbers(validation));
}

function row(epoch: string, train: string[], validation: string[]): string {
  const cells = (texts: string[]) => texts.map((text) => text.padStart(11)).join('');
  return `${epoch.padStart(5)}${cells(train)}  |${cells(validation)}`;
}
