/**
 * `npm start`: the app on the local host, against a simulated Azure and Azurite. Runs the audit once, shows the report,
 * then serves it until it is stopped.
 */
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createCertificates } from './azure/certificates';
import { startSandbox } from './azure/server';
import { startAzurite } from './azurite';
import { appEnvironment } from './cli/app-environment';
import { fetchReport } from './cli/fetch-report';
import { startHostProcess, untilStopped } from './cli/host-process';
import { createPaint } from '../src/cli/paint';
import { createProgress } from './cli/progress';
import { readableMessage } from './cli/readable-message';
import { renderSummary } from './cli/render-summary';
import { runFunction } from './cli/run-function';
import { runSession, type Session } from './cli/session';
import { parseStartOptions, type StartOptions } from './cli/start-options';
import { temporaryDirectory } from './cli/temporary-directory';
import { parseLogLine } from './host/log';
import { loadScenario } from './scenarios/load-scenario';

/** The timers that make up an audit, in the order in which they are run. */
const AUDITS = ['nightly-audit', 'sign-in-audit'];

/** This file is built to `build/sandbox/start.js`. */
const PROJECT = resolve(__dirname, '../..');
const HOST_MAIN = join(__dirname, 'host/main.js');

const paint = createPaint(process.stdout, process.env);
const progress = createProgress((line) => {
  console.log(line);
}, paint);

async function start(options: StartOptions, session: Session): Promise<void> {
  const { signal } = session;
  const scenario = loadScenario(options.scenario);
  checkDirectoryOf(options.report);

  const sandbox = await progress.step(`Simulated Azure with the tenant ${scenario.name}`, async () => {
    const certificates = await createCertificates(temporaryDirectory());
    return session.open(
      () => startSandbox({ scenario, certificates }),
      (started) => started.close(),
    );
  });
  const azurite = await progress.step('Storage (Azurite)', () =>
    session.open(
      () => startAzurite(options.state === undefined ? {} : { directory: resolve(options.state) }),
      (started) => started.close(),
    ),
  );
  let onLine = noteOf;
  const host = await progress.step('Local Functions host', () =>
    session.open(
      () =>
        startHostProcess({
          main: HOST_MAIN,
          app: options.app ?? PROJECT,
          port: options.port,
          environment: { ...appEnvironment(sandbox), AzureWebJobsStorage: azurite.connectionString },
          onLine: (line) => {
            onLine(line);
          },
        }),
      (started) => started.stop(),
    ),
  );
  for (const audit of AUDITS) {
    await progress.step(audit, () => runFunction(host.url, audit, signal));
  }
  const report = await fetchReport(`${host.url}/api`, signal);
  if (options.report !== undefined) {
    await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  }
  console.log(`\n${renderSummary(report, sandbox.outbox(), paint)}\n`);
  if (options.once) {
    return;
  }

  console.log(`${paint('bold', 'Try')}\n${urlsOf(host.url, sandbox.url).join('\n')}\n\nCtrl-C stops everything.`);
  onLine = (line) => {
    console.log(line);
  };
  await untilStopped(host, signal);
}

/** The host's own lines would only repeat the steps; what the app says, and every warning, is worth a line. */
function noteOf(line: string): void {
  const entry = parseLogLine(line);
  if (entry?.source !== 'host' || /^(warning|error|critical)$/.test(entry.level)) {
    progress.note(readableMessage(entry?.message ?? line));
  }
}

function urlsOf(host: string, sandbox: string): readonly string[] {
  return [
    `  ${host}/api/report    (a page in a browser, JSON otherwise)`,
    `  ${host}/api/report?status=fail&severity=critical,high`,
    `  ${host}/api/status`,
    `  ${host}/api/metrics`,
    `  curl -X POST ${host}/api/audit    (runs it again)`,
    `  ${sandbox}/__sandbox/outbox    (mails; the certificate is of a throw-away authority)`,
  ];
}

/** @throws Error before any work is done for a report that could not be written. */
function checkDirectoryOf(file: string | undefined): void {
  if (file !== undefined && statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`--report ${file}: the directory ${dirname(file)} does not exist.`);
  }
}

void runSession((session) => start(parseStartOptions(process.argv.slice(2)), session));
