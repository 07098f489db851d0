import publicNetworkAccess from '../../src/checks/public-network-access';
import type { FirewallRule, Workspace } from '../../src/inventory/model';
import { aFirewallRule, aWorkspace } from '../fixtures/facts';
import { anInventory, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

function judged(changes: Partial<Workspace>, firewallRules: readonly FirewallRule[] = [aFirewallRule()]): FlatVerdict {
  return judgeOne(publicNetworkAccess, { firewallRules }, { workspace: aWorkspace(changes) });
}

test('passes where it is off and a private endpoint is approved', () => {
  expect(judged({})).toMatchObject({
    status: 'pass',
    subject: { id: aWorkspace().id },
    message: 'Public network access of workspace “contoso” is off; it has 1 approved private endpoint.',
    evidence: { publicNetworkAccess: false, approvedPrivateEndpoints: 1, firewallRules: 1 },
  });
});

test('fails where it is off and nobody can get in another way', () => {
  const verdict = judged({ approvedPrivateEndpoints: 0 });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'high' });
  expect(verdict.message).toContain('is off and no private endpoint is approved: no sign-in reaches it');
  expect(verdict.remediation).toContain(`az network private-endpoint-connection list --id ${aWorkspace().id}`);
});

describe('fails where it is on', () => {
  test('and tells to create private endpoints first, where there are none', () => {
    const verdict = judged({ publicNetworkAccess: true, approvedPrivateEndpoints: 0 });
    expect(verdict.message).toContain('is on with no approved private endpoint;');
    expect(verdict.remediation).toMatch(/^Create private endpoints first .*\naz rest --method patch --url ".*" --body/);
  });

  test('with the command that switches it off', () => {
    const verdict = judged({ publicNetworkAccess: true, approvedPrivateEndpoints: 2 });
    expect(verdict.message).toContain('is on with 2 approved private endpoints;');
    expect(verdict.remediation).toContain(
      `az rest --method patch --url "${aWorkspace().id}?api-version=2021-06-01" --body '{"properties":{"publicNetworkAccess":"Disabled"}}'`,
    );
    expect(verdict.remediation).not.toContain('Create private endpoints');
  });

  test.each<[string, FirewallRule[], string, string]>([
    ['no rule', [], 'low', 'its firewall admits nobody'],
    ['a narrow rule', [aFirewallRule()], 'low', 'its firewall has 1 rule, none of which admits everybody'],
    ['half of all addresses but one', [aFirewallRule({ start: '0.0.0.1', end: '127.255.255.255' })], 'low', 'none of'],
    ['half of all addresses', [aFirewallRule({ start: '0.0.0.0', end: '127.255.255.255' })], 'medium', 'everybody'],
    [
      'a wide rule beside a narrow one',
      [aFirewallRule(), aFirewallRule({ start: '0.0.0.0', end: '255.255.255.255' })],
      'medium',
      'its firewall admits everybody',
    ],
  ])('by the firewall: %s', (_, rules, severity, text) => {
    const verdict = judged({ publicNetworkAccess: true }, rules);
    expect(verdict).toMatchObject({ status: 'fail', severity });
    expect(verdict.message).toContain(text);
  });

  test('the worse is assumed where the firewall could not be read', () => {
    const workspace = aWorkspace({ publicNetworkAccess: true });
    const inventory = anInventory({}, [workspace], { firewallRules: 'everywhere' });
    expect(run(publicNetworkAccess, inventory)).toMatchObject([
      {
        status: 'fail',
        severity: 'medium',
        message: expect.stringContaining('whom its firewall admits could not be read'),
        evidence: { firewallRules: null },
      },
    ]);
  });
});

test('is taken for on where Azure does not say', () => {
  const verdict = judged({ publicNetworkAccess: null });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low', evidence: { publicNetworkAccess: null } });
  expect(verdict.message).toContain('is not said by Azure, which is to be taken for on');
});
