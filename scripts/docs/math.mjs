// Typesets $…$ and ```math blocks with KaTeX when the site is made, and gives the site KaTeX's
// style sheet and fonts: a page needs no network and runs no script for it.
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import katex from '@vscode/markdown-it-katex';
import { JSX, RendererEvent } from 'typedoc';

const FOLDER = 'assets/katex';

/** @param {import('markdown-it').default} markdown */
export function renderMath(markdown) {
  markdown.use(katex.default, { enableFencedBlocks: true, throwOnError: true });
}

/** @param {import('typedoc').Application} app */
export function mathAssets(app) {
  app.renderer.hooks.on('head.end', (context) =>
    JSX.createElement('link', {
      rel: 'stylesheet',
      href: context.relativeURL(`${FOLDER}/katex.min.css`),
    }),
  );
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    const from = path.dirname(createRequire(import.meta.url).resolve('katex'));
    const to = path.join(outputDirectory, FOLDER);
    mkdirSync(to, { recursive: true });
    for (const name of ['katex.min.css', 'fonts']) {
      cpSync(path.join(from, name), path.join(to, name), { recursive: true });
    }
  });
}
