import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error';

const START_USAGE = `usage: npm start -- [--once] [--scenario NAME|FILE] [--report FILE] [--port N] [--state DIR] [--app DIR]

  --once          run the audit, print the report, stop
  --scenario X    the simulated tenant: a name, or a JSON file (default contoso)
  --report FILE   write the whole report there as JSON
  --port N        serve on this port (default 7071; with --once any free one)
  --state DIR     keep there what the app stores (default: in memory)
  --app DIR       the built Functions app (default: this one)`;

const LIVE_USAGE = `usage: npm run start:live -- [--port N] [--state DIR] [--app DIR]

  --port N        serve on this port (default 7071)
  --state DIR     where Azurite keeps what the app stores (default .azurite)
  --app DIR       the built Functions app, with its local.settings.json (default: this one)`;

const DEFAULT_PORT = '7071';

export interface StartOptions {
  readonly once: boolean;
  /** Name or path. */
  readonly scenario: string;
  readonly report?: string;
  /** 0: any free one. */
  readonly port: number;
  readonly state?: string;
  readonly app?: string;
}

/** @throws UsageError */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { port, ...options } = parse(args, START_USAGE, {
    once: { type: 'boolean', default: false },
    scenario: { type: 'string', default: 'contoso' },
    report: { type: 'string' },
    port: { type: 'string' },
    state: { type: 'string' },
    app: { type: 'string' },
  });
  return { ...options, port: parsePort(port ?? (options.once ? '0' : DEFAULT_PORT), START_USAGE) };
}

export interface LiveOptions {
  readonly port: number;
  readonly state: string;
  readonly app?: string;
}

/** @throws UsageError */
export function parseLiveOptions(args: readonly string[]): LiveOptions {
  const { port, ...options } = parse(args, LIVE_USAGE, {
    port: { type: 'string', default: DEFAULT_PORT },
    state: { type: 'string', default: '.azurite' },
    app: { type: 'string' },
  });
  return { ...options, port: parsePort(port, LIVE_USAGE) };
}

function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], usage: string, options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), usage, { cause });
  }
}

function parsePort(text: string, usage: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new UsageError(`--port must be a number from 0 to 65535, not "${text}".`, usage);
  }
  return Number(text);
}
