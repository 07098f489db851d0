/**
 * The promise of no lost and no repeated alert, taken at its word: a process that audits is killed (SIGKILL) at every
 * write to storage and every request to the mail service in turn, and another one carries on an hour later.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createCertificates, type Certificates } from '../../sandbox/azure/certificates';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Azurite } from '../../sandbox/azurite';
import { loadScenario, parseScenario } from '../../sandbox/scenarios/load-scenario';
import type { ReportHeader } from '../../src/audit/report';
import { runAudit } from '../../src/audit/run-audit';
import { newRunId } from '../../src/audit/run-id';
import { createServices, type Services } from '../../src/services';
import { TableClient, type TableEntity } from '@azure/data-tables';
import { startAzurite } from '../setup/start-azurite';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { anExecutioner, type Death, type Executioner, type Proxy } from './crash/killing-proxy';

const ROOT = join(__dirname, '../..');
const CHILD = join(ROOT, 'build/test/alerts/crash/audit-once.js');
const HOUR = 3_600_000;
const LANES = 3;

/** The healthy tenant, and the same one when a secret of it is about to end. */
const healthy = loadScenario('healthy');
const due = parseScenario(
  JSON.parse(readFileSync(join(ROOT, 'sandbox/scenarios/healthy.json'), 'utf8').replace('"+80d"', '"+5d"')),
  'due',
);

let azurite: Azurite;
let certificates: Certificates;
const lanes: Lane[] = [];
let prefixes = 0;
let firstRunId: string;
const BASE = 'CrashBase';

/** A tenant, its mail service and the ways a process has to them; its points are tried one after the other. */
interface Lane {
  readonly sandbox: Sandbox;
  readonly executioner: Executioner;
  readonly storage: Proxy;
  readonly azure: Proxy;
}

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', 'test/alerts/crash/audit-once.ts'], { cwd: ROOT });
  azurite = await startAzurite();
  certificates = await createCertificates(process.env['SANDBOX_CERTIFICATES'] ?? '');
  for (let lane = 0; lane < LANES; lane += 1) {
    lanes.push(await openLane());
  }
  const [lane] = lanes;
  if (lane === undefined) {
    throw new Error('there is no lane');
  }
  Object.assign(process.env, lane.sandbox.environment);
  firstRunId = (await audit(aProcess(lane, BASE, -24))).runId;
}, 120_000);
afterAll(async () => {
  await Promise.all(
    lanes.flatMap(({ sandbox, storage, azure }) => [sandbox, storage, azure].map((each) => each.close())),
  );
  await azurite.close();
});

async function openLane(): Promise<Lane> {
  const sandbox = await startTestSandbox(healthy);
  const executioner = anExecutioner();
  const isWrite = ({ method }: IncomingMessage): boolean => method !== 'GET';
  const isMail = ({ url = '' }: IncomingMessage): boolean => url.startsWith('/mail/');
  return {
    sandbox,
    executioner,
    storage: await executioner.open(new URL(azurite.tableEndpoint).origin, isWrite),
    azure: await executioner.open(sandbox.url, isMail, certificates),
  };
}

/** The settings of a process. `isWatched`: it goes through the proxies. */
function environmentOf({ sandbox, storage, azure }: Lane, prefix: string, isWatched: boolean): Record<string, string> {
  const { COMMUNICATION_SERVICES_ENDPOINT: mail = '' } = sandbox.environment;
  const table = new URL(azurite.tableEndpoint).origin;
  return {
    ...sandbox.environment,
    AUDIT_TABLE_PREFIX: prefix,
    AzureWebJobsStorage: isWatched ? azurite.connectionString.replaceAll(table, storage.url) : azurite.connectionString,
    COMMUNICATION_SERVICES_ENDPOINT: isWatched ? mail.replace(sandbox.url, azure.url) : mail,
  };
}

function aProcess(lane: Lane, prefix: string, hours: number): Services {
  return createServices(environmentOf(lane, prefix, false), () => new Date(Date.now() + hours * HOUR));
}

function audit(services: Services): Promise<ReportHeader> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const stop = new AbortController().signal;
  return runAudit(services, { runId: newRunId(services.now()), trigger: 'schedule', audit: 'full', stop, log });
}

/** Where a process is killed. */
interface Blow {
  readonly point: number;
  readonly death: Death;
}

