/**
 * A panel of curves over one variable.
 */
import type { Panel } from '../../examples/svg';

export interface Point {
  x: number;
  /** Absent where the curve has a gap. */
  y: number | null;
}

export interface Curve {
  name: string;
  points: Point[];
  style: { stroke: string; strokeWidth?: number; strokeDash?: [number, number] };
}

export interface PanelOptions {
  title: string;
  /** What is on the axis of x. */
  variable: string;
  x: readonly [from: number, to: number];
  y: readonly [from: number, to: number];
  curves: readonly Curve[];
  /** Whether the curves' names stand where they end. */
  named?: boolean;
  /** Draws the axis of x in powers of this. */
  base?: number;
}

/** Colours of the losses of overlap, the same in every picture. */
export const COLOURS = { iou: '#6b7280', giou: '#d97706', diou: '#2563eb', ciou: '#be185d' };

export function panel({ title, variable, x, y, curves, named, base }: PanelOptions): Panel {
  const encoding = {
    x: {
      field: 'x',
      type: 'quantitative' as const,
      title: variable,
      scale: { domain: [...x], nice: false, ...(base && { type: 'log' as const, base }) },
      axis: { tickCount: 7, labelFlush: false },
    },
    y: {
      field: 'y',
      type: 'quantitative' as const,
      title: null,
      scale: { domain: [...y], nice: false },
      axis: { tickCount: 7 },
    },
  };
  const lines = curves.map(({ points, style }) => ({
    data: { values: points },
    mark: {
      type: 'line' as const,
      strokeWidth: 2.5,
      clip: true,
      invalid: 'break-paths-show-domains' as const,
      ...style,
    },
    encoding,
  }));
  const names = curves.map(({ name, points }) => ({
    data: { values: points.filter((point) => (point.y ?? Infinity) < 0.96 * y[1]).slice(-1) },
    mark: { type: 'text' as const, text: name, align: 'left' as const, dx: 8, fontSize: 14 },
    encoding,
  }));
  return {
    title: { text: title, fontSize: 14, offset: 12 },
    width: 370,
    height: 330,
    layer: named ? [...lines, ...names] : lines,
  };
}

/** `count` numbers from one to another, at equal distances. */
export function steps(from: number, to: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + (i / (count - 1)) * (to - from));
}

/** The points of a curve, which is broken where it jumps by more than `jump`. */
export function pointsOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  jump: number = Infinity,
): Point[] {
  return Array.from(x).flatMap((value, i): Point[] => {
    const point = { x: value, y: y[i] };
    const jumps = i > 0 && Math.abs(y[i] - y[i - 1]) > jump;
    return jumps ? [{ x: value, y: null }, point] : [point];
  });
}
