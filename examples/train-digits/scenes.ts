/**
 * Scenes of handwritten digits: 1 to 6 of them, of different sizes, at random places, some one over
 * another.
 */
import { type Digit, GLYPH } from './digits';
import { below, type Random } from '../random';

/** A digit in a scene, in pixels. */
export interface Placed {
  label: number;
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface Scene {
  /** side × side, from 0 to 1. */
  pixels: Float32Array;
  objects: Placed[];
}

const MOST = 6;
const SIZES = [0.5, 2];
/** How much of the smaller of two digits' boxes the other may cover. */
const COVER = 0.3;
/** How often a place is looked for before a digit is left out. */
const TRIES = 20;
/** Ink lighter than this does not count for the box. */
const FAINT = 0.25;
/** Within a pixel, down and across: where the digit is looked at. */
const POINTS = [0.25, 0.75];

/** Scenes without end, from the digits given. */
export function* scenes(
  digits: readonly Digit[],
  side: number,
  random: Random,
): Generator<Scene, never> {
  while (true) yield compose(digits, side, random);
}

function compose(digits: readonly Digit[], side: number, random: Random): Scene {
  const scene: Scene = { pixels: new Float32Array(side * side), objects: [] };
  const count = 1 + below(random, MOST);
  for (let k = 0; k < count; k++) {
    const { label, pixels } = digits[below(random, digits.length)];
    // Uniform in the logarithm: as many are halved as doubled.
    const scale = SIZES[0] * (SIZES[1] / SIZES[0]) ** random();
    const glyph = scaled(pixels, Math.round(GLYPH * scale));
    place(scene, side, label, glyph, random);
  }
  return scene;
}

interface Glyph {
  size: number;
  pixels: Float32Array;
  /** Of the ink. */
  box: Omit<Placed, 'label'>;
}

/** Puts a digit where it covers no other too much, if there is such a place. */
function place(scene: Scene, side: number, label: number, glyph: Glyph, random: Random): void {
  const { box, size, pixels } = glyph;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // The ink lies within the scene, the paper about it need not.
    const y = below(random, side - (box.bottom - box.top) + 1) - box.top;
    const x = below(random, side - (box.right - box.left) + 1) - box.left;
    const object = {
      label,
      top: y + box.top,
      left: x + box.left,
      bottom: y + box.bottom,
      right: x + box.right,
    };
    if (scene.objects.some((other) => covered(object, other) > COVER)) continue;
    scene.objects.push(object);
    for (let row = box.top; row < box.bottom; row++) {
      for (let column = box.left; column < box.right; column++) {
        const at = (y + row) * side + x + column;
        scene.pixels[at] = Math.max(scene.pixels[at], pixels[row * size + column]);
      }
    }
    return;
  }
}

function area({ top, left, bottom, right }: Placed): number {
  return (bottom - top) * (right - left);
}

/** The common area of two boxes, as a part of the smaller. */
function covered(a: Placed, b: Placed): number {
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return (Math.max(height, 0) * Math.max(width, 0)) / Math.min(area(a), area(b));
}

/** A digit of `size` × `size` pixels: each the mean of the bilinear interpolation at four points. */
function scaled(source: Float32Array, size: number): Glyph {
  const pixels = new Float32Array(size * size);
  const box = { top: size, left: size, bottom: 0, right: 0 };
  const ratio = GLYPH / size;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (const down of POINTS) {
        for (const across of POINTS) {
          sum += at(source, (row + down) * ratio - 0.5, (column + across) * ratio - 0.5);
        }
      }
      pixels[row * size + column] = sum / 4;
      if (sum / 4 < FAINT) continue;
      box.top = Math.min(box.top, row);
      box.left = Math.min(box.left, column);
      box.bottom = Math.max(box.bottom, row + 1);
      box.right = Math.max(box.right, column + 1);
    }
  }
  return { size, pixels, box };
}

/** The bilinear interpolation of a digit; beyond its border there is paper. */
function at(pixels: Float32Array, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [down, across] = [y - top, x - left];
  const above = pixel(pixels, top, left) * (1 - across) + pixel(pixels, top, left + 1) * across;
  const below =
    pixel(pixels, top + 1, left) * (1 - across) + pixel(pixels, top + 1, left + 1) * across;
  return above * (1 - down) + below * down;
}

function pixel(pixels: Float32Array, row: number, column: number): number {
  if (row < 0 || column < 0 || row >= GLYPH || column >= GLYPH) return 0;
  return pixels[row * GLYPH + column];
}
