// Formats the C++ sources; with --check, fails where one is not formatted.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['native', 'test/native'];

const files = SOURCES.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /\.(h|cc|cu)$/.test(name))
    .map((name) => path.join(folder, name)),
);
const mode = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i'];
const { status, error } = spawnSync('clang-format', ['--style=file', ...mode, ...files], {
  stdio: 'inherit',
});
if (error)
  console.error(`clang-format: ${error.message}; run this by npm run format or lint:native`);
process.exitCode = status ?? 1;
