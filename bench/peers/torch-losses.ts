/**
 * Single losses in PyTorch and torchvision.
 */
import os from 'node:os';
import type { Absence } from '../detector/contender';
import { torchAbsence, withExchange, type Exchange } from './files';
import { COMPARED, peerErrors, type PeerLoss, type Sample } from './losses';
import type { Measured, Peer } from './run';

/** What the script prints: milliseconds of the value, and of the value and the gradient. */
interface Printed {
  name: string;
  results: ({ alone: [number, number]; together: [number, number] } | null)[];
}

/** Measures all losses, each for about so many seconds in each way. */
export function runTorchLosses(
  losses: readonly PeerLoss[],
  size: number,
  seed: number,
  python: string,
  seconds: number,
): Peer | Absence {
  const absence = torchAbsence(python);
  if (absence !== undefined) return absence;
  return withExchange((exchange) => {
    const timed = losses.map((loss, index) => {
      write(exchange, 'compared', index, loss.sample(COMPARED, seed, true));
      return write(exchange, 'timed', index, loss.sample(size, seed, true));
    });
    const cases = losses.map(({ name }, index) => ({
      name,
      width: timed[index].width,
      labelled: timed[index].target instanceof Int32Array,
    }));
    exchange.write('losses.json', JSON.stringify(cases));
    const threads = os.availableParallelism();
    const { name, results } = exchange.run(python, 'losses.py', [seconds, threads]) as Printed;
    const measured = results.map((times, index): Measured | null => {
      if (times === null) return null;
      const perUnit = (milliseconds: number) => (1e6 * milliseconds) / timed[index].count;
      const errors = peerErrors(losses[index], seed, true, () => ({
        losses: exchange.readFloats(`losses${index}.bin`),
        grad: exchange.readFloats(`grad${index}.bin`),
      }));
      const [value, gradient] = times.alone.map(perUnit);
      const [allValue, allGradient] = times.together.map(perUnit);
      return {
        value: { alone: value, together: allValue },
        gradient: { alone: gradient, together: allGradient },
        errors,
      };
    });
    return { name, measured };
  });
}

function write(exchange: Exchange, kind: string, index: number, sample: Sample): Sample {
  exchange.write(`${kind}${index}-pred.bin`, sample.pred);
  exchange.write(`${kind}${index}-target.bin`, sample.target);
  return sample;
}
