/**
 * A picture of scenes with the boxes there are and the boxes found.
 */
import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { overlap } from 'detloss';
import type { Detection } from './detect';
import { SIDE } from './network';
import type { Scene } from './scenes';

/** Pixels of the picture to one of a scene. */
const ZOOM = 3;
const COLUMNS = 4;
const GAP = 16;
const LEGEND = 36;
const FONT = 'Labels';
/** Detections of a lower score are not shown. */
const SURE = 0.8;

const TRUE = '#64748b';
const RIGHT = '#15803d';
const WRONG = '#dc2626';
const MISSED = '#d97706';

/** A PNG of the scenes; `image` of the boxes is their place in `scenes`, others are left out. */
export async function drawScenes(
  scenes: readonly Scene[],
  truths: readonly Detection[],
  detections: readonly Detection[],
): Promise<Buffer> {
  const font = '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2';
  GlobalFonts.registerFromPath(createRequire(__filename).resolve(font), FONT);
  const size = SIDE * ZOOM;
  const rows = Math.ceil(scenes.length / COLUMNS);
  const canvas = createCanvas(COLUMNS * (size + GAP) + GAP, rows * (size + GAP) + GAP + LEGEND);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  scenes.forEach(({ pixels }, image) => {
    context.save();
    const left = GAP + (image % COLUMNS) * (size + GAP);
    const top = GAP + Math.floor(image / COLUMNS) * (size + GAP);
    context.translate(left, top);
    drawInk(context, pixels);
    const here = (box: Detection) => box.image === image;
    drawBoxes(
      context,
      truths.filter(here),
      detections.filter((box) => here(box) && box.score >= SURE),
    );
    context.restore();
  });
  drawLegend(context, canvas.height - LEGEND / 2 - GAP / 2);
  return canvas.encode('png');
}

/** Dark ink on light paper. */
function drawInk(context: SKRSContext2D, pixels: Float32Array): void {
  const small = createCanvas(SIDE, SIDE);
  const data = small.getContext('2d').createImageData(SIDE, SIDE);
  pixels.forEach((ink, k) => {
    data.data.fill(Math.round(248 - 216 * ink), 4 * k, 4 * k + 3);
    data.data[4 * k + 3] = 255;
  });
  small.getContext('2d').putImageData(data, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, SIDE * ZOOM, SIDE * ZOOM);
}

/** The true boxes, dashed, and those found, with their class and score. */
function drawBoxes(
  context: SKRSContext2D,
  truths: readonly Detection[],
  detections: readonly Detection[],
): void {
  const finds = (found: Detection, truth: Detection) =>
    found.label === truth.label && overlap.alignedIou(found.box, truth.box)[0] >= 0.5;
  for (const truth of truths) {
    const missed = !detections.some((found) => finds(found, truth));
    drawBox(context, truth, missed ? MISSED : TRUE, true);
    if (missed) drawLabel(context, truth, String(truth.label), MISSED);
  }
  for (const found of detections) {
    const colour = truths.some((truth) => finds(found, truth)) ? RIGHT : WRONG;
    drawBox(context, found, colour, false);
    drawLabel(context, found, `${found.label}  ${Math.round(100 * found.score)} %`, colour);
  }
}

function drawBox(
  context: SKRSContext2D,
  { box }: Detection,
  colour: string,
  dashed: boolean,
): void {
  const [y, x, h, w] = box.map((part) => part * SIDE * ZOOM);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.setLineDash(dashed ? [5, 4] : []);
  context.strokeRect(x - w / 2, y - h / 2, w, h);
}

/** Above the box, or in it where there is no room. */
function drawLabel(context: SKRSContext2D, { box }: Detection, text: string, colour: string): void {
  const [y, x, h, w] = box.map((part) => part * SIDE * ZOOM);
  context.font = `12px ${FONT}`;
  const width = context.measureText(text).width + 8;
  const left = Math.max(0, Math.min(x - w / 2 - 1, SIDE * ZOOM - width));
  const top = Math.max(0, y - h / 2 - 17);
  context.fillStyle = colour;
  context.fillRect(left, top, width, 17);
  context.fillStyle = 'white';
  context.textBaseline = 'middle';
  context.fillText(text, left + 4, top + 9);
}

function drawLegend(context: SKRSContext2D, y: number): void {
  const entries: [colour: string, dashed: boolean, text: string][] = [
    [TRUE, true, 'true box'],
    [RIGHT, false, 'found, with class and score'],
    [WRONG, false, 'wrong class or place'],
    [MISSED, true, 'not found'],
  ];
  let x = GAP;
  context.font = `14px ${FONT}`;
  context.textBaseline = 'middle';
  context.lineWidth = 2;
  for (const [colour, dashed, text] of entries) {
    context.strokeStyle = colour;
    context.setLineDash(dashed ? [5, 4] : []);
    context.strokeRect(x, y - 8, 22, 16);
    context.fillStyle = '#1f2937';
    context.fillText(text, x + 30, y + 1);
    x += 30 + context.measureText(text).width + 36;
  }
}
