import type { Paint } from '../../src/report/text';

export interface Progress {
  /** Does one step of the work and says how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Something that happens within a step. */
  note(text: string): void;
}

export function createProgress(print: (line: string) => void, paint: Paint): Progress {
  return {
    step: async (title, work) => {
      const startedAt = performance.now();
      const after = () => paint('dim', `${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      try {
        const result = await work();
        print(`${paint('green', '✓')} ${title} ${after()}`);
        return result;
      } catch (error) {
        print(`${paint('red', '✗')} ${title} ${after()}`);
        throw error;
      }
    },
    note: (text) => {
      print(paint('dim', `    ${text}`));
    },
  };
}
