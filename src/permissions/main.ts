/** `npm run permissions`: from where it is called, as whoever is signed in there. */
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotRunError } from '../cli/cannot-run';
import { EXIT_CODES } from './conclusion';
import { problemOf } from './problem-of';
import { runPermissions } from './run-permissions';

const PAUSE_MILLISECONDS = 10_000;

const isInteractive = process.stdin.isTTY && process.stdout.isTTY;

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

function fail(error: unknown): void {
  const line = error instanceof CannotRunError ? error.message : `The command failed: ${problemOf(error)}`;
  process.stderr.write(`${line}\n`);
  process.exitCode = EXIT_CODES.notRun;
}

// Node would end with 1, which says that something is missing.
process.on('uncaughtException', fail);
runPermissions(process.argv.slice(2), {
  environment: process.env,
  write: (text) => process.stdout.write(text),
  ask: isInteractive ? ask : undefined,
  pause: () => sleep(PAUSE_MILLISECONDS),
}).then((code) => {
  process.exitCode = code;
}, fail);
