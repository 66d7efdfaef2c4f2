/** For suites that run on every instruction set: the device is one. */
export const native = {
  targets: (): string[] => ['device'],
  useTarget: (name?: string): boolean => name === undefined || name === 'device',
};
