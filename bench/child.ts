/** Every benchmark runs in processes of its own: they answer the questions of the one that started them. */
import { fork, spawn } from 'node:child_process';
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
  const child = fork(join(__dirname, 'processes', `${name}.js`), {
    env: { ...ownEnvironment(), ...environment },
    // What it prints is an error: its answers come over the channel.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
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
        throw new Error(`The process ${name} ended without an answer.`);
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

/** Asks a process that exists for this one question. */
export async function askOnce<Q extends object, A>(
  name: string,
  environment: Readonly<Record<string, string>>,
  question: Q,
): Promise<A> {
  const child = startChild(name, environment);
  try {
    return await child.ask<Q, A>(question);
  } finally {
    await child.stop();
  }
}

/** How long Node.js itself takes to start and to end, in milliseconds. */
export async function startNode(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { env: ownEnvironment(), stdio: 'ignore' });
  await once(child, 'exit');
  return performance.now() - startedAt;
}

/**
 * In the process itself: answers one question after the other, and ends when the parent is gone or lets go.
 * @param close what is to be cleared up before
 */
export function answerParent<Q, A>(answer: (question: Q) => Promise<A>, close?: () => Promise<void>): void {
  const send = (reply: Answer) => process.send?.(reply);
  process.on('message', (question: Q) => {
    answer(question).then(
      (value) => send({ value }),
      (error: unknown) => send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  // Ctrl-C reaches every process of a terminal; the parent is the one to decide.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => {
    void Promise.resolve(close?.()).finally(() => process.exit());
  });
}

/** What any program needs. */
function ownEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}
