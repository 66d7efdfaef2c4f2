/**
 * `npm run test:cuda`: the suites of the losses on Thrust's host backend, which stands in for the
 * GPU, with typed arrays and with arrays of the device; then the suites of test/cuda. On a machine
 * with a GPU, DETLOSS_CUDA=device in the environment runs all of them on it.
 */
import base from './jest.config.mjs';

process.env.DETLOSS_CUDA ??= 'host';

/** The reference's results, worked examples, properties and edges of every loss. */
const RESULTS = [
  'losses/*',
  'losses/edges/*',
  'losses/families/*',
  'losses/instruction-sets/rows',
  'detectors/yolo-v3/{agreement,edges,gradients,loss}',
];
/** The accuracy of every loss, which prints what it measures. */
const ACCURACY = ['accuracy/{losses,yolo-v3}'];
/** The errors of wrong typed arrays and options. */
const ERRORS = ['losses/errors/*', 'detectors/yolo-v3/errors/*'];

const { maxWorkers, ...common } = base;

function project(displayName, suites, deviceArrays) {
  return {
    ...common,
    displayName,
    testPathIgnorePatterns: [],
    testMatch: suites.map((name) => `<rootDir>/test/${name}.test.ts`),
    globals: { deviceArrays },
    moduleNameMapper: {
      '^(\\.\\./)+lib$': '<rootDir>/test/cuda/library.ts',
      '^(\\.\\./)+lib/binding$': '<rootDir>/test/cuda/binding.ts',
    },
  };
}

export default {
  maxWorkers,
  projects: [
    project('typed arrays', [...RESULTS, ...ACCURACY, ...ERRORS], false),
    project('device arrays', RESULTS, true),
    {
      ...common,
      displayName: 'cuda',
      testPathIgnorePatterns: [],
      testMatch: ['<rootDir>/test/cuda/*.test.ts'],
    },
  ],
};
