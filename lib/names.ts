/**
 * Gives every function of a family the name it is called by: those that are made by other functions
 * have none of their own.
 */
export function named<Family extends object>(family: Family): Family {
  for (const [name, member] of Object.entries(family) as [string, unknown][]) {
    if (typeof member === 'function') {
      Object.defineProperty(member, 'name', { value: name, configurable: true });
    } else if (typeof member === 'object' && member !== null) {
      named(member);
    }
  }
  return family;
}
