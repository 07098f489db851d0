import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { HostReady } from '../../../sandbox/host/main';
import { buildOnce } from '../../setup/build-once';

const ROOT = join(__dirname, '../../..');
const HOST = join(ROOT, 'build/sandbox/host/main.js');
const FIXTURE_APP = join(__dirname, 'fixture-app');

/** The host as its own process, running the fixture app. */
export interface RunningHost {
  readonly child: ChildProcess;
  /** Empty where it ended instead of becoming ready. */
  readonly url: string;
  /** All it printed so far, standard error included. */
  output(): string;
  /** What of it went to standard error, without the last line break. */
  errors(): string;
  /** Resolves as soon as what it printed matches. */
  printed(pattern: RegExp): Promise<void>;
  /** Its exit code, once it has ended and all it printed has arrived. */
  readonly ended: Promise<number | null>;
}

export interface RunOptions {
  /** After `--app` and `--port 0`; a later `--port` wins. */
  readonly args?: readonly string[];
  readonly app?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Bundles what the tests of a file start. */
export function buildHost(): void {
  buildOnce('sandbox/host/main.ts');
}

const running = new Set<ChildProcess>();

/** Ends what a test that failed left running. */
export function endHosts(): void {
  running.forEach((child) => child.kill('SIGKILL'));
}

/** Starts the host and waits until it is ready, or has ended. */
export async function runHost({
  args = [],
  app = FIXTURE_APP,
  environment = {},
}: RunOptions = {}): Promise<RunningHost> {
  const child = spawn(process.execPath, [HOST, '--app', app, '--port', '0', ...args], {
    env: { PATH: process.env['PATH'], SCHEDULE: '0 0 0 1 1 *', AzureWebJobsStorage: UNREACHABLE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  let text = '';
  let errors = '';
  const watchers = new Set<() => void>();
  const collect = (stream: Readable, onText: (chunk: string) => void) =>
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      onText(chunk);
      watchers.forEach((watch) => {
        watch();
      });
    });
  collect(child.stdout!, () => undefined);
  collect(child.stderr!, (chunk) => (errors += chunk));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    running.delete(child);
    return code ?? null;
  });
  const ready = once(child, 'message').then(([message]) => (message as HostReady).url);
  const url = await Promise.race([ready, ended.then(() => '')]);
  return {
    child,
    url,
    ended,
    output: () => text,
    errors: () => errors.trimEnd(),
    printed: (pattern) =>
      new Promise((resolve) => {
        const watch = () => {
          if (pattern.test(text)) {
            watchers.delete(watch);
            resolve();
          }
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** Connections to it are refused at once. */
const UNREACHABLE =
  'DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=bm9ib2R5;QueueEndpoint=http://127.0.0.1:1/nobody';
