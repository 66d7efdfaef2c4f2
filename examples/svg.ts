/**
 * Renders a vega-lite chart to an SVG file, in the style all charts of this repository share.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config, TopLevelSpec } from 'vega-lite' with { 'resolution-mode': 'import' };

export type Chart = TopLevelSpec;
/** One of several charts side by side. */
export type Panel = Extract<Chart, { hconcat: unknown }>['hconcat'][number];

const INK = '#1f2937';
export const FAINT = '#6b7280';

const font = 'Helvetica, Arial, "DejaVu Sans", sans-serif';

const config: Config = {
  font,
  background: 'white',
  padding: 16,
  view: { stroke: null },
  axis: {
    domainColor: '#9ca3af',
    gridColor: '#e5e7eb',
    labelColor: FAINT,
    labelFontSize: 12,
    tickColor: '#9ca3af',
    titleColor: INK,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 10,
  },
  text: { color: INK },
  title: {
    anchor: 'start',
    color: INK,
    fontSize: 17,
    offset: 16,
    subtitleColor: FAINT,
    subtitleFontSize: 13,
    subtitlePadding: 6,
  },
};

/** Writes `chart` to `file`, making its folder where there is none. */
export async function writeSvg(chart: Chart, file: string): Promise<void> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec } = vegaLite.compile(chart, { config });
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, svg + '\n');
}
