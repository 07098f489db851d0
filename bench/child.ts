/** The benchmark's processes: each answers the questions of the one that started it and ends with it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Child {
  /** @throws Error with what the process said, where it fails or ends instead of answering */
  ask<Q extends object, A>(question: Q): Promise<A>;
  /** Lets it clear up; ends it the hard way where that takes too long. */
  stop(): Promise<void>;
}

type Answer = { readonly value: unknown } | { readonly error: string };

const STOP_MILLISECONDS = 5000;

/** @param name of a file in `processes/` */
export function startChild(name: string, environment: Readonly<Record<string, string>>): Child {
  const { PATH = '', HOME = '' } = process.env;
  const child = fork(join(__dirname, 'processes', `${name}.js`), {
    env: { PATH, HOME, ...environment },
    // What it prints is an error: its answers come over the channel.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(() => {
    process.off('exit', kill);
  });
  return {
    ask: async <Q extends object, A>(question: Q) => {
      const answered = once(child, 'message') as Promise<[Answer]>;
      child.send(question);
      const first = await Promise.race([answered, ended]);
      if (first === undefined) {
        throw new Error(`The process ${name} ended unexpectedly.`);
      }
      const [answer] = first;
      if ('error' in answer) {
        throw new Error(`The process ${name} failed: ${answer.error}`);
      }
      return answer.value as A;
    },
    stop: async () => {
      if (child.connected) {
        child.disconnect();
      }
      const late = setTimeout(kill, STOP_MILLISECONDS);
      await ended;
      clearTimeout(late);
    },
  };
}

/**
 * In the process itself: answers one question after the other, and ends when the parent is gone or lets go.
 * @param close what is to be cleared up before
 */
export function answerParent<Q, A>(answer: (question: Q) => Promise<A>, close?: () => Promise<void>): void {
  process.on('message', (question: Q) => {
    answer(question).then(
      (value) => process.send?.({ value } satisfies Answer),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer),
    );
  });
  // Ctrl-C reaches every process of the terminal; the parent is the one to decide.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => {
    void Promise.resolve(close?.()).finally(() => process.exit());
  });
}
