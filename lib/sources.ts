/**
 * What the addon has to be built from. `npm run build:lib` puts the hash itself in this module's
 * place in dist/; TypeScript that runs as it is takes that of the sources beside it.
 */
import { createRequire } from 'node:module';

const { hashOfSources } = createRequire(__filename)('../native/sources.cjs') as {
  hashOfSources: () => string;
};

export const SOURCES: string = hashOfSources();
