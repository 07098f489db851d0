import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { buildOnce } from '../setup/build-once';

const ROOT = join(__dirname, '../..');

/** An app whose audit does as the setting AUDIT says. */
export const START_APP = join(__dirname, 'fixture-app');

/** A command in a process group and a temporary directory of its own, so that it shows what it leaves behind. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** It runs there. */
  readonly directory: string;
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves as soon as what it printed, or its errors, match, or it has ended. */
  printed(pattern: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
  /** Sends a signal to it and all its children, as Ctrl-C in a terminal does. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Resolves when no process of it is left. */
  gone(): Promise<void>;
  /** What it left in its temporary directory. */
  leftovers(): readonly string[];
}

/** Bundles the commands. */
export function buildCommands(): void {
  buildOnce('sandbox/start.ts', 'sandbox/start-live.ts', 'sandbox/host/main.ts');
}

/** Bundles `npm run audit`. */
export function buildAuditCommand(): void {
  buildOnce('sandbox/audit.ts', 'src/cli/main.ts');
}

/** Bundles the auditor itself. */
export function buildAuditor(): void {
  buildOnce();
}

const started = new Map<ChildProcess, string>();

/** Ends what failed tests left behind. */
export function cleanUp(): void {
  for (const [child, directory] of started) {
    if (groupLives(child)) {
      process.kill(-child.pid!, 'SIGKILL');
    }
    rmSync(directory, { recursive: true, force: true });
  }
  started.clear();
}

/** @param files by name what lies in the directory it runs in */
export function runCommand(
  name: 'start' | 'start-live' | 'audit',
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): RunningCommand {
  const directory = mkdtempSync(join(tmpdir(), 'run-command-'));
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), text, { mode: 0o755 });
  }
  const child = spawn(process.execPath, [join(ROOT, `build/sandbox/${name}.js`), ...args], {
    cwd: directory,
    // Of this process the command gets nothing else, so that the settings are those of the test.
    env: { PATH: process.env['PATH'], HOME: directory, TMPDIR: temporary, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.set(child, directory);
  let output = '';
  let errors = '';
  const watchers = new Set<() => void>();
  const collect = (stream: Readable, onText: (text: string) => void) =>
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      onText(chunk);
      watchers.forEach((watch) => {
        watch();
      });
    });
  collect(child.stdout, (chunk) => (output += chunk));
  collect(child.stderr, (chunk) => (errors += chunk));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return {
    child,
    directory,
    output: () => output,
    errors: () => errors.trimEnd(),
    printed: (pattern) =>
      Promise.race([
        ended.then(() => undefined),
        new Promise<void>((resolve) => {
          const watch = () => {
            if (pattern.test(output) || pattern.test(errors)) {
              resolve();
            }
          };
          watchers.add(watch);
          watch();
        }),
      ]),
    ended,
    signalGroup: (signal) => process.kill(-child.pid!, signal),
    gone: async () => {
      // Nothing tells when the last process of a group has ended.
      while (groupLives(child)) {
        await wait(20);
      }
    },
    leftovers: () => readdirSync(temporary),
  };
}

function groupLives({ pid }: ChildProcess): boolean {
  try {
    return process.kill(-pid!, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}
