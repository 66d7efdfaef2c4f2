// Makes links of the papers that docstrings name.
import { Converter } from 'typedoc';

const PAPER = /arXiv (\d{4}\.\d{5})/g;

/** @param {import('typedoc').Application} app */
export function papers(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const { comment } of Object.values(project.reflections)) {
      const tags = comment?.blockTags.filter(({ tag }) => tag === '@see') ?? [];
      for (const part of tags.flatMap(({ content }) => content)) {
        if (part.kind === 'text')
          part.text = part.text.replace(PAPER, '[$&](https://arxiv.org/abs/$1)');
      }
    }
  });
}
