/** The auditor's own identity is a principal like any other: what it must not have, the checks on principals see. */
import type { Sandbox } from '../../sandbox/azure/server';
import check from '../../src/checks/arm-privileged-principal';
import { run } from '../fixtures/judge';
import { collect } from '../inventory/collect';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { AUDITOR, EVERYTHING, scenarioOf } from './permission-scenario';

describe('the auditor’s own identity', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox(scenarioOf(EVERYTHING));
  });
  afterAll(() => sandbox.close());

  const statuses = async (roles: readonly string[]) => {
    const scenario = scenarioOf(EVERYTHING);
    const held = roles.map((role) => ({ principal: 'mi:auth-auditor', role, scope: 'sub:fabrikam', condition: null }));
    sandbox.load({ ...scenario, azureRoleAssignments: [...scenario.azureRoleAssignments, ...held] });
    const { inventory } = await collect(sandbox, check.requires);
    return run(check, inventory).flatMap((finding) =>
      'evidence' in finding && finding.evidence['principalId'] === AUDITOR ? [finding.status] : [],
    );
  };

  test('passes with what it needs', async () => {
    expect(await statuses([])).toEqual(['pass']);
  });

  test('fails where it rules a subscription', async () => {
    expect(await statuses(['Contributor'])).toEqual(['fail']);
  });
});
