// npm run test:cuda: where the CUDA toolkit's headers are found, the tests of jest.cuda.config.mjs
// on Thrust's host backend, and the GPU's library compiled and linked by nvcc, if that is there too.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** The first of `directories` in which one of `files` is. */
function find(directories, files) {
  for (const directory of directories.filter(Boolean)) {
    for (const file of files) {
      if (existsSync(path.join(directory, file))) return path.join(directory, file);
    }
  }
  return undefined;
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

const { CUDA_PATH, CUDA_HOME, CUDACXX, PATH = '' } = process.env;
const toolkits = [CUDA_PATH, CUDA_HOME, '/usr/local/cuda'];
const nvcc =
  CUDACXX ??
  find(PATH.split(path.delimiter), ['nvcc', 'nvcc.exe']) ??
  find(toolkits, ['bin/nvcc', 'bin/nvcc.exe']);
if (nvcc !== undefined && existsSync(nvcc)) {
  toolkits.push(path.join(path.dirname(realpathSync(nvcc)), '..'));
}
const headers = find(toolkits, ['include/cccl/thrust/for_each.h', 'include/thrust/for_each.h']);

if (headers === undefined) {
  console.log('test:cuda skipped: the headers of the CUDA toolkit were not found');
} else {
  const thrust = path.join(path.dirname(headers), '..');
  run('npm', 'run', 'build:cuda-host', '--', `--CDDETLOSS_THRUST=${thrust}`);
  if (nvcc === undefined) console.log("nvcc was not found: the GPU's library was not compiled");
  else run('npm', 'run', 'build:cuda');
  run('npx', 'jest', '--config', 'jest.cuda.config.mjs', ...process.argv.slice(2));
}
