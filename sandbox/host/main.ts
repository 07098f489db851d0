/**
 * Runs a built Functions app in this process, on this machine: the real `@azure/functions`, its functions and bindings,
 * and nothing of Azure. The environment is the app's settings.
 *
 *   node build/sandbox/host/main.js --app DIR [--port N] [--key KEY] [--verbose]
 */
import { parseArgs } from 'node:util';
import { createLog } from './log';
import { startHost } from './start-host';

const USAGE = 'usage: main.js --app DIR [--port N] [--key KEY] [--verbose]';

/** What the host tells its parent over IPC once it answers requests. */
export interface HostReady {
  readonly url: string;
}

interface Arguments {
  readonly app: string;
  readonly port: number;
  readonly key: string | undefined;
  readonly verbose: boolean;
}

/** @throws Error with one sentence about the first wrong argument. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      port: { type: 'string', default: '7071' },
      key: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const { app, port, key, verbose } = values;
  if (app === undefined) {
    throw new Error('--app is missing.');
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${port}".`);
  }
  return { app, port: Number(port), key, verbose };
}

async function run({ app, port, key, verbose }: Arguments): Promise<void> {
  const log = createLog(verbose);
  let exiting = false;
  let stop = () => Promise.resolve();
  const exit = (code: number) => {
    if (!exiting) {
      exiting = true;
      void stop().finally(() => process.exit(code));
    }
  };
  process.on('SIGINT', () => {
    exit(0);
  });
  process.on('SIGTERM', () => {
    exit(0);
  });
  // The parent is gone, and nobody else would stop this process.
  process.on('disconnect', () => {
    exit(0);
  });
  process.on('uncaughtException', (error: unknown, origin) => {
    console.error(
      `${origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Exception'}: ${describe(error, verbose)}`,
    );
    process.exit(1);
  });

  log('information', 'host', "Local host for development and tests, not Azure's Functions host.");
  process.chdir(app);
  const host = await startHost({
    directory: process.cwd(),
    port,
    ...(key === undefined ? {} : { key }),
    environment: process.env,
    log,
    onTimeout: () => {
      log('critical', 'host', 'A function exceeded functionTimeout and cannot be stopped: the host ends.');
      exit(1);
    },
  });
  stop = host.stop;
  process.send?.({ url: host.url } satisfies HostReady);
}

function describe(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return verbose ? (error.stack ?? error.message) : error.message;
}

try {
  const parsed = readArguments();
  run(parsed).catch((error: unknown) => {
    console.error(describe(error, parsed.verbose));
    process.exit(1);
  });
} catch (error) {
  console.error(`${describe(error, false)}\n${USAGE}`);
  process.exitCode = 2;
}
