import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { evaluate } from '../../src/audit/evaluate';
import checks from '../../src/checks';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';

test('in the healthy tenant everything is read and nothing fails', async () => {
  const sandbox = await startTestSandbox(loadScenario('healthy'));
  const { inventory } = await collect(sandbox);
  await sandbox.close();
  const tenantId = sandbox.environment['AZURE_TENANT_ID'] ?? '';
  const context = { now: new Date(), tenantId, portal: 'https://portal.azure.com', options: {} };
  const findings = evaluate(checks, inventory, context);
  expect(findings.length).toBeGreaterThan(checks.length);
  expect(findings.filter(({ status }) => status === 'fail' || status === 'notEvaluated')).toEqual([]);
});
