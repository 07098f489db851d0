import { responseTo } from '../../src/audit/sign-in-response';
import untrustedNetwork from '../../src/checks/untrusted-network';
import type { SignIns, SignInWatch } from '../../src/inventory/sign-ins';
import { GRAPH, TENANT } from '../fixtures/facts';
import { anInventory, flat, judge, NO_SIGN_INS, run, type SomeFacts } from '../fixtures/judge';
import { aWatch, aWatchedPrincipal, minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const USER = '11111111-aaaa-4aaa-8aaa-111111111111';
const watchedUser = aWatchedPrincipal({ kind: 'user', id: USER, applicationId: '', name: 'ada', workspaces: [] });
const WATCH = aWatch({ principals: [aWatchedPrincipal(), watchedUser] });
const OFFICE = ['203.0.113.0/24', '2001:db8:1::/48'];
const OUTSIDE = { address: '198.51.100.9', city: 'Porto', country: 'PT' };
const ofUser = (change: Partial<SignIns> = {}) =>
  someSignIns({
    kind: 'user',
    table: 'SigninLogs',
    principalId: USER,
    principalName: 'ada@contoso.example',
    interactive: true,
    ...change,
  });

const facts = (rows: readonly SignIns[]): SomeFacts => ({
  userSignIns: rows.filter(({ kind }) => kind === 'user'),
  servicePrincipalSignIns: rows.filter(({ kind }) => kind === 'servicePrincipal'),
});
interface Circumstances {
  readonly options?: unknown;
  readonly trustedNetworks?: readonly string[];
  readonly watch?: SignInWatch;
}
const judged = (
  rows: readonly SignIns[],
  { options = {}, trustedNetworks = OFFICE, watch = WATCH }: Circumstances = {},
) => judge(untrustedNetwork, facts(rows), { options, signIns: { ...NO_SIGN_INS, watch, trustedNetworks } }).map(flat);
const statuses = (...parameters: Parameters<typeof judged>) => judged(...parameters).map(({ status }) => status);

test('who comes from the office passes', () => {
  expect(judged([someSignIns(), ofUser({ address: '2001:db8:1::7' })])).toMatchObject([
    {
      status: 'pass',
      subject: { id: `${TENANT}/user` },
      message:
        'Sign-ins of users from 2026-11-21 03:00 to 2026-11-22 03:00 UTC: none of those who may use Synapse came from outside the trusted networks.',
    },
    { status: 'pass', subject: { id: `${TENANT}/servicePrincipal` } },
  ]);
});

test('a service principal from outside is told with place, address, and what it may use', () => {
  const rows = [
    someSignIns({ ...OUTSIDE, count: 2, first: minutesAgo(90), last: minutesAgo(80) }),
    someSignIns({ address: '198.51.100.10', country: 'PT', city: '' }),
    someSignIns(),
  ];
  expect(judged(rows)).toMatchObject([
    {
      status: 'fail',
      severity: 'high',
      message:
        'Service principal “Nightly Loader” (aaaaaaaa-0000-4000-8000-000000000001) signed in 3 times from 2 addresses, among them 198.51.100.9 (Porto, Portugal), from 2026-11-22 01:30 to 02:00 UTC: no trusted network. It may use workspace “retail-analytics”.',
      subject: { id: 'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001', kind: 'servicePrincipal' },
      evidence: {
        technique: 'T1078.004',
        addresses: ['198.51.100.9', '198.51.100.10'],
        places: ['Porto, Portugal', 'Portugal'],
        count: 3,
        workspaces: ['retail-analytics'],
      },
    },
  ]);
});

test('a network may be one to be trusted', () => {
  const row = someSignIns(OUTSIDE);
  const [verdict] = judged([row]);
  const lines = verdict?.remediation.split('\n') ?? [];
  expect(lines.slice(0, lines.indexOf('Look further, in Log Analytics:'))).toEqual([
    ...responseTo([row], { graph: GRAPH }),
    'If the network is one to be trusted, name it in the setting TRUSTED_NETWORKS.',
  ]);
});

test('a user from outside', () => {
  const [verdict] = judged([ofUser({ ...OUTSIDE, address: '2001:db8:2::7' })]);
  expect(verdict).toMatchObject({ severity: 'medium', subject: { id: `user/${USER}`, kind: 'user' } });
  expect(verdict?.message).toContain('from 2001:db8:2::7 (Porto, Portugal)');
  expect(verdict?.message).toMatch(/ It may use Synapse\.$/);
});

test('several workspaces are named', () => {
  const watch = aWatch({ principals: [aWatchedPrincipal({ workspaces: ['retail', 'risk'] })] });
  expect(judged([someSignIns(OUTSIDE)], { watch })[0]?.message).toContain('It may use workspaces “retail”, “risk”.');
});

describe('no finding', () => {
  test.each([
    ['without a success', { result: '7000215' }, []],
    ['without an address', { address: '' }, []],
    ['with what is no address', { address: 'somewhere' }, []],
    ['over Microsoft’s network', { autonomousSystem: '8075' }, ['pass']],
    ['over a private endpoint', { address: '10.1.2.3' }, ['pass']],
    ['from the office, as IPv4 in IPv6', { address: '::ffff:203.0.113.7' }, ['pass']],
    ['of somebody who may not use Synapse', { principalId: 'stranger' }, []],
  ])('%s', (_, change, expected) => {
    expect(statuses([someSignIns({ ...OUTSIDE, ...change })])).toEqual(expected);
  });
  test('without trusted networks', () => {
    expect(judged([someSignIns(OUTSIDE)], { trustedNetworks: [] })).toEqual([]);
  });
});

test('who is watched is not wholly known: a pass says so', () => {
  const scope = { kind: 'workspace', id: 'ws', name: 'risk' } as const;
  const gap = { source: 'synapseRoleAssignments', scope, message: 'Access was refused.' } as const;
  expect(judged([someSignIns()], { watch: { ...WATCH, gaps: [gap] } })).toMatchObject([
    { status: 'pass', message: expect.stringContaining('as far as is known who may, for not all of the inventory') },
  ]);
});

test('what two Log Analytics workspaces tell is told once', () => {
  const [verdict] = judged([someSignIns({ ...OUTSIDE, count: 2 }), someSignIns({ ...OUTSIDE, readFrom: 'others' })]);
  expect(verdict?.evidence['count']).toBe(2);
});

test('the query to look further runs, whatever somebody is called', () => {
  const name = `"; drop | take 1 // ' \\ \u2028`;
  for (const signIns of [someSignIns(OUTSIDE), ofUser(OUTSIDE)]) {
    const [verdict] = judged([{ ...signIns, principalName: name, city: name }]);
    const queries = verdict?.remediation.split('\n').filter((line) => line.startsWith(signIns.table)) ?? [];
    expect(queries).toHaveLength(1);
    expect(rowsOf(queries[0] ?? '')).toEqual([]);
    expect(verdict?.subject.name).toBe(name);
  }
});

describe('options', () => {
  test('admit networks that are not trusted otherwise, even where none is', () => {
    const options = { alsoFrom: ['198.51.100.0/24'] };
    expect(statuses([someSignIns(OUTSIDE)], { options })).toEqual(['pass']);
    expect(statuses([someSignIns(OUTSIDE)], { options, trustedNetworks: [] })).toEqual(['pass']);
    expect(statuses([someSignIns()], { options, trustedNetworks: [] })).toEqual(['fail']);
  });
  test.each(['office', '198.51.100.0/33', '0.0.0.0/0'])('refuse %s', (network) => {
    expect(untrustedNetwork.options.safeParse({ alsoFrom: [network] }).error?.issues).toMatchObject([
      {
        path: ['alsoFrom', 0],
        message:
          'expected addresses or CIDR ranges, such as 198.51.100.0/24 or 2001:db8::/32, and not of all addresses',
      },
    ]);
  });
});

test('what could not be read is said', () => {
  const inventory = anInventory({}, [], { userSignIns: 'everywhere' });
  expect(run(untrustedNetwork, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['userSignIns'] }]);
});
