/** The timer function as the host calls it, over real sockets: the simulated Azure and Azurite. */
import { InvocationContext, type Timer } from '@azure/functions';
import * as z from 'zod';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Azurite } from '../../sandbox/azurite';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { appServices } from '../../src/app-services';
import { defineTenantCheck, type Check } from '../../src/audit/check';
import { newRunId } from '../../src/audit/run-id';
import { signInAudit } from '../../src/functions/sign-in-audit';
import { startAzurite } from '../setup/start-azurite';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { reportOf } from '../storage/stored-things';

let sandbox: Sandbox;
let azurite: Azurite;
const logged: string[] = [];

beforeAll(async () => {
  [sandbox, azurite] = await Promise.all([startTestSandbox(loadScenario('healthy')), startAzurite()]);
  Object.assign(process.env, sandbox.environment, { AzureWebJobsStorage: azurite.connectionString });
});
afterAll(() => Promise.all([sandbox.close(), azurite.close()]));
beforeEach(() => {
  logged.length = 0;
  sandbox.forget();
});

const aCheck = (id: string, requires: 'subscriptions' | 'sqlLogins'): Check =>
  defineTenantCheck({
    id,
    title: id,
    severity: 'high',
    why: 'w',
    remediation: ['r'],
    link: 'https://learn.microsoft.com/',
    requires: [requires],
    options: z.strictObject({}),
    evaluate: () => [],
  });
const nightly = aCheck('nightly', 'subscriptions');
const hourly = aCheck('hourly', 'sqlLogins');

/** An hour with these checks on. */
async function hour(...checks: readonly Check[]) {
  jest.spyOn(appServices(), 'chooseChecks').mockResolvedValue({ checks, off: [], options: {} });
  const timer: Timer = {
    isPastDue: false,
    schedule: { adjustForDST: true },
    scheduleStatus: { last: '', next: '', lastUpdated: '' },
  };
  await signInAudit(
    timer,
    new InvocationContext({
      functionName: 'sign-in-audit',
      invocationId: 'invocation-1',
      logHandler: (level, ...args) => logged.push(`${level}: ${args.join(' ')}`),
    }),
  );
  return (await appServices().storage.reports.find())?.header();
}
const asked = (service: string) => sandbox.requests().filter((request) => request.service === service);

it('does nothing where no check of sign-ins is on, and says so', async () => {
  expect(await hour(nightly)).toBeUndefined();
  expect(logged).toEqual([
    expect.stringMatching(/^information: sign-in audit has nothing to do .*no check of sign-ins/),
  ]);
  expect(sandbox.requests()).toEqual([]);
  expect(await appServices().storage.runs.last()).toBeUndefined();
});

it('audits everything the first time, and logs alone from then on', async () => {
  const first = await hour(nightly, hourly);
  expect(asked('graph').length).toBeGreaterThan(0);
  sandbox.forget();
  const second = await hour(nightly, hourly);
  expect(asked('graph')).toEqual([]);
  expect(asked('synapse')).toEqual([]);
  expect(second).toMatchObject({ previousRunId: first?.runId, fullAuditAt: first?.startedAt });
  expect(second?.signInsAt).toBe(second?.startedAt);
  expect(second?.checks.map(({ id }) => id)).toEqual(['hourly', 'nightly']);
  expect(second?.coverage['subscriptions']).toBe('collected');
});

it('is skipped with a warning while another audit runs', async () => {
  const { storage, now } = appServices();
  const before = await (await reportOf(storage)).header();
  const runId = newRunId(now());
  const expiresAt = new Date(now().getTime() + 60_000);
  const lease = await storage.runs.begin({ runId, trigger: 'request', now: now(), expiresAt });
  expect(await hour(hourly)).toEqual(before);
  expect(logged).toEqual([expect.stringMatching(`^warning: sign-in audit skipped .*${runId}`)]);
  await storage.runs.fail(lease, 'stopped by the test', now());
});

it('fails aloud where storage cannot be reached', async () => {
  const reason = new Error('Table Storage cannot be reached.');
  const begin = jest.spyOn(appServices().storage.runs, 'begin').mockRejectedValue(reason);
  await expect(hour(hourly)).rejects.toThrow(reason);
  begin.mockRestore();
});
