/**
 * PyTorch, in a Python process of its own: the scene goes there in files, and the gradients come
 * back in files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Absence, Outcome } from '../detector/contender';
import type { Scene } from '../detector/scene';

const SCRIPT = path.join(__dirname, 'yolo_v3.py');

/** Runs the loss in `python` for about so many seconds. */
export function runTorch(
  scene: Scene,
  python: string,
  seconds: number,
  threads: number,
): Outcome | Absence {
  if (spawnSync(python, ['-c', 'import torchvision.ops']).status !== 0) {
    const install = `apt-get install python3-torch python3-torchvision, or --python with another interpreter than ${python}`;
    return { name: 'PyTorch', install };
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'detloss-bench-'));
  try {
    writeScene(scene, directory);
    const output = execFileSync(python, [SCRIPT, directory, String(seconds), String(threads)], {
      encoding: 'utf8',
    });
    const grads = scene.scales.map((_, s) => readFloats(path.join(directory, `grad${s}.bin`)));
    return { ...(JSON.parse(output) as Omit<Outcome, 'grads'>), grads };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeScene({ batch, classes, scales }: Scene, directory: string): void {
  const write = (name: string, data: string | Uint8Array) => {
    writeFileSync(path.join(directory, name), data);
  };
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  scales.forEach(({ features, target }, s) => {
    write(`features${s}.bin`, bytes(features));
    write(`box${s}.bin`, bytes(target.box));
    write(`objectness${s}.bin`, bytes(target.objectness));
    write(`labels${s}.bin`, bytes(target.labels));
  });
  const grids = scales.map(({ height, width, anchors }) => ({
    height,
    width,
    anchors: Array.from({ length: anchors.length / 2 }, (_, a) => [
      anchors[2 * a],
      anchors[2 * a + 1],
    ]),
  }));
  write('scene.json', JSON.stringify({ batch, classes, scales: grids }));
}

function readFloats(file: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}