/** What everybody could see right after the process died, and what was mailed in the end. */
interface Aftermath {
  readonly seen: readonly string[];
  readonly wasKilled: boolean;
  readonly said: string;
  readonly latest: { readonly runId: string; readonly findings: number } | undefined;
  readonly final: { readonly overall: string; readonly undelivered: number; readonly failed: number };
  readonly mails: readonly { readonly to: readonly string[]; readonly subject: string; readonly repeated: number }[];
}

/** Every point starts from the same good report; what is copied are rows as they are. */
async function copyTables(from: string, to: string): Promise<void> {
  for (const name of ['Runs', 'Findings', 'Alerts']) {
    const open = (prefix: string): TableClient =>
      TableClient.fromConnectionString(azurite.connectionString, `${prefix}${name}`, { allowInsecureConnection: true });
    await Promise.all([from, to].map((prefix) => open(prefix).createTable()));
    for await (const { etag: _etag, timestamp: _timestamp, ...row } of open(from).listEntities()) {
      await open(to).createEntity(row as TableEntity);
    }
  }
}

async function killAt(lane: Lane, point: number, death: Death): Promise<Aftermath> {
  prefixes += 1;
  const prefix = `Crash${prefixes}`;
  const { sandbox, executioner } = lane;
  await copyTables(BASE, prefix);
  sandbox.load(due);
  sandbox.forget();

  const child = spawn(process.execPath, [CHILD], {
    env: { ...environmentOf(lane, prefix, true), NODE_EXTRA_CA_CERTS: sandbox.caFile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  executioner.aim(point, death, () => child.kill('SIGKILL'));
  const [said, [, signal]] = await Promise.all([
    text(child.stderr),
    once(child, 'exit') as Promise<[number, string | null]>,
  ]);
  const seen = [...executioner.seen];

  const before = aProcess(lane, prefix, 0);
  const whole = await (await before.storage.reports.find())?.whole();
  const latest = whole && { runId: whole.report.runId, findings: whole.report.findings.length };

  // Restarted until quiet: the next run, and the timer after it.
  const stop = new AbortController().signal;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { overall } = await audit(aProcess(lane, prefix, 1));
  let counts = (await before.storage.alerts.standing()).counts;
  for (let hours = 2; counts.pending + counts.sending > 0 && hours < 12; hours += 1) {
    const later = aProcess(lane, prefix, hours);
    await later.deliver(stop, log);
    counts = (await later.storage.alerts.standing()).counts;
  }
  return {
    seen,
    wasKilled: signal === 'SIGKILL',
    said,
    latest,
    final: { overall, undelivered: counts.pending + counts.sending, failed: counts.failed },
    mails: sandbox.outbox().map(({ to, subject, repeated }) => ({ to, subject, repeated })),
  };
}

it('no kill loses an alert, sends one twice, or costs the last good report', async () => {
  const undisturbed = await killAt(lanes[0]!, Infinity, 'after');
  expect(undisturbed).toMatchObject({ wasKilled: false, said: '', final: { undelivered: 0, failed: 0 } });
  expect(undisturbed.mails.length).toBeGreaterThan(0);
  expect(undisturbed.seen.some((request) => request.startsWith('POST /mail/emails:send'))).toBe(true);

  // Dying after a request is, for all that is left, the same as dying before the next one.
  const deaths = undisturbed.seen.map((_, point): Blow => ({ point, death: 'after' }));
  const queue: Blow[] = [{ point: 0, death: 'before' }, ...deaths];
  const points: ({ readonly point: number } & Aftermath)[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        points.push({ point: next.point, ...(await killAt(lane, next.point, next.death)) });
      }
    }),
  );

  for (const { point, wasKilled, latest, final, mails } of points) {
    const where = `killed at ${point}, ${undisturbed.seen[point]}`;
    expect({ where, wasKilled, final, mails }).toEqual({
      where,
      wasKilled: true,
      final: undisturbed.final,
      mails: undisturbed.mails,
    });
    expect(latest?.findings).toBeGreaterThan(0);
    if (latest?.runId === firstRunId) {
      continue;
    }
    // Only the whole new report may stand in its place.
    expect(latest).toEqual({ runId: expect.any(String) as unknown, findings: undisturbed.latest?.findings });
  }
  process.stdout.write(`Killed at ${points.length} points: ${undisturbed.seen.length} requests.\n`);
}, 300_000);
