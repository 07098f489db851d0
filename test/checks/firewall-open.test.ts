import firewallOpen from '../../src/checks/firewall-open';
import type { FirewallRule } from '../../src/inventory/model';
import { aFirewallRule, aWorkspace, SUBSCRIPTION } from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const workspace = aWorkspace({ publicNetworkAccess: true });

function judged(changes: Partial<FirewallRule> = {}, options: unknown = {}, where = workspace): FlatVerdict {
  return judgeOne(firewallOpen, { firewallRules: [aFirewallRule(changes)] }, { workspace: where, options });
}

test('a narrow rule passes and is a subject of its own', () => {
  expect(judged()).toMatchObject({
    status: 'pass',
    subject: {
      id: `${workspace.id}/firewallrules/head-office`,
      kind: 'firewallRule',
      name: 'head-office',
      link: expect.stringContaining(workspace.id),
    },
    message: 'Firewall rule “head-office” of workspace “contoso” admits 256 addresses (198.51.100.0–198.51.100.255).',
    evidence: { addresses: 256, publicNetworkAccess: true },
  });
});

test('one address is said as one', () => {
  expect(judged({ end: '198.51.100.0' }).message).toContain('admits 1 address (198.51.100.0).');
});

test.each([
  ['198.51.100.0', '198.51.103.255', null],
  ['198.51.100.0', '198.51.104.0', 'medium'],
  ['198.0.0.0', '198.255.255.254', 'medium'],
  ['198.0.0.0', '198.255.255.255', 'high'],
  ['0.0.0.1', '127.255.255.255', 'high'],
  ['0.0.0.0', '127.255.255.255', 'critical'],
  ['0.0.0.0', '255.255.255.255', 'critical'],
])('the width of %s–%s is %s', (start, end, severity) => {
  expect(judged({ start, end }).severity).toBe(severity);
});

test('the whole internet and half of it are told apart', () => {
  expect(judged({ start: '0.0.0.0', end: '255.255.255.255' }).message).toContain(
    'admits the whole internet (0.0.0.0–255.255.255.255): a password or token is all that stands',
  );
  expect(judged({ start: '0.0.0.0', end: '200.0.0.0' }).message).toContain('admits half of the internet or more');
});

test('how many addresses are too many is said', () => {
  expect(judged({ end: '198.51.104.0' }).message).toBe(
    'Firewall rule “head-office” of workspace “contoso” admits 1,025 addresses (198.51.100.0–198.51.104.0); more than 1,024 are hardly one’s own.',
  );
});

test('widths can be set', () => {
  expect(judged({}, { maxAddresses: 256 }).severity).toBeNull();
  expect(judged({}, { maxAddresses: 255 }).severity).toBe('medium');
  expect(judged({}, { maxAddresses: 255, highFromAddresses: 256 }).severity).toBe('high');
});

test.each([{ maxAddresses: 0 }, { maxAddresses: 2 ** 24 }, { highFromAddresses: 100 }])(
  'the option %j is refused',
  (wrong) => {
    expect(firewallOpen.options.safeParse(wrong).success).toBe(false);
  },
);

test('options that contradict each other are told apart from options that are wrong', () => {
  const { error } = firewallOpen.options.safeParse({ maxAddresses: 2 ** 24 });
  expect(error?.issues).toMatchObject([{ message: 'maxAddresses must be less than highFromAddresses.' }]);
});

test('a failing rule tells how to replace it, ids quoted for the shell', () => {
  const place = `--workspace-name contoso --resource-group rg-synapse --subscription ${SUBSCRIPTION}`;
  const verdict = judged({ name: 'allow all', start: '0.0.0.0', end: '255.255.255.255' });
  expect(verdict.remediation.split('\n')).toEqual([
    'Add a narrow rule for each place that really needs one, then delete this one:',
    `az synapse workspace firewall-rule create ${place} --name <name> --start-ip-address <first> --end-ip-address <last>`,
    `az synapse workspace firewall-rule delete ${place} --name "allow all" --yes`,
  ]);
});

describe('the rule for Azure services', () => {
  const azure = { start: '0.0.0.0', end: '0.0.0.0' };

  test('fails, low, and says what it means', () => {
    const verdict = judged(azure);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
    expect(verdict.message).toContain('admits Azure services (0.0.0.0): whatever runs in Azure, in any customer’s');
    expect(verdict.remediation).toContain('firewall-rule delete');
  });

  test('passes where it is allowed', () => {
    expect(judged(azure, { allowAzureServices: true })).toMatchObject({
      status: 'pass',
      message: expect.stringContaining('which is allowed by option'),
    });
  });
});

test('private addresses admit nobody, however many they are', () => {
  const verdict = judged({ start: '10.0.0.0', end: '10.255.255.255' });
  expect(verdict.status).toBe('pass');
  expect(verdict.message).toContain('admits nobody: 10.0.0.0–10.255.255.255 are private addresses');
});

describe('while public network access is off', () => {
  const closed = aWorkspace();
  test.each([
    ['0.0.0.0', '255.255.255.255', 'low'],
    ['0.0.0.0', '0.0.0.0', 'info'],
  ])('%s–%s only waits: %s', (start, end, severity) => {
    const verdict = judged({ start, end }, {}, closed);
    expect(verdict).toMatchObject({ status: 'fail', severity });
    expect(verdict.message).toContain('Public network access is off, so that the rule only waits');
  });

  test('which is not assumed where Azure does not say', () => {
    const silent = aWorkspace({ publicNetworkAccess: null });
    expect(judged({ start: '0.0.0.0', end: '255.255.255.255' }, {}, silent).severity).toBe('critical');
  });
});

test('each rule is judged, and none passes as a workspace', () => {
  const rules = [aFirewallRule(), aFirewallRule({ name: 'home', start: '0.0.0.0', end: '255.255.255.255' })];
  expect(judge(firewallOpen, { firewallRules: rules }, { workspace }).map(({ status }) => status)).toEqual([
    'pass',
    'fail',
  ]);
  expect(judge(firewallOpen, {}, { workspace })).toMatchObject([
    {
      status: 'pass',
      subject: { kind: 'workspace' },
      message: expect.stringContaining('has no rules'),
      evidence: { rules: 0 },
    },
  ]);
});

test('nothing is judged without the rules', () => {
  const inventory = anInventory({}, [workspace], { firewallRules: 'everywhere' });
  expect(run(firewallOpen, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['firewallRules'] }]);
});
