/**
 * The whole loss of YOLO v3 in PyTorch.
 */
import type { Absence, Outcome } from '../detector/contender';
import type { Scene } from '../detector/scene';
import { torchAbsence, withExchange, type Exchange } from './files';

/** Runs the loss in `python` for about so many seconds on each number of threads. */
export function runTorch(
  scene: Scene,
  python: string,
  seconds: number,
  threads: readonly number[],
): (Outcome | Absence)[] {
  const absence = torchAbsence(python);
  if (absence !== undefined) return [absence];
  return withExchange((exchange) => {
    writeScene(scene, exchange);
    return threads.map((count) => {
      const result = exchange.run(python, 'yolo_v3.py', [seconds, count]);
      const grads = scene.scales.map((_, s) => exchange.readFloats(`grad${s}.bin`));
      return { ...(result as Omit<Outcome, 'grads'>), grads };
    });
  });
}

function writeScene({ batch, classes, scales }: Scene, exchange: Exchange): void {
  scales.forEach(({ features, target }, s) => {
    exchange.write(`features${s}.bin`, features);
    exchange.write(`box${s}.bin`, target.box);
    exchange.write(`objectness${s}.bin`, target.objectness);
    exchange.write(`labels${s}.bin`, target.labels);
  });
  const grids = scales.map(({ height, width, anchors }) => ({
    height,
    width,
    anchors: Array.from({ length: anchors.length / 2 }, (_, a) => [
      anchors[2 * a],
      anchors[2 * a + 1],
    ]),
  }));
  exchange.write('scene.json', JSON.stringify({ batch, classes, scales: grids }));
}
