/**
 * `npm run audit`: one audit, from where it is called, as whoever is signed in there. Until the report is printed there is
 * nothing to undo, so that a signal may end it at any moment.
 */
import { auditOnce } from '../audit/audit-once';
import { newRunId } from '../audit/run-id';
import { counted } from '../audit/wording';
import { loadChecks } from '../load-checks';
import { createReadingServices } from '../reading-services';
import { readOneOffSettings, SETTINGS, SettingsError } from '../settings';
import { CannotRunError } from './cannot-run';
import { checkOutput, deliverReport, print } from './deliver-report';
import { conclusionOf, EXIT_CODES, exitCodeOf } from './exit-code';
import { messageOf, oneLine } from './one-line';
import { onlyChecks } from './only-checks';
import { onlySubscriptions } from './only-subscriptions';
import { parseOptions, USAGE } from './options';
import { createPaint } from './paint';
import { withoutPipelineCommands } from './pipeline-commands';
import { createProgress } from './progress';
import { readEnvironment, warningOf } from './read-environment';
import { chooseTenant, signIn } from './sign-in';

const now = (): Date => new Date();

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    await print(USAGE);
    return EXIT_CODES.clean;
  }
  checkOutput(options);
  const tell = (line: string): void => {
    if (!options.quiet) {
      process.stderr.write(`${withoutPipelineCommands(line)}\n`);
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
  await deliverReport({ ...report, lastComplete: null }, options);
  if (report.checksOff.length > 0) {
    const off = counted(report.checksOff.length, 'check');
    tell(`${off} did not run, so that nobody looked at what they judge: ${report.checksOff.join(', ')}.`);
  }
  tell(conclusionOf(report, options.failOn));
  return exitCodeOf(report, options.failOn);
}

function fail(error: unknown): void {
  const expected = error instanceof CannotRunError || error instanceof SettingsError;
  const line = expected ? error.message : `The audit failed: ${oneLine(messageOf(error))}`;
  process.stderr.write(`${withoutPipelineCommands(line)}\n`);
  end(EXIT_CODES.notRun);
}

/** What was told before may still be in a pipe. */
function end(code: number): void {
  process.stderr.write('', () => process.exit(code));
}

// Node would end with 1, which says that there are findings.
process.on('uncaughtException', fail);
// Whoever writes hears of it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
main().then(end, fail);
