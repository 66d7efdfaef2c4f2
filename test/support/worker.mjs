// A worker thread that loads the addon, calls what it is told, and ends. Its arguments are in
// workerData: the package's folder, and for each call the group and name of a function, how often,
// the arguments and the numbers. Posts the last result of each call with its arguments, which hold
// the outputs.
import load from 'node-gyp-build';
import { parentPort, workerData } from 'node:worker_threads';

const native = load(workerData.root);
const results = workerData.calls.map(({ group, name, times, args, numbers }) => {
  for (let time = 0; time < times; time++) {
    const all = { ...numbers, kernel: native[group][name] };
    native.numbers.set(native.slots.map((slot) => all[slot] ?? 0));
    native.computeRows(...args);
  }
  return { result: native.numbers[0], args };
});
parentPort.postMessage(results);
