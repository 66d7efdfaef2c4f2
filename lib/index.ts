export * as box from './box';
export * as overlap from './overlap';
export * as regression from './regression';
export type * from './types';
