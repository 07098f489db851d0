import entraOnlyAuthentication from '../../src/checks/entra-only-authentication';
import type { EntraAdministrator, EntraOnlyAuthentication } from '../../src/inventory/model';
import { anEntraAdministrator, anEntraOnlyAuthentication, aWorkspace, SUBSCRIPTION } from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const workspace = aWorkspace();
const ENABLE = `az synapse ad-only-auth enable --workspace-name contoso --resource-group rg-synapse --subscription ${SUBSCRIPTION}`;

function judged(
  changes: Partial<EntraOnlyAuthentication> = {},
  entraAdministrators: readonly EntraAdministrator[] = [anEntraAdministrator()],
): FlatVerdict {
  const facts = { entraOnlyAuthentication: [anEntraOnlyAuthentication(changes)], entraAdministrators };
  return judgeOne(entraOnlyAuthentication, facts, { workspace });
}

test('passes where it is on everywhere, and says since when', () => {
  expect(judged()).toMatchObject({
    status: 'pass',
    subject: { id: workspace.id, kind: 'workspace' },
    message:
      'Entra-only authentication of workspace “contoso” is on since 2026-07-25: SQL logins with passwords don’t work.',
  });
});

test('passes where only the workspace itself says that it is on', () => {
  expect(judged({ state: null, since: null })).toMatchObject({
    status: 'pass',
    message: 'Entra-only authentication of workspace “contoso” is on: SQL logins with passwords don’t work.',
  });
});

test('fails where it is off, and says what switching it on will stop', () => {
  const verdict = judged({ enabled: false });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { enabled: false } });
  expect(verdict.message).toContain('is off, last set on 2026-07-25: SQL logins with passwords');
  expect(verdict.remediation).toBe(
    `Once nothing signs in with a SQL login any more (linked services, reports, scripts: they stop), switch it on:\n${ENABLE}`,
  );
});

test('fails where it was never set', () => {
  const verdict = judged({ enabled: false, state: null, since: null });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { state: null, since: null } });
  expect(verdict.message).toContain('is off: SQL logins');
});

test('warns of switching it on before an Entra administrator is set', () => {
  expect(judged({ enabled: false }, []).remediation).toMatch(
    /^No Entra administrator is set; set one first, .*:\naz synapse sql ad-admin create --workspace-name contoso /,
  );
});

test('warns of it also where nobody could look whether one is set', () => {
  const facts = { entraOnlyAuthentication: [anEntraOnlyAuthentication({ enabled: false })] };
  const inventory = anInventory(facts, [workspace], { entraAdministrators: 'everywhere' });
  expect(run(entraOnlyAuthentication, inventory)).toMatchObject([
    { status: 'fail', remediation: expect.stringMatching(/^Whether an Entra administrator is set could not be read/) },
  ]);
});

test.each([true, false])('fails where the parts of the workspace do not agree, set to %s', (enabled) => {
  const verdict = judged({ enabled, state: 'inconsistent' });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { state: 'inconsistent' } });
  expect(verdict.message).toContain(`is inconsistent: it was set to ${enabled ? 'on' : 'off'}, but`);
  expect(verdict.remediation).toContain(ENABLE);
});

test.each([true, false])('fails, less urgently, while it is being changed to %s', (enabled) => {
  const verdict = judged({ enabled, state: 'updating' });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
  expect(verdict.message).toContain('is being changed');
  expect(verdict.remediation).toContain('az synapse ad-only-auth get --workspace-name contoso');
});

describe('a workspace of the type', () => {
  const verdicts = (workspaceType: string | null) =>
    judge(
      entraOnlyAuthentication,
      { entraOnlyAuthentication: [anEntraOnlyAuthentication({ enabled: false })] },
      { workspace: aWorkspace({ workspaceType }) },
    );

  test.each(['Normal', null])('%s is judged', (type) => {
    expect(verdicts(type)).toMatchObject([{ status: 'fail', evidence: { workspaceType: type } }]);
  });

  test('Connected is not: its SQL belongs to a logical server', () => {
    expect(verdicts('Connected')).toEqual([]);
  });
});

test('nothing is judged without the setting', () => {
  const inventory = anInventory({}, [workspace], { entraOnlyAuthentication: 'everywhere' });
  expect(run(entraOnlyAuthentication, inventory)).toMatchObject([
    { status: 'notEvaluated', sources: ['entraOnlyAuthentication'] },
  ]);
});
