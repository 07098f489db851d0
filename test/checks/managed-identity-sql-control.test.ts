import sqlControl from '../../src/checks/managed-identity-sql-control';
import type { ManagedIdentitySqlControl } from '../../src/inventory/model';
import {
  aManagedIdentitySqlControl,
  aPoolAuditing,
  aSqlAuditing,
  aWorkspace,
  guid,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const workspace = aWorkspace();
const PLACE = `--workspace-name contoso --resource-group rg-synapse --subscription ${SUBSCRIPTION}`;

function factsOf(changes: Partial<ManagedIdentitySqlControl>) {
  return {
    managedIdentitySqlControl: [aManagedIdentitySqlControl(changes)],
    sqlAuditing: [aSqlAuditing(), aPoolAuditing()],
  };
}
function judged(changes: Partial<ManagedIdentitySqlControl> = {}, options: unknown = {}): FlatVerdict {
  return judgeOne(sqlControl, factsOf(changes), { workspace, options });
}

test('passes where the identity has control', () => {
  expect(judged()).toMatchObject({
    status: 'pass',
    subject: { id: workspace.id },
    message: 'The identity of workspace “contoso” has control of its 1 dedicated pool (“sales”).',
    evidence: { wanted: true, actual: 'enabled', principalId: guid(401), dedicatedPools: ['sales'] },
  });
});

test.each(['enabling', 'disabled', 'disabling', 'unknown'] as const)(
  'fails where control is wanted, but %s',
  (actual) => {
    const verdict = judged({ actual });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { actual } });
    expect(verdict.message).toContain(`but Azure says “${actual}”`);
    expect(verdict.remediation).toContain(`managed-identity revoke-sql-access ${PLACE}\n`);
    expect(verdict.remediation).toContain(`managed-identity grant-sql-access ${PLACE}`);
  },
);

test.each(['disabled', 'enabled'] as const)('advises where control is not wanted, and is %s', (actual) => {
  const verdict = judged({ wanted: false, actual });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low', evidence: { wanted: false, actual } });
  expect(verdict.message).toContain('is not given control of its 1 dedicated pool (“sales”)');
  expect(verdict.remediation).toContain(`az synapse workspace managed-identity grant-sql-access ${PLACE}`);
  expect(verdict.remediation).toContain('CREATE USER [contoso] FROM EXTERNAL PROVIDER;');
});

test('passes where that is accepted', () => {
  const verdict = judged({ wanted: false, actual: 'disabled' }, { acceptNotGranted: true });
  expect(verdict).toMatchObject({ status: 'pass', message: expect.stringContaining('which is accepted') as string });
});

test('but not where control is wanted and not there', () => {
  expect(judged({ actual: 'disabled' }, { acceptNotGranted: true }).severity).toBe('medium');
});

test('is not applicable to a workspace without dedicated pools', () => {
  const facts = { ...factsOf({ wanted: false }), sqlAuditing: [aSqlAuditing()] };
  expect(judge(sqlControl, facts, { workspace })).toEqual([]);
});

test('judges a workspace whose pools could not be read', () => {
  const facts = { ...factsOf({ wanted: false }), sqlAuditing: [] };
  const verdict = judgeOne(sqlControl, facts, { workspace, incomplete: ['sqlAuditing'] });
  expect(verdict).toMatchObject({
    severity: 'low',
    message: expect.stringContaining('of its dedicated pools, if it has any: pipelines') as string,
    evidence: { dedicatedPools: 'unknown (they could not be read)' },
  });
});

test('learns from the auditing which pools there are', () => {
  expect(run(sqlControl, anInventory(factsOf({}), [workspace]))).toMatchObject([
    { status: 'pass', evidence: { dedicatedPools: ['sales'] } },
  ]);
});

test('nothing is judged without the setting', () => {
  const inventory = anInventory(factsOf({}), [workspace], { managedIdentitySqlControl: 'everywhere' });
  expect(run(sqlControl, inventory)).toMatchObject([
    { status: 'notEvaluated', sources: ['managedIdentitySqlControl'] },
  ]);
});
