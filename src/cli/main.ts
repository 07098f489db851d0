/**
 * `npm run audit`: one audit, from where it is called, as whoever is signed in there. Until the report is printed there is
 * nothing to undo, so that a signal may end it at any moment.
 */
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { singleLine } from '../alerts/safe-text';
import { auditOnce } from '../audit/audit-once';
import { newRunId } from '../audit/run-id';
import { loadChecks } from '../load-checks';
import { createReadingServices } from '../reading-services';
import { render } from '../report/render';
import type { ShownReport } from '../report/shown-report';
import { renderText, type Extent } from '../report/text';
import { readOneOffSettings, SETTINGS, SettingsError } from '../settings';
import { CannotRunError } from './cannot-run';
import { conclusionOf, EXIT_CODES, exitCodeOf } from './exit-code';
import { onlyChecks } from './only-checks';
import { onlySubscriptions } from './only-subscriptions';
import { parseOptions, USAGE, type Options } from './options';
import { createPaint } from './paint';
import { createProgress } from './progress';
import { readEnvironment, warningOf } from './read-environment';
import { chooseTenant, signIn } from './sign-in';

/** A summary is read, not searched: the report has the rest. */
const SUMMARY: Extent = { findingsPerSeverity: 10, withRemedy: ['critical', 'high', 'medium'] };

const LONGEST_MESSAGE = 1000;

const now = (): Date => new Date();

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    await print(USAGE);
    return EXIT_CODES.clean;
  }
  checkOutput(options.output);
  const tell = (line: string): void => {
    if (!options.quiet) {
      process.stderr.write(`${line}\n`);
    }
  };
  const environment = readEnvironment(process.env, 'local.settings.json');
  const warning = warningOf(environment, Object.keys(SETTINGS));
  if (warning !== undefined) {
    tell(warning);
  }
  const set = readOneOffSettings(environment);
  const subscriptions = onlySubscriptions(set.subscriptions, options.subscriptions);
  const checks = onlyChecks(await loadChecks(set.checkOptions), options.checks);

  // Loaded here, as it takes longer than to see that an option is wrong.
  const { createCredential } = await import('../credential');
  const credential = createCredential(set.identityClientId, environment, set.tenantId);
  const signedIn = await signIn(credential, `${set.cloud.resourceManagerAudience}/.default`);
  const tenantId = chooseTenant(set.tenantId, signedIn);
  tell(`Auditing the tenant ${tenantId}${set.tenantId === undefined ? ', which the sign-in is one to' : ''}.`);

  const reading = createReadingServices({ ...set, tenantId, subscriptions }, credential, now);
  const log = createProgress(tell, createPaint(process.stderr, process.env));
  const services = { ...reading, chooseChecks: () => Promise.resolve(checks) };
  const report = await auditOnce(services, newRunId(now()), log);
  await deliver({ ...report, lastComplete: null }, options);
  if (report.checksOff.length > 0) {
    tell(`Not looked at, as these checks did not run: ${report.checksOff.join(', ')}.`);
  }
  tell(conclusionOf(report, options.failOn));
  return exitCodeOf(report, options.failOn);
}

async function deliver(report: ShownReport, { format, output, quiet }: Options): Promise<void> {
  const paint = createPaint(process.stdout, process.env);
  if (output === undefined) {
    await print(format === 'text' ? renderText(report, paint) : await render(report, format));
    return;
  }
  const text = await render(report, format);
  try {
    await writeFile(output, withLineEnd(text));
  } catch (cause) {
    throw new CannotRunError(`--output ${output}: it cannot be written: ${messageOf(cause)}.`, { cause });
  }
  if (!quiet) {
    await print(renderText(report, paint, SUMMARY));
  }
}

/** @throws CannotRunError before anything is read for a report that could not be written */
function checkOutput(output: string | undefined): void {
  if (output === undefined) {
    return;
  }
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new CannotRunError(`--output ${output}: it is a directory.`);
  }
  if (statSync(dirname(output), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CannotRunError(`--output ${output}: the directory ${dirname(output)} does not exist.`);
  }
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Resolves when it is written, or nobody reads any more. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(withLineEnd(text), (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}

function fail(error: unknown): void {
  const expected = error instanceof CannotRunError || error instanceof SettingsError;
  const line = expected ? error.message : `The audit failed: ${singleLine(messageOf(error), LONGEST_MESSAGE)}`;
  process.stderr.write(`${line}\n`);
  end(EXIT_CODES.notRun);
}

/** What was told before may still be in a pipe. */
function end(code: number): void {
  process.stderr.write('', () => process.exit(code));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Node would end with 1, which says that there are findings.
process.on('uncaughtException', fail);
// Whoever writes hears of it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
main().then(end, fail);
