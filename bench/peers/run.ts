/**
 * Single losses of detloss beside those of PyTorch and TensorFlow.js, on the same inputs.
 */
import type { Absence } from '../detector/contender';
import { measure, warmUp, type Effort } from '../measure';
import type { ResultErrors } from '../table';
import { COMPARED, peerErrors, type PeerLoss } from './losses';
import { runTfjsLosses } from './tfjs-losses';
import { runTorchLosses } from './torch-losses';

/** Nanoseconds for each element or box on one thread and, if there are several, on all. */
export interface Times {
  alone: number;
  together?: number;
}

/** What a library takes for a loss, and how wrong it is. */
export interface Measured {
  value: Times;
  gradient: Times;
  errors: ResultErrors;
}

/** A library, and null where it has no such loss. */
export interface Peer {
  name: string;
  measured: (Measured | null)[];
}

export interface PeersReport {
  /** The elements or boxes of a call that is timed, … */
  size: number;
  /** … and of one that is compared with the reference. */
  compared: number;
  losses: string[];
  /** detloss first. */
  peers: Peer[];
  absent: Absence[];
}

function measureOurs(loss: PeerLoss, size: number, seed: number, effort: Effort): Measured {
  const { pred, target, count } = loss.sample(size, seed, true);
  const options = loss.options(true);
  const grad = new Float32Array(pred.length);
  const ways = [{ threads: 1 }, {}, { grad, threads: 1 }, { grad }];
  const calls = ways.map((way) => () => loss.ours(pred, target, { ...options, ...way }));
  for (const call of calls) warmUp(call, effort.warmUp / calls.length);
  const [value, allValue, gradient, allGradient] = measure(calls, effort).map(
    (time) => time / count,
  );
  return {
    value: { alone: value, together: allValue },
    gradient: { alone: gradient, together: allGradient },
    errors: peerErrors(loss, seed, true, (sample) => ({
      losses: loss.ours(sample.pred, sample.target, { ...options, reduction: 'none' }).losses!,
      grad: loss.ours(sample.pred, sample.target, { ...options, grad: true }).grad!,
    })),
  };
}

export async function runPeers(
  losses: readonly PeerLoss[],
  size: number,
  seed: number,
  effort: Effort,
  python: string,
): Promise<PeersReport> {
  const ours = {
    name: 'detloss',
    measured: losses.map((loss) => measureOurs(loss, size, seed, effort)),
  };
  const others = [
    runTorchLosses(losses, size, seed, python, effort.budget / 1000),
    await runTfjsLosses(losses, size, seed, effort),
  ];
  return {
    size,
    compared: COMPARED,
    losses: losses.map(({ name }) => name),
    peers: [ours, ...others.filter((peer): peer is Peer => 'measured' in peer)],
    absent: others.filter((peer): peer is Absence => 'install' in peer),
  };
}
