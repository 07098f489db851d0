/** Delivery against the limits of a custom domain, with a clock that the test moves. */
import { createHash } from 'node:crypto';
import { ManagedIdentityCredential } from '@azure/identity';
import type { Sandbox } from '../../sandbox/azure/server';
import { parseScenario } from '../../sandbox/scenarios/load-scenario';
import { createMailer } from '../../src/alerts/communication-mailer';
import { deliverAlerts, WEBHOOK_LIMITS } from '../../src/alerts/deliver-alerts';
import type { Log } from '../../src/log';
import { SEVERITIES, type Severity } from '../../src/audit/finding';
import type { Storage } from '../../src/storage/open-storage';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { onAzurite } from '../storage/on-azurite';
import { anAlert, night, publishNight } from '../storage/stored-things';

const LIMITS = { mail: { perMinute: 30, perHour: 100 }, webhook: WEBHOOK_LIMITS };
const MINUTE = 60_000;
const azurite = onAzurite();
let sandbox: Sandbox;
let time: number;

/** Played anew for each test, as the service's limits remember what was sent. */
const scenario = (() => {
  const mail = {
    sender: 'auditor@fabrikam.example',
    sendsPerMinute: LIMITS.mail.perMinute,
    sendsPerHour: LIMITS.mail.perHour,
    statusReadsPerMinute: 60,
    statusReadsPerHour: 200,
  };
  return parseScenario({ extends: 'healthy', name: 'limits', mail }, 'test');
})();

beforeAll(async () => {
  sandbox = await startTestSandbox(scenario, undefined, () => new Date(time));
  Object.assign(process.env, sandbox.environment);
});
afterAll(() => sandbox.close());
beforeEach(() => {
  time = night(1).getTime();
  sandbox.forget();
  sandbox.load(scenario);
});

/** One process: its own clients, the same storage and service as all the others. */
function aProcess({ alerts }: Storage, warnings: string[] = [], info: Log['info'] = () => undefined) {
  const log: Log = {
    info,
    warn: (event, fields) => warnings.push(`${event} ${JSON.stringify(fields)}`),
    error: (event, fields) => warnings.push(`${event} ${JSON.stringify(fields)}`),
  };
  const endpoint = sandbox.environment['COMMUNICATION_SERVICES_ENDPOINT'] ?? '';
  const service = { endpoint, credential: new ManagedIdentityCredential() };
  const mailer = createMailer(service, 'auditor@fabrikam.example', { watchMilliseconds: 0 });
  const signal = new AbortController().signal;
  return () =>
    deliverAlerts({
      outbox: alerts,
      channels: { mail: mailer },
      limits: LIMITS,
      now: () => new Date(time),
      log,
      signal,
    });
}

function ownersAlerts(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const urgency: Severity = SEVERITIES[(index * 7) % 4] ?? 'low';
    const id = createHash('sha256').update(String(index)).digest('hex');
    return anAlert({
      id: `${id.slice(0, 8)}-${id.slice(8, 12)}-8${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`,
      urgency,
      to: [`owner${index}@fabrikam.example`],
      subject: `${urgency} ${index}`,
    });
  });
}

/** The most that was sent within any such time. */
function mostWithin(milliseconds: number): number {
  const times = sandbox.outbox().map(({ at }) => Date.parse(at));
  return Math.max(...times.map((start) => times.filter((t) => t >= start && t < start + milliseconds).length));
}

it('2,000 owners with something due on one night are all told, the most urgent first, nobody twice', async () => {
  const owners = 2_000;
  const storage = azurite.open('Owners');
  const alerts = ownersAlerts(owners);
  await publishNight(storage, 0, { alerts });
  const warnings: string[] = [];
  let deliveries = 0;
  for (let sent = 0; sent < owners; deliveries += 1) {
    // The timer comes every five minutes; those at which there is room for nothing are left out.
    let roomFrom = 0;
    const delivered = await aProcess(storage, warnings, (_, { until }) => {
      roomFrom = typeof until === 'string' ? Date.parse(until) : roomFrom;
    })();
    sent += delivered.sent;
    if (delivered.sent === 0 || deliveries > 400) {
      throw new Error(`only ${sent} were sent`);
    }
    do {
      time += 5 * MINUTE;
    } while (time < roomFrom);
  }
  const mails = sandbox.outbox();
  expect(mails.map(({ to }) => to[0]).sort()).toEqual(alerts.map(({ to }) => to[0]).sort());
  expect(mails.filter(({ repeated }) => repeated > 0)).toEqual([]);
  // No wait was imposed by the service: we kept its limits by ourselves.
  expect(sandbox.requests().filter(({ method, status }) => method === 'POST' && status === 429)).toEqual([]);
  expect(warnings).toEqual([]);
  const ranks = mails.map(({ subject }) => SEVERITIES.findIndex((severity) => subject.startsWith(severity)));
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  expect(mostWithin(MINUTE)).toBeLessThanOrEqual(30);
  expect(mostWithin(60 * MINUTE)).toBeLessThanOrEqual(100);
  const hours = (Date.parse(mails.at(-1)?.at ?? '') - night(1).getTime()) / (60 * MINUTE);
  expect(hours).toBeLessThan(owners / 100 + 4);
  expect((await storage.alerts.standing()).counts).toMatchObject({ sent: owners, pending: 0, sending: 0, failed: 0 });
}, 300_000);

it('several processes that deliver at the same time send each alert once, and no more than the service takes', async () => {
  const storage = azurite.open('Together');
  await publishNight(storage, 0, { alerts: ownersAlerts(40) });
  const processes = Array.from({ length: 5 }, () => aProcess(azurite.open('Together')));
  const first = await Promise.all(processes.map((deliver) => deliver()));
  expect(first.reduce((sum, { sent }) => sum + sent, 0)).toBe(30);
  expect(sandbox.outbox()).toHaveLength(30);
  time += 5 * MINUTE;
  const second = await Promise.all(processes.map((deliver) => deliver()));
  expect(second.reduce((sum, { sent }) => sum + sent, 0)).toBe(10);
  const mails = sandbox.outbox();
  expect(new Set(mails.map(({ to }) => to[0])).size).toBe(40);
  expect(mails.every(({ repeated }) => repeated === 0)).toBe(true);
  expect(sandbox.requests().filter(({ status }) => status === 429)).toEqual([]);
});
