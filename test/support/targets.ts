import { native } from '../../lib/binding';

/** Runs tests once on every instruction set of this machine. */
export function onEveryTarget(tests: () => void): void {
  describe.each(native.targets())('on %s', (target) => {
    beforeAll(() => expect(native.useTarget(target)).toBe(true));
    afterAll(() => expect(native.useTarget()).toBe(true));
    tests();
  });
}
