// Names entries as they are imported, and pages by their first heading.
import path from 'node:path';
import { Converter, ReflectionKind } from 'typedoc';

const HEADING = /^# +(.+)\n/;

/** @param {Record<string, string>} entries The name of each entry by its source. */
export function names(entries) {
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
      else page.name = heading[1].replaceAll('`', '');
    });
  };
}
