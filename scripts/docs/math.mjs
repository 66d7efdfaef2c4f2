// Typesets $…$ and ```math blocks with KaTeX when the site is made, and gives the site KaTeX's
// style sheet and fonts: a page needs no network and runs no script for it.
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import markdownKatex from '@vscode/markdown-it-katex';
import katex from 'katex';
import { JSX, RendererEvent } from 'typedoc';

const FOLDER = 'assets/katex';

/** Formulas that are wrong, which the plugin of markdown-it would print as they are. */
const errors = [];

const strictKatex = {
  renderToString(formula, options) {
    try {
      return katex.renderToString(formula, { ...options, strict: 'error', throwOnError: true });
    } catch (error) {
      errors.push(`${formula}: ${error.message}`);
      return '';
    }
  },
};

/** @param {import('markdown-it').default} markdown */
export function renderMath(markdown) {
  markdown.use(markdownKatex.default, { enableFencedBlocks: true, katex: strictKatex });
}

/** @param {import('typedoc').Application} app */
export function math(app) {
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
    for (const error of new Set(errors)) app.logger.error(error);
  });
}
