/**
 * `npm run start:live`: the app on the local host against real Azure, with the settings of `local.settings.json`, signed in
 * to as whoever `az login` says. What the app stores goes to Azurite, unless the settings name a storage account.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startAzurite } from './azurite';
import { startHostProcess, untilStopped } from './cli/host-process';
import { parseLocalSettings } from '../src/cli/local-settings';
import { createPaint } from '../src/cli/paint';
import { createProgress } from './cli/progress';
import { runSession, type Session } from './cli/session';
import { parseLiveOptions, type LiveOptions } from './cli/start-options';

/** This file is built to `build/sandbox/start-live.js`. */
const PROJECT = resolve(__dirname, '../..');
const HOST_MAIN = join(__dirname, 'host/main.js');

const progress = createProgress(
  (line) => {
    console.log(line);
  },
  createPaint(process.stdout, process.env),
);

async function startLive({ port, state, app = PROJECT }: LiveOptions, session: Session): Promise<void> {
  const settings = { ...readSettings(app), ...environmentOf(process.env) };
  const storage = settings['AzureWebJobsStorage'] ?? '';
  const onThisMachine = storage === '' || storage === 'UseDevelopmentStorage=true';
  const connectionString = onThisMachine ? await openAzurite(session, resolve(app, state)) : storage;
  const host = await progress.step('Local Functions host', () =>
    session.open(
      () =>
        startHostProcess({
          main: HOST_MAIN,
          app,
          port,
          environment: { ...settings, AzureWebJobsStorage: connectionString },
          onLine: (line) => {
            console.log(line);
          },
        }),
      (started) => started.stop(),
    ),
  );
  console.log(`Serving ${host.url}/api/report. Run an audit now: curl -X POST ${host.url}/api/audit. Ctrl-C stops.`);
  await untilStopped(host, session.signal);
}

async function openAzurite(session: Session, directory: string): Promise<string> {
  const { connectionString } = await progress.step(`Storage (Azurite) in ${directory}`, () =>
    session.open(
      () => startAzurite({ directory }),
      (azurite) => azurite.close(),
    ),
  );
  return connectionString;
}

/** @throws Error in one sentence where there are none, or they are not understood. */
function readSettings(app: string): Readonly<Record<string, string>> {
  const path = join(app, 'local.settings.json');
  if (!existsSync(path)) {
    throw new Error(`${path} does not exist: copy local.settings.sample.json to it and fill it in.`);
  }
  return parseLocalSettings(readFileSync(path, 'utf8'));
}

/** Variables of the shell win over the file, as with `func start`; `az login` needs some of them. */
function environmentOf(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

void runSession((session) => startLive(parseLiveOptions(process.argv.slice(2)), session));
