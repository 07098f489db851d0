import { parseArgs } from 'node:util';
import { SEVERITIES, type Severity } from '../audit/finding';
import type { Format } from '../report/formats';
import { CannotRunError } from './cannot-run';
import { closest } from './closest';

/** A page needs more than a report: the function app serves it. */
export const REPORT_FORMATS = ['text', 'json', 'csv', 'ocsf', 'sarif'] as const satisfies readonly Format[];
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const DEFAULT_FAIL_ON: Severity = 'high';

export const USAGE = `usage: npm run audit -- [options]

Audits the tenant once and prints the report. Nothing is stored, mailed or deployed. Sign in first: az login.

  --format F         text (default), json, csv, ocsf or sarif
  --output FILE      write the report there, and print a summary
  --fail-on LEVEL    exit with 1 for findings of this severity or above: critical, high (default), medium, low, info
  --check ID         run this check only; may be repeated
  --subscription ID  audit this subscription only; may be repeated
  --scenario X       audit a simulated tenant instead: contoso, healthy, forbidden, throttled, large, or a JSON file
  --quiet            print the report alone, or what keeps the audit from running
  --help             print this

The report goes to standard output, all else to standard error; npm's own two lines do too, but not with
npm run --silent audit -- ... > FILE

exit code  0  no finding of that severity or above, and everything could be evaluated
           1  findings of that severity or above
           2  something could not be evaluated, whatever was found
           3  the audit could not run

Settings come from the environment and from local.settings.json. See docs/command-line.md.
`;

export interface Options {
  readonly help: boolean;
  readonly quiet: boolean;
  readonly format: ReportFormat;
  readonly failOn: Severity;
  /** Ids; empty: all that are on. */
  readonly checks: readonly string[];
  /** GUIDs in lower case; empty: those of the settings. */
  readonly subscriptions: readonly string[];
  /** Path; `undefined`: standard output. */
  readonly output: string | undefined;
}

const OPTIONS = {
  help: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  format: { type: 'string', default: 'text' },
  'fail-on': { type: 'string', default: DEFAULT_FAIL_ON },
  check: { type: 'string', multiple: true, default: [] as string[] },
  subscription: { type: 'string', multiple: true, default: [] as string[] },
  output: { type: 'string' },
} as const;

/** @throws CannotRunError about the first option that is wrong */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  if (values.output === '') {
    throw new CannotRunError('--output: expected the path of a file.');
  }
  return {
    help: values.help,
    quiet: values.quiet,
    format: oneOf(REPORT_FORMATS, '--format', values.format),
    failOn: oneOf(SEVERITIES, '--fail-on', values['fail-on']),
    checks: values.check,
    subscriptions: values.subscription.map(guid),
    output: values.output,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    // What follows the first sentence is advice that does not fit here.
    const [problem = ''] = (cause as Error).message.split(/\.(?:\s|$)/);
    const [, unknown] = /^Unknown option '--([^'\s]+)'/.exec(problem) ?? [];
    const meant = unknown === undefined ? undefined : closest(unknown, Object.keys(OPTIONS));
    const hint = meant === undefined ? '' : ` (did you mean --${meant}?)`;
    throw new CannotRunError(`${problem}${hint}. See npm run audit -- --help.`, { cause });
  }
}

function oneOf<T extends string>(allowed: readonly T[], option: string, given: string): T {
  const found = allowed.find((value) => value === given);
  if (found === undefined) {
    throw new CannotRunError(`${option}: expected one of ${allowed.join(', ')}, not ${JSON.stringify(given)}.`);
  }
  return found;
}

function guid(given: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)) {
    throw new CannotRunError(
      `--subscription: expected the id of a subscription, a GUID, not ${JSON.stringify(given)}.`,
    );
  }
  return given.toLowerCase();
}
