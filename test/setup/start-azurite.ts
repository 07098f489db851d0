import type { Azurite } from '../../sandbox/azurite';

/** An Azurite of its own, empty, with the code that all test files of this process share. Close it when done. */
export async function startAzurite(): Promise<Azurite> {
  // The tests of mutants have another environment.
  const start = globalThis.startAzuriteOfTheProcess ?? (await import('../../sandbox/azurite')).startAzurite;
  return start();
}
