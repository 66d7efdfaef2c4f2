// Names entries as they are imported, and pages by their first heading.
import path from 'node:path';
import { Converter, ReflectionKind } from 'typedoc';

const HEADING = /^# +(.+)\n+/;

/**
 * @param {Record<string, string>} entries The name of each entry by its source.
 * @param {Record<string, string>} pages The names of pages whose heading is not one, by their files.
 */
export function names(entries, pages) {
  const byFile = new Map(Object.entries(entries).map(([file, name]) => [path.resolve(file), name]));

  /** @param {import('typedoc').Application} app */
  return (app) => {
    app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
      if (!reflection.kindOf(ReflectionKind.Module)) return;
      const file = context.getSymbolFromReflection(reflection)?.declarations?.[0].getSourceFile();
      reflection.name = byFile.get(path.resolve(file.fileName)) ?? reflection.name;
    });

    app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
      const heading = HEADING.exec(page.content[0]?.text ?? '');
      if (heading === null) app.logger.warn(`${page.name} does not begin with a heading`);
      else page.name = pages[page.name] ?? heading[1].replaceAll('`', '');
    });

    // The site puts the package's name above its README.
    app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
      const [first] = project.readme;
      first.text = first.text.replace(HEADING, '');
    });
  };
}
