import type { Answers } from './child';

/**
 * In a process of the benchmark: answers one question after the other, and ends when the parent is gone or lets go.
 * @param close what is to be cleared up before
 */
export function answerParent(answers: Answers, close?: () => Promise<void>): void {
  const reply = (message: object) => process.send?.(message);
  process.on('message', ({ kind, question }: { readonly kind: string; readonly question: never }) => {
    const answer = answers[kind]?.(question) ?? Promise.reject(new Error(`It does not know ${kind}.`));
    answer.then(
      (value) => reply({ value }),
      (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  // Ctrl-C reaches every process of a terminal; the parent is the one to decide.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => {
    void Promise.resolve(close?.()).finally(() => process.exit());
  });
}
