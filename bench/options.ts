import { parseArgs } from 'node:util';
import { UsageError } from '../sandbox/cli/usage-error';
import type { LargeTenantSizes } from '../sandbox/scenarios/large';

const USAGE = `usage: npm run bench -- [--applications N] [--workspaces N] [--rounds N] [--only PART] [--report-only]

  --applications N   of the tenant that is audited (default 5000)
  --workspaces N     of the tenant that is audited (default 200)
  --rounds N         audits measured, each beside a floor (default 4)
  --only PART        audit, detections or http; default all
  --report-only      exit 0 even where a goal is missed`;

export interface BenchOptions {
  readonly sizes: Pick<LargeTenantSizes, 'applications' | 'workspaces'>;
  readonly rounds: number;
  readonly parts: readonly BenchPart[];
  readonly reportOnly: boolean;
}

/** `audit`: the nightly audit and how the app loads; `detections`: what sign-in audits find, and what judging costs; `http`: what requests cost. */
export type BenchPart = (typeof PARTS)[number];
const PARTS = ['audit', 'detections', 'http'] as const;

/** @throws UsageError */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  return {
    sizes: {
      applications: parseCount('applications', values.applications, 0),
      workspaces: parseCount('workspaces', values.workspaces, 1),
    },
    rounds: parseCount('rounds', values.rounds, 1),
    parts: parseParts(values.only),
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
        only: { type: 'string' },
        'report-only': { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause });
  }
}

function parseParts(only: string | undefined): readonly BenchPart[] {
  const parts = only === undefined ? PARTS : PARTS.filter((part) => part === only);
  if (parts.length === 0) {
    throw new UsageError(`--only must be one of ${PARTS.join(', ')}, not "${only ?? ''}".`, USAGE);
  }
  return parts;
}

function parseCount(name: string, text: string, least: number): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < least) {
    throw new UsageError(`--${name} must be a whole number from ${least} to 999999, not "${text}".`, USAGE);
  }
  return Number(text);
}
