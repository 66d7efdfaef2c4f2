// Gives `import` its named exports from the same CommonJS module that `require` loads, so that both
// see one instance of it.
export * from './index.js';
