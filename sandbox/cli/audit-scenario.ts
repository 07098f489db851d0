import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseOptions } from '../../src/cli/options';
import { createCertificates } from '../azure/certificates';
import { startSandbox } from '../azure/server';
import { loadScenario } from '../scenarios/load-scenario';
import { appEnvironment } from './app-environment';
import { takeScenario } from './scenario-option';
import type { Session } from './session';
import { temporaryDirectory } from './temporary-directory';

/** This file is bundled into `build/sandbox/audit.js`. */
const PROGRAM = join(__dirname, '../src/cli/main.js');

/** Of a process that a signal ended, as shells tell it. */
const INTERRUPTED = 130;

/**
 * Runs the audit of the command line on a simulated Azure, as a process that gets settings and nothing else to know of it.
 * @param args of the command line, `--scenario` among them
 * @returns the exit code of the audit
 * @throws Error in one sentence where an option or the scenario is wrong
 */
export async function auditScenario(args: readonly string[], session: Session): Promise<number> {
  const { scenario: name, rest } = takeScenario(args);
  const { output } = parseOptions(rest);
  const scenario = loadScenario(name);
  const directory = temporaryDirectory();
  const sandbox = await session.open(
    async () => startSandbox({ scenario, certificates: await createCertificates(directory) }),
    (started) => started.close(),
  );
  const { NO_COLOR } = process.env;
  const program = await session.open(
    () =>
      Promise.resolve(
        startProgram(
          // Of an option that comes twice the last one counts.
          [...rest, ...(output === undefined ? [] : ['--output', resolve(output)])],
          // Not here, where a local.settings.json is about a real tenant.
          directory,
          { ...appEnvironment(sandbox), ...(NO_COLOR !== undefined && { NO_COLOR }) },
          session.signal,
        ),
      ),
    (started) => started.stop(),
  );
  return (await program.ended) ?? INTERRUPTED;
}

/** It ends when it is told to stop, and with this process, unless that is killed. */
function startProgram(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: 'inherit' });
  const stop = () => child.kill();
  process.once('exit', stop);
  signal.addEventListener('abort', stop);
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    process.off('exit', stop);
    return code ?? null;
  });
  return {
    ended,
    stop: async () => {
      stop();
      await ended;
    },
  };
}
