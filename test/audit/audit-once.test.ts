/**
 * One-off audits of simulated tenants, with the real clients and checks, but those that take logs: a process of its own runs
 * them sooner, see `test/cli/audit-command.test.ts`.
 */
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { auditOnce } from '../../src/audit/audit-once';
import { DRIFT_CHECK } from '../../src/audit/baseline';
import type { ReadingServices } from '../../src/audit/reading-services';
import { neededBy } from '../../src/audit/sign-in-checks';
import checks from '../../src/checks';
import { onlyChecks } from '../../src/cli/only-checks';
import type { Log } from '../../src/log';
import { createReadingServices } from '../../src/reading-services';
import { connectTo } from '../setup/connect-to';
import { startTestSandbox } from '../setup/start-test-sandbox';

const CHECKS = checks.filter((check) => neededBy([check]).logs.size === 0 || check.id === DRIFT_CHECK);
const RUN = '20260301T020000Z-00000000';

let sandbox: Sandbox;
let read: string[];
const write: Log['info'] = (_event, { source }) => read.push(String(source));
const log: Log = { info: write, warn: write, error: write };

beforeAll(async () => {
  sandbox = await startTestSandbox('healthy');
});
afterAll(() => sandbox.close());
beforeEach(() => {
  read = [];
  sandbox.forget();
});

function audit(scenario: string, change: Partial<ReadingServices> = {}) {
  sandbox.load(loadScenario(scenario));
  const { settings, credential } = connectTo(sandbox);
  const services = createReadingServices(settings, credential, () => new Date());
  const chooseChecks = async () => {
    const chosen = await services.chooseChecks();
    return { ...chosen, checks: chosen.checks.filter((check) => CHECKS.includes(check)) };
  };
  return auditOnce({ ...services, chooseChecks, ...change }, RUN, log);
}

it('calls a healthy tenant clean, by all checks but the one that compares', async () => {
  const report = await audit('healthy');
  expect(report).toMatchObject({
    schemaVersion: 1,
    runId: RUN,
    previousRunId: null,
    overall: 'clean',
    totals: { fail: 0, notEvaluated: 0 },
    checksOff: [DRIFT_CHECK],
    alertsFailing: null,
  });
  expect(report.checks.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id).filter((id) => id !== DRIFT_CHECK));
  expect(report.findings.filter(({ checkId }) => checkId === DRIFT_CHECK)).toEqual([]);
  expect(sandbox.outbox()).toEqual([]);
});

it('finds what is wrong, tells of no change, and does not read for the check that it leaves out', async () => {
  const report = await audit('contoso');
  expect(report.overall).toBe('attention');
  expect(report.severities.critical).toBeGreaterThan(0);
  expect(report.totals.fail).toBe(report.findings.filter(({ status }) => status === 'fail').length);
  expect(report.changes).toEqual({ opened: 0, worsened: 0, unchanged: 0, resolved: 0, unconfirmed: 0 });
  // Whoever runs it is not the app, so that this is no pass.
  expect(report.findings.filter(({ checkId }) => checkId === 'auditor-own-access')).toMatchObject([
    { status: 'notApplicable' },
  ]);
  // Only changes are looked up in these.
  expect(read.filter((source) => source === 'activityLog' || source === 'directoryAudits')).toEqual([]);
  expect(Object.keys(report.coverage).sort()).toEqual([...new Set(read)].sort());
});

it('is incomplete where something is refused', async () => {
  const report = await audit('forbidden');
  expect(report.overall).toBe('incomplete');
  expect(report.totals.notEvaluated).toBeGreaterThan(0);
  expect(report.coverage.applications).toMatchObject({ because: 'forbidden' });
});

it('reads no more than the checks need that it is limited to', async () => {
  const limited = onlyChecks({ checks, off: [], options: {} }, ['firewall-open']);
  const report = await audit('contoso', {
    chooseChecks: () => Promise.resolve({ ...limited, options: { 'firewall-open': {} } }),
  });
  expect(report.checks.map(({ id }) => id)).toEqual(['firewall-open']);
  expect(report.checksOff).toEqual(checks.map(({ id }) => id).filter((id) => id !== 'firewall-open'));
  expect(Object.keys(report.coverage).sort()).toEqual(['firewallRules', 'subscriptions', 'workspaces']);
  expect(report.signInsAt).toBeNull();
});

it('reports as not evaluated what it has no time to read', async () => {
  const report = await audit('healthy', { timeoutMilliseconds: 0 });
  expect(report.overall).toBe('incomplete');
  expect(report.coverage.applications).toMatchObject({ because: 'cancelled' });
});
