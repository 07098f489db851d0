import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { HostReady } from '../host/main';

/** The local host as a child process. */
export interface HostProcess {
  readonly url: string;
  /** Resolves when it has ended, with its exit code; `null` when a signal ended it. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export interface HostProcessOptions {
  /** The bundled host. */
  readonly main: string;
  /** Directory of the built app. */
  readonly app: string;
  readonly port: number;
  /** All that the app sees of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives each line that the host or the app prints. */
  readonly onLine: (line: string) => void;
}

/** Longer than the host itself takes to stop, functions that run included. */
const STOP_MILLISECONDS = 3000;

/**
 * Starts the local host and waits until it answers requests. It ends with this process, even where that is killed.
 * @throws Error with what the host said, where it ends instead.
 */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const { main, app, port, environment, onLine } = options;
  const child = spawn(process.execPath, [main, '--app', app, '--port', String(port)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  // 'close' and not 'exit': everything it printed has arrived then.
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    process.off('exit', kill);
    return code ?? null;
  });

  // Of a host that does not become ready these are the reason.
  const errors: string[] = [];
  let onError: (line: string) => void = (line) => {
    errors.push(line);
  };
  readLines(child.stdout, onLine);
  readLines(child.stderr, (line) => {
    onError(line);
  });
  const ready = once(child, 'message') as Promise<[HostReady]>;
  const first = await Promise.race([ready, ended]);
  if (!Array.isArray(first)) {
    throw new Error(errors.join('\n') || `The local host ended with exit code ${first}.`);
  }
  errors.forEach(onLine);
  onError = onLine;

  return {
    url: first[0].url,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(kill, STOP_MILLISECONDS);
      await ended;
      clearTimeout(late);
    },
  };
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) {
    createInterface(stream).on('line', onLine);
  }
}

/**
 * Waits until the command is told to stop.
 * @throws Error where the host ends before that.
 */
export async function untilStopped(host: HostProcess, signal: AbortSignal): Promise<void> {
  const stopped = signal.aborted ? undefined : once(signal, 'abort');
  await Promise.race([host.ended, stopped]);
  if (!signal.aborted) {
    throw new Error('The local host ended.');
  }
}
