import threatDetection from '../../src/checks/threat-detection';
import type { SecurityAlertPolicy } from '../../src/inventory/model';
import { aSecurityAlertPolicy, aWorkspace } from '../fixtures/facts';
import { anInventory, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const workspace = aWorkspace();

function judged(changes: Partial<SecurityAlertPolicy> = {}, options: unknown = {}): FlatVerdict {
  const facts = { securityAlertPolicies: [aSecurityAlertPolicy(changes)] };
  return judgeOne(threatDetection, facts, { workspace, options });
}

test('passes where it is on', () => {
  expect(judged()).toMatchObject({
    status: 'pass',
    subject: { id: workspace.id },
    message: 'Threat detection of workspace “contoso” is on.',
  });
});

test.each([
  [{ mailAddresses: [], mailsAccountAdmins: false }, true],
  [{ mailAddresses: [], mailsAccountAdmins: true }, false],
])('says where its alerts show: %j', (mails, silent) => {
  const verdict = judged(mails);
  expect(verdict.status).toBe('pass');
  expect(verdict.message.includes('its alerts show in Defender for Cloud only')).toBe(silent);
});

test.each([
  ['disabled', 'is switched off'],
  ['new', 'was never switched on'],
] as const)('fails where it is %s', (state, text) => {
  const verdict = judged({ state });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { state } });
  expect(verdict.message).toContain(text);
});

test('fails where an alert that watches sign-ins is off, in any case of its name', () => {
  const verdict = judged({ disabledAlerts: ['access_anomaly', 'Sql_Injection'] });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
  expect(verdict.message).toContain('is on, but without access_anomaly:');
});

test('other alerts may be off, and which ones may not can be set', () => {
  expect(judged({ disabledAlerts: ['Sql_Injection'] }).status).toBe('pass');
  expect(judged({ disabledAlerts: ['Sql_Injection'] }, { neededAlerts: ['Sql_Injection'] }).status).toBe('fail');
});

test('the command keeps what is set', () => {
  const verdict = judged({ disabledAlerts: ['Brute_Force', 'Sql_Injection'], mailsAccountAdmins: true });
  expect(verdict.remediation).toContain(
    `az rest --method put --url "${workspace.id}/securityAlertPolicies/Default?api-version=2021-06-01" --body '{"properties":{"state":"Enabled","disabledAlerts":["Sql_Injection"],"emailAddresses":["security@example.com"],"emailAccountAdmins":true}}'`,
  );
});

test('nothing is judged without the policy', () => {
  const inventory = anInventory({}, [workspace], { securityAlertPolicies: 'everywhere' });
  expect(run(threatDetection, inventory)).toMatchObject([
    { status: 'notEvaluated', sources: ['securityAlertPolicies'] },
  ]);
});
