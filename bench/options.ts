import { parseArgs } from 'node:util';
import { UsageError } from '../sandbox/cli/usage-error';
import type { LargeTenantSizes } from '../sandbox/scenarios/large';

const USAGE = `usage: npm run bench -- [--applications N] [--workspaces N] [--rounds N] [--report-only]

  --applications N   of the tenant that is audited (default 5000)
  --workspaces N     of the tenant that is audited (default 200)
  --rounds N         audits measured, each beside a floor (default 4)
  --report-only      exit 0 even where a goal is missed`;

export interface BenchOptions {
  readonly sizes: Pick<LargeTenantSizes, 'applications' | 'workspaces'>;
  readonly rounds: number;
  readonly reportOnly: boolean;
}

/** @throws UsageError */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  return {
    sizes: {
      applications: parseCount('applications', values.applications, 0),
      workspaces: parseCount('workspaces', values.workspaces, 1),
    },
    rounds: parseCount('rounds', values.rounds, 1),
    reportOnly: values['report-only'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        applications: { type: 'string', default: '5000' },
        workspaces: { type: 'string', default: '200' },
        rounds: { type: 'string', default: '4' },
        'report-only': { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause });
  }
}

function parseCount(name: string, text: string, least: number): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < least) {
    throw new UsageError(`--${name} must be a whole number from ${least} to 999999, not "${text}".`, USAGE);
  }
  return Number(text);
}
