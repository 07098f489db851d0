import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario';
import { compareWithBaseline } from '../../../src/audit/baseline';
import { evaluate } from '../../../src/audit/evaluate';
import type { Finding } from '../../../src/audit/finding';
import checks from '../../../src/checks';
import { loadChecks } from '../../../src/load-checks';
import { readSettings } from '../../../src/settings';
import { collect } from '../../inventory/collect';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { NO_SIGN_INS } from '../../fixtures/judge';

describe('the healthy tenant, read and judged', () => {
  let sandbox: Sandbox;
  let findings: readonly Finding[];
  beforeAll(async () => {
    sandbox = await startTestSandbox(loadScenario('healthy'));
    const { inventory, watch } = await collect(sandbox);
    const settings = readSettings({ ...sandbox.environment, AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
    const now = new Date();
    findings = evaluate(checks, inventory, {
      now,
      tenantId: settings.tenantId,
      portal: settings.cloud.portal,
      graph: settings.cloud.graph,
      options: (await loadChecks(settings.checkOptions)).options,
      drift: compareWithBaseline(null, inventory, { now, acceptAfterDays: 7 }).drift,
      signIns: { ...NO_SIGN_INS, watch, trustedNetworks: settings.trustedNetworks },
    });
  });
  afterAll(() => sandbox.close());

  test.each(checks.map(({ id }) => id))('passes %s, and there is something to pass', (id) => {
    const own = findings.filter(({ checkId }) => checkId === id);
    expect(own.some(({ status }) => status === 'pass')).toBe(true);
    expect(own.filter(({ status }) => status === 'fail' || status === 'notEvaluated')).toEqual([]);
  });
});
