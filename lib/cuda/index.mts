// The same module for `import`: one copy of the code, and of the addon, serves both systems.
export * from './index.js';
