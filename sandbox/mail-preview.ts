/**
 * `npm run mail:preview`: audits a simulated tenant and renders a mail of every kind to files, for looking at: `.html` as
 * a browser shows it, `.txt` with the subject in its first line, `.csv` where a table is attached.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderMail } from '../src/alerts/render-mail';
import type { Report } from '../src/audit/report';
import { CLOUDS } from '../src/clouds';
import { createCertificates } from './azure/certificates';
import { startSandbox } from './azure/server';
import { startAzurite } from './azurite';
import { appEnvironment } from './cli/app-environment';
import { fetchReport } from './cli/fetch-report';
import { startHostProcess } from './cli/host-process';
import { runFunction } from './cli/run-function';
import { runSession, type Session } from './cli/session';
import { temporaryDirectory } from './cli/temporary-directory';
import { UsageError } from './cli/usage-error';
import { previewMessages } from './mail-preview/preview-messages';
import { loadScenario } from './scenarios/load-scenario';

const USAGE = `usage: npm run mail:preview [-- --scenario NAME|FILE] [--report FILE] [--out DIR]

  --scenario X    the simulated tenant: a name, or a JSON file (default contoso)
  --report FILE   instead of an audit, a report that \`npm start -- --once --report FILE\` wrote
  --out DIR       where the files go (default build/mail-preview)`;

/** This file is built to `build/sandbox/mail-preview.js`. */
const PROJECT = resolve(__dirname, '../..');
const HOST_MAIN = join(__dirname, 'host/main.js');

async function previewMails(session: Session): Promise<void> {
  const { scenario, report: file, out } = parseOptions(process.argv.slice(2));
  const report =
    file === undefined ? await audit(scenario, session) : (JSON.parse(await readFile(file, 'utf8')) as Report);
  await mkdir(out, { recursive: true });
  for (const { name, message, run } of previewMessages(report, CLOUDS.AzureCloud.portal)) {
    const { subject, plainText, html, attachments } = renderMail(message, run);
    await writeFile(join(out, `${name}.html`), html);
    await writeFile(join(out, `${name}.txt`), `Subject: ${subject}\n\n${plainText}`);
    for (const { text } of attachments) {
      await writeFile(join(out, `${name}.csv`), text);
    }
    console.log(`${join(out, name)}.html    ${subject}`);
  }
}

/** @throws UsageError */
function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: 'contoso' },
        report: { type: 'string' },
        out: { type: 'string', default: join(PROJECT, 'build/mail-preview') },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), USAGE);
  }
}

async function audit(name: string, session: Session): Promise<Report> {
  const scenario = loadScenario(name);
  const certificates = await createCertificates(temporaryDirectory());
  const sandbox = await session.open(
    () => startSandbox({ scenario, certificates }),
    (started) => started.close(),
  );
  const azurite = await session.open(
    () => startAzurite({}),
    (started) => started.close(),
  );
  const host = await session.open(
    () =>
      startHostProcess({
        main: HOST_MAIN,
        app: PROJECT,
        port: 0,
        environment: { ...appEnvironment(sandbox), AzureWebJobsStorage: azurite.connectionString },
        onLine: () => undefined,
      }),
    (started) => started.stop(),
  );
  await runFunction(host.url, 'nightly-audit', session.signal);
  return fetchReport(`${host.url}/api`, session.signal);
}

void runSession(previewMails);
