import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly once: boolean;
  /** Name or path. */
  readonly scenario: string;
  /** Where the report goes as JSON. */
  readonly report?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where Azurite keeps its state; absent: in memory. */
  readonly state?: string;
  /** Directory of the built app. */
  readonly app?: string;
}

export const START_USAGE = `usage: npm start -- [--once] [--scenario NAME|FILE] [--report FILE] [--port N] [--state DIR] [--app DIR]

  --once           run the audit, print the report, stop
  --scenario X     the simulated tenant: a name, or a JSON file (default contoso)
  --report FILE    write the whole report there as JSON
  --port N         serve on this port (default 7071, with --once any free one)
  --state DIR      keep what is stored there (default: in memory)
  --app DIR        the built Functions app (default: this one)`;

export const LIVE_USAGE = `usage: npm run start:live -- [--port N] [--state DIR]

  --port N         serve on this port (default 7071)
  --state DIR      where the storage emulator keeps its state (default .azurite)`;

/** A command line that cannot be understood. The message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { once, scenario, report, port, state, app } = parse(args, {
    once: { type: 'boolean', default: false },
    scenario: { type: 'string', default: 'contoso' },
    report: { type: 'string' },
    port: { type: 'string' },
    state: { type: 'string' },
    app: { type: 'string' },
  });
  return {
    once,
    scenario,
    port: port === undefined ? (once ? 0 : 7071) : parsePort(port),
    ...(report === undefined ? {} : { report }),
    ...(state === undefined ? {} : { state }),
    ...(app === undefined ? {} : { app }),
  };
}

export interface LiveOptions {
  readonly port: number;
  readonly state: string;
}

/** @throws UsageError */
export function parseLiveOptions(args: readonly string[]): LiveOptions {
  const { port, state } = parse(args, {
    port: { type: 'string', default: '7071' },
    state: { type: 'string', default: '.azurite' },
  });
  return { port: parsePort(port), state };
}

function parse<T extends NonNullable<Parameters<typeof parseArgs>[0]>['options'] & {}>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new UsageError(`--port must be a number from 0 to 65535, not "${text}".`);
  }
  return Number(text);
}
