/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Machines that build and test at once are slow.
  testTimeout: 30_000,
  // By default jest leaves one core alone: of two, half.
  maxWorkers: '100%',
  roots: ['<rootDir>/test'],
  // jest.cuda.config.mjs runs these.
  testPathIgnorePatterns: ['<rootDir>/test/cuda/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
};
