/**
 * The whole loss of YOLO v3 with the gradient of the network's raw output: detloss against
 * JavaScript and, where they are installed and asked for, PyTorch and TensorFlow.js.
 */
import os from 'node:os';
import { yoloV3 } from 'detloss';
import * as reference from 'detloss/reference';
import { random } from '../../test/support/random';
import { gradientError, relativeError } from '../accuracy';
import { measure, warmUp, type Effort } from '../measure';
import { runTfjs } from '../peers/tfjs';
import { runTorch } from '../peers/torch';
import * as textbook from '../textbook';
import * as tuned from '../tuned';
import type { Absence, Outcome } from './contender';
import { clear, readObjectness } from './floor';
import { prepare } from './javascript';
import { scene as makeScene, type Scene } from './scene';

export const DETECTOR = 'yoloV3.loss';

/** One line of the table. */
export interface DetectorResult {
  name: string;
  milliseconds: number;
  /** How many times as long as detloss it takes. */
  ratio: number;
  /** Relative, against detloss/reference. */
  totalError: number;
  /** Relative to the largest component of its row: of what belongs to one anchor of one cell. */
  gradientError: number;
}

/** Milliseconds of what every loss does. */
export interface Floor {
  /** Writing the gradients' arrays once. */
  fill: number;
  /** Reading the objectness of every anchor. */
  channel: number;
}

export interface DetectorReport {
  images: number;
  classes: number;
  objects: number;
  /** The numbers of the network's output. */
  features: number;
  floor: Floor;
  results: DetectorResult[];
  /** Contenders that were asked for and are not there. */
  absent: Absence[];
}

/** Beyond this a contender computes something else than the reference. */
const TOLERANCE = 1e-3;

/**
 * detloss and JavaScript, which write gradients to arrays they are given, in turns with what every
 * one of them has to do.
 */
function runHere(scene: Scene, effort: Effort): { outcomes: Outcome[]; floor: Floor } {
  const names = [
    'detloss, one thread',
    'detloss, default threads',
    'tuned JavaScript',
    'textbook JavaScript',
  ];
  const grads = names.map(() =>
    scene.scales.map(({ features }) => new Float32Array(features.length)),
  );
  const forms = [tuned, textbook].map((loops) => prepare(scene, loops));
  const calls = [
    () => yoloV3.loss({ ...scene, grad: grads[0], threads: 1 }).total,
    () => yoloV3.loss({ ...scene, grad: grads[1] }).total,
    () => forms[0](grads[2]),
    () => forms[1](grads[3]),
  ];
  const least = [() => clear(grads[0]), () => readObjectness(scene)];
  for (const call of [...calls, ...least]) warmUp(call, effort.warmUp);
  const milliseconds = measure([...calls, ...least], effort).map((time) => time / 1e6);
  const [fill, channel] = milliseconds.slice(calls.length);
  const outcomes = names.map((name, k) => {
    const total = calls[k]();
    return { name, milliseconds: milliseconds[k], total, grads: grads[k] };
  });
  return { outcomes, floor: { fill, channel } };
}

function runReference(scene: Scene): Outcome {
  const start = performance.now();
  const { total, grads } = reference.yoloV3.loss({ ...scene, grad: true });
  return { name: '`detloss/reference`', milliseconds: performance.now() - start, total, grads };
}

function compare(
  outcome: Outcome,
  exact: Outcome,
  fastest: Outcome,
  width: number,
): DetectorResult {
  const { name, milliseconds, total, grads } = outcome;
  const totalError = relativeError(total, exact.total);
  const gradientErrors = grads.map((grad, s) => gradientError(grad, exact.grads[s], width));
  const result = {
    name,
    milliseconds,
    ratio: milliseconds / fastest.milliseconds,
    totalError,
    gradientError: Math.max(...gradientErrors),
  };
  if (!(result.totalError <= TOLERANCE && result.gradientError <= TOLERANCE)) {
    throw new Error(`${DETECTOR} of ${name}: ${JSON.stringify(result)}`);
  }
  return result;
}

export async function runDetector(
  seed: number,
  effort: Effort,
  /** The Python that has PyTorch, if peers are measured. */
  python?: string,
): Promise<DetectorReport> {
  const scene = makeScene(random(seed));
  const { batch, classes, scales } = scene;
  const { outcomes: here, floor } = runHere(scene, effort);
  const exact = runReference(scene);
  const others =
    python === undefined
      ? []
      : [
          ...runTorch(scene, python, effort.budget / 1000, [1, os.availableParallelism()]),
          await runTfjs(scene, effort),
        ];
  const present = others.filter((other): other is Outcome => !('install' in other));
  const sum = (of: (scale: (typeof scales)[number]) => number) =>
    scales.reduce((total, scale) => total + of(scale), 0);
  return {
    images: batch,
    classes,
    objects: sum(({ target }) => target.objectness.filter((o) => o > 0).length),
    features: sum(({ features }) => features.length),
    floor,
    results: [...here, ...present, exact].map((outcome) =>
      compare(outcome, exact, here[0], 5 + classes),
    ),
    absent: others.filter((other): other is Absence => 'install' in other),
  };
}
