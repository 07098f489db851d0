/** Whatever is measured has a process of its own, which answers the questions of the one that started it. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { answers as app } from './processes/app';
import type { answers as azure } from './processes/azure';
import type { answers as client } from './processes/client';
import type { answers as detect } from './processes/detect';
import type { answers as floor } from './processes/floor';
import type { answers as host } from './processes/host';
import type { answers as judge } from './processes/judge';
import type { answers as load } from './processes/load';
import type { answers as storage } from './processes/storage';
import type { answers as traffic } from './processes/traffic';

/** What each file in `processes/` answers to. */
interface Processes {
  readonly app: typeof app;
  readonly azure: typeof azure;
  readonly client: typeof client;
  readonly detect: typeof detect;
  readonly floor: typeof floor;
  readonly host: typeof host;
  readonly judge: typeof judge;
  readonly load: typeof load;
  readonly storage: typeof storage;
  readonly traffic: typeof traffic;
}

/** A function for each question a process understands. */
export type Answers = Readonly<Record<string, (question: never) => Promise<unknown>>>;

export interface Child<A extends Answers> {
  /** @throws Error with what the process said, where it fails or ends instead of answering */
  ask<K extends keyof A & string>(kind: K, ...question: Parameters<A[K]>): ReturnType<A[K]>;
  /** Lets it clear up; ends it the hard way where that takes too long. */
  stop(): Promise<void>;
}

interface Question {
  readonly kind: string;
  readonly question: unknown;
}

type Reply = { readonly value: unknown } | { readonly error: string };

const STOP_MILLISECONDS = 5000;

export function startChild<N extends keyof Processes>(
  name: N,
  environment: Readonly<Record<string, string>>,
): Child<Processes[N]> {
  return start<Processes[N]>(name, environment);
}

function start<A extends Answers>(name: string, environment: Readonly<Record<string, string>>): Child<A> {
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

  async function ask(kind: string, question: unknown): Promise<unknown> {
    const replied = once(child, 'message') as Promise<[Reply]>;
    child.send({ kind, question } satisfies Question);
    const first = await Promise.race([replied, ended]);
    if (first === undefined) {
      throw new Error(`The process ${name} ended without an answer.`);
    }
    const [reply] = first;
    if ('error' in reply) {
      throw new Error(`The process ${name} failed: ${reply.error}`);
    }
    return reply.value;
  }

  return {
    ask: <K extends keyof A & string>(kind: K, ...[question]: Parameters<A[K]>) =>
      ask(kind, question) as ReturnType<A[K]>,
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
 * Has a process that was just started do one thing, and ends it.
 * @param signal ends it at once; `work` then rejects
 */
export async function inNewChild<N extends keyof Processes, T>(
  name: N,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
  work: (child: Child<Processes[N]>) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const child = startChild(name, environment);
  const stop = () => {
    void child.stop();
  };
  signal.addEventListener('abort', stop);
  try {
    return await work(child);
  } finally {
    signal.removeEventListener('abort', stop);
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

/** What any program needs. */
function ownEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}
