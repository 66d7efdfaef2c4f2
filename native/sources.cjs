// The hash of everything that an addon is built from. CMake builds it into the addons, `npm run
// build:lib` writes it into dist/, and lib/ computes it where it runs as TypeScript, so that an addon
// of other sources is found out. As a program: writes the C++ file named by its argument.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/** The sources, with `/` between folders on every system, in the order of their names' code units. */
function sources() {
  const native = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => /\.(h|cc|cu|in|inc|cmake)$|(^|\/)CMakeLists\.txt$/.test(file))
    .map((file) => `native/${file}`);
  return ['CMakeLists.txt', ...native].sort();
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of sources()) {
    // Git may give a checkout on Windows its line endings.
    const text = readFileSync(path.join(ROOT, file), 'latin1').replaceAll('\r\n', '\n');
    hash.update(`${file} ${text.length}\n${text}`, 'latin1');
  }
  return hash.digest('hex');
}

module.exports = { hashOfSources };

if (require.main === module) {
  const code = `#include "binding/sources.h"

namespace detloss {
const char kSources[] = "${hashOfSources()}";
}  // namespace detloss
`;
  writeFileSync(process.argv[2], code);
}
