/**
 * The bar that shows, in a terminal, how far the benchmark is.
 */
import { SingleBar } from 'cli-progress';

/** Shows the title of a step and counts it. */
export type Step = (title: string) => void;

/** What `work` returns, with a bar of so many steps while it is at it. */
export function withProgress<T>(steps: number, work: (step: Step) => T): T {
  const bar = new SingleBar({ format: '{bar} {title}', clearOnComplete: true });
  bar.start(steps, 0, { title: '' });
  try {
    return work((title) => bar.increment({ title }));
  } finally {
    bar.stop();
  }
}
