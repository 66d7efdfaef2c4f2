/**
 * The whole loss of YOLO v3 as Markdown.
 */
import { digits, table, times } from '../table';
import type { DetectorReport } from './run';

export function detectorSection(detector: DetectorReport | undefined): string[] {
  if (detector === undefined) return [];
  const { images, classes, objects, features, floor, results, absent } = detector;
  const both = floor.fill + floor.channel;
  const lines = results.map((result) => [
    result.name,
    digits(result.milliseconds),
    times(result.ratio),
    times(result.milliseconds / both),
    result.totalError.toExponential(1),
    result.gradientError.toExponential(1),
  ]);
  return [
    '## yoloV3.loss',
    `The loss of a batch and the gradient of the network's whole output: ${images} images of
416 × 416, ${classes} classes, scales of 13, 26 and 52 cells with three anchors each, which are
${(features / 1e6).toFixed(2)} million numbers; ${objects} objects; CIoU, balanced objectness and category.

Beside the times, "of fill + read" is what part or how many times they are of two things together, both
on one thread: filling the gradient's arrays, ${digits(floor.fill)} ms (memset), and reading the objectness of
every anchor, ${digits(floor.channel)} ms (a loop of JavaScript that sums it). It can be below 1, as the addon
writes gradients past the caches, which memset does not. These and all who are measured in this process
take turns, so that everyone finds the arrays out of the caches.

JavaScript by hand has the same loops as above (\`bench/detector/javascript.ts\`). PyTorch and
TensorFlow.js compose the loss from their operations, with automatic differentiation (\`bench/peers\`,
\`npm run bench -- --peers\`). The reference is timed once. Errors are relative to it, the gradient's
to the largest component of an anchor's row.`,
    table(['by', 'ms', 'ratio', 'of fill + read', 'error of the total', 'of the gradient'], lines),
    ...absent.map(({ name, install }) => `${name} is not installed: ${install}.`),
  ];
}
