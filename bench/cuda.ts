/**
 * `npm run bench -- --cuda`: the losses on the GPU, of arrays that are there and of typed arrays that
 * every call copies, against the processor.
 */
import * as detloss from 'detloss';
import { cuda, type DeviceFloat32Array } from 'detloss/cuda';
import { format } from 'prettier';
import { random } from '../test/support/random';
import type { Arguments } from './arguments';
import { DETECTOR } from './detector/run';
import { scene as makeScene } from './detector/scene';
import * as inputs from './inputs';
import type { LossInputs } from './inputs';
import { measure, warmUp, type Call, type Effort } from './measure';
import { sizeName, table } from './table';

type Loss = (...args: unknown[]) => unknown;
type Family = 'regression' | 'box' | 'objectness' | 'category';

/** One loss of each sort: by how much it computes for how much it reads. */
const LOSSES: [family: Family, name: string, make: typeof inputs.boxes, options?: object][] = [
  ['regression', 'l2', inputs.elements],
  ['box', 'iou', inputs.boxes],
  ['box', 'ciou', inputs.boxes],
  ['objectness', 'yoloV3', inputs.logits, { input: 'logit' }],
  ['category', 'yoloV3', inputs.labelled(80), { input: 'logit' }],
];

/** The same call on the processor, on the GPU with copies, and of arrays on the GPU. */
type Contenders = [processor: Call, copying: Call, resident: Call];

function lossOf(library: object, family: Family, name: string): Loss {
  return (library as Record<Family, Record<string, Loss>>)[family][name];
}

function upload(array: unknown): unknown {
  return ArrayBuffer.isView(array) ? cuda.upload(array as Float32Array) : array;
}

function contendersOf(
  family: Family,
  name: string,
  { arrays, weight, grad }: LossInputs,
  options: object,
): Contenders {
  const [here, there] = [detloss, cuda].map((library) => lossOf(library, family, name));
  const given = { ...options, weight, grad };
  const onDevice = { ...options, weight: upload(weight), grad: upload(grad) };
  return [
    here.bind(undefined, ...arrays, given),
    there.bind(undefined, ...arrays, given),
    there.bind(undefined, ...arrays.map(upload), onDevice),
  ];
}

function detectorContenders(seed: number): Contenders {
  const scene = makeScene(random(seed));
  const grad = scene.scales.map(({ features }) => new Float32Array(features.length));
  const scales = scene.scales.map(({ target, ...scale }) => ({
    ...scale,
    anchors: cuda.upload(scale.anchors),
    features: cuda.upload(scale.features),
    target: Object.fromEntries(
      Object.entries(target).map(([part, array]) => [part, upload(array)]),
    ) as unknown as typeof target,
  }));
  const resident: DeviceFloat32Array[] = grad.map((array) => cuda.upload(array));
  return [
    () => detloss.yoloV3.loss({ ...scene, grad }),
    () => cuda.yoloV3.loss({ ...scene, grad }),
    () => cuda.yoloV3.loss({ ...scene, scales, grad: resident }),
  ];
}

function milliseconds(nanoseconds: number): string {
  return (nanoseconds / 1e6).toPrecision(3);
}

/** From how many losses of one upload on the GPU takes less time than the processor. */
function paysFrom(processor: number, copying: number, resident: number): string {
  if (resident >= processor) return 'never';
  return String(Math.max(1, Math.ceil((copying - resident) / (processor - resident))));
}

function line(name: string, size: string, contenders: Contenders, effort: Effort): string[] {
  for (const call of contenders) warmUp(call, effort.warmUp);
  const [processor, copying, resident] = measure(contenders, effort);
  return [
    `\`${name}\``,
    size,
    ...[processor, copying, resident].map(milliseconds),
    paysFrom(processor, copying, resident),
  ];
}

const HEADER = ['function', 'size', 'processor', 'GPU with copies', 'GPU', 'pays from'];

const EXPLANATION = `Milliseconds for value and gradient. *Processor*: \`detloss\`, with its default number of threads.
*GPU with copies*: \`detloss/cuda\` of typed arrays, which copies them to the device and the gradient
back. *GPU*: of arrays on the device, with the gradient left there. *Pays from*: how many losses of
the same arrays make up for copying them once.`;

/** Why there is nothing to measure. */
function absence(): string | undefined {
  try {
    cuda.upload(new Float32Array(1)).dispose();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The table, or a sentence where there is no device. */
export function cudaReport({ filter, sizes, seed }: Arguments, effort: Effort): Promise<string> {
  const absent = absence();
  if (absent !== undefined) return Promise.resolve(`No GPU has been measured: ${absent}.\n`);
  const lines = LOSSES.filter(([family, name]) => filter.test(`${family}.${name}`)).flatMap(
    ([family, name, make, options = {}]) =>
      sizes.map((size) => {
        const contenders = contendersOf(family, name, make(size, random(seed)), options);
        return line(`${family}.${name}`, sizeName(size), contenders, effort);
      }),
  );
  if (filter.test(DETECTOR)) {
    lines.push(line(DETECTOR, '16 images', detectorContenders(seed), effort));
  }
  const devices = cuda.devices().map(({ name }) => name);
  const text = ['# Benchmark of the GPU', `Device: ${devices[0]}.`, EXPLANATION];
  return format([...text, table(HEADER, lines)].join('\n\n'), { parser: 'markdown' });
}
