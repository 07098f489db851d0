import * as fc from 'fast-check';
import { buildOverview, NOBODY } from '../../src/audit/build-overview';
import { NO_CONTACTS, type ApplicationContacts, type Contacts } from '../../src/audit/contacts';
import { SEVERITIES, type Finding } from '../../src/audit/finding';
import { buildReport } from '../../src/audit/report';
import { aSecretFinding, aWorkspaceFinding, inDays, NOW, SALES, TENANT } from '../alerts/changes';
import { guid } from '../fixtures/facts';

const overview = (findings: readonly Finding[], contacts: Contacts = NO_CONTACTS) => {
  const run = {
    runId: '20261122T021000Z-0a1b2c3d',
    previousRunId: null,
    startedAt: NOW,
    finishedAt: NOW,
    tenantId: TENANT,
    checksOff: [],
    alertsFailing: null,
    signInPeriod: null,
  };
  return buildOverview(buildReport(run, [], {}, findings, []), contacts);
};

/** A secret of application 1 with key 1, if nothing else is said. */
function secretOf(application: number, key: number, changes: Partial<Finding> = {}): Finding {
  const id = `${guid(application)}/${guid(1000 + key)}`;
  return aSecretFinding({
    fingerprint: id,
    subject: { id, kind: 'secret', name: `App ${application} / key ${key}` },
    evidence: { appId: guid(100 + application), endsAt: inDays(6) },
    ...changes,
  });
}
const ending = (days: number, changes: Partial<Finding> = {}, evidence: Finding['evidence'] = {}) =>
  aSecretFinding({ fingerprint: `in ${days}`, evidence: { endsAt: inDays(days), ...evidence }, ...changes });

const ada = { name: 'Ada Lovelace', mail: 'Ada@Example.com', enabled: true };
/** Application 1, with its client id and its service principal. */
const contactsOf = (changes: Partial<ApplicationContacts> = {}, number = 1): ApplicationContacts => ({
  ids: [guid(number), guid(100 + number), guid(200 + number)],
  name: `Application ${number}`,
  owners: [ada],
  notify: [],
  ...changes,
});
const knowing = (...applications: readonly ApplicationContacts[]): Contacts => ({ applications, workspaces: [] });

describe('what ends', () => {
  it.each([
    [90, 'pass', true],
    [90.0001, 'pass', false],
    [31, 'pass', true],
    [0, 'fail', true],
    [-0.0001, 'pass', false],
    [-400, 'fail', true],
    // Failing before, and nobody could look.
    [-1, 'notEvaluated', true],
  ] as const)('in %d days, and is %s: is told: %s', (days, status, told) => {
    const { expiries, ended } = overview([ending(days, { status })]);
    expect([expiries.total, ended.total]).toEqual(told ? [days < 0 ? 0 : 1, days < 0 ? 1 : 0] : [0, 0]);
  });

  it('comes soonest first, with what it breaks', () => {
    const pipelines = ['synw/Load', 'synw/Clean'];
    const linkedServices = ['synw/Lake', 'synw/Load', 'synw/Vault', 'synw/Sales', 'synw/More'];
    const findings = [ending(40, { status: 'pass' }), ending(6, {}, { pipelines, linkedServices }), ending(-3)];
    const { items } = overview(findings).expiries;
    expect(items.map(({ fingerprint }) => fingerprint)).toEqual(['in 6', 'in 40']);
    expect(items[0]).toEqual({
      fingerprint: 'in 6',
      checkId: 'secret-expiry',
      status: 'fail',
      severity: 'high',
      message: findings[1]?.message,
      name: 'Nightly loader / ci-2024',
      kind: 'secret',
      endsAt: inDays(6),
      isReplaced: false,
      breaks: ['synw/Load', 'synw/Clean', 'synw/Lake', 'synw/Vault', 'synw/Sales'],
    });
  });

  it('names the workspaces where nothing in them is known to use it', () => {
    const breaks = (evidence: Finding['evidence']) => overview([ending(6, {}, evidence)]).expiries.items[0]?.breaks;
    expect(breaks({ workspaces: ['synw-sales'] })).toEqual(['synw-sales']);
    expect(breaks({ workspaces: ['synw-sales'], usedBy: ['synw-sales/Lake'] })).toEqual(['synw-sales/Lake']);
    expect(breaks({ workspaces: 'none' })).toEqual([]);
  });

  it('says that a newer one is there', () => {
    const { items } = overview([ending(6, {}, { replacedBy: guid(7) })]).expiries;
    expect(items).toMatchObject([{ isReplaced: true }]);
  });

  it('leaves room for what comes, however much has ended: of that the latest is listed', () => {
    const past = Array.from({ length: 600 }, (_, index) => ending(-index - 1));
    const { expiries, ended } = overview([...past, ending(6)]);
    expect(expiries.items.map(({ fingerprint }) => fingerprint)).toEqual(['in 6']);
    expect([ended.total, ended.items.length, ended.items[0]?.endsAt]).toEqual([600, 200, inDays(-1)]);
  });

  it('is 500 at most, the soonest, and all are counted', () => {
    const findings = Array.from({ length: 501 }, (_, index) => ending(89 - index / 10, { status: 'pass' }));
    const { total, items } = overview(findings).expiries;
    expect([total, items.length]).toEqual([501, 500]);
    expect(items[0]?.endsAt).toBe(inDays(39));
  });
});

describe('what fails now', () => {
  it('is what mails call so, most urgent first', () => {
    const blocked = aWorkspaceFinding({ severity: 'critical' });
    const expired = ending(-3);
    const { failingNow } = overview([
      expired,
      ending(6),
      ending(-5, { fingerprint: 'replaced' }, { replacedBy: guid(7) }),
      ending(-5, { status: 'notEvaluated' }),
      aWorkspaceFinding({ checkId: 'firewall-open' }),
      blocked,
    ]);
    expect(failingNow.items.map(({ fingerprint }) => fingerprint)).toEqual([blocked.fingerprint, expired.fingerprint]);
    expect(failingNow.total).toBe(2);
  });
});

describe('workspaces', () => {
  const FINANCE = SALES.replace('synw-sales', 'synw-finance');
  const problem = (id: string, changes: Partial<Finding> = {}) =>
    aWorkspaceFinding({ subject: { id, kind: 'workspace', name: 'w' }, scope: id, ...changes });

  it('are told with what is open in them, by their ARM id, the most urgent first', () => {
    const contacts = { applications: [], workspaces: [{ id: FINANCE, name: 'Finance', notify: [] }] };
    const { workspaces } = overview(
      [
        problem(SALES.toUpperCase(), { severity: 'low' }),
        problem(SALES, { severity: 'low', checkId: 'firewall-open' }),
        problem(SALES, { status: 'pass' }),
        problem(SALES, { status: 'notEvaluated', severity: 'critical' }),
        problem(FINANCE, { severity: 'medium' }),
        aSecretFinding(),
      ],
      contacts,
    );
    expect(workspaces.total).toBe(2);
    expect(workspaces.items).toMatchObject([
      { key: FINANCE, name: 'Finance', severities: { medium: 1, low: 0 }, totals: { fail: 1, notEvaluated: 0 } },
      {
        key: SALES.toLowerCase(),
        name: 'synw-sales',
        severities: { critical: 0, medium: 0, low: 2 },
        totals: { fail: 2, notEvaluated: 1 },
        nextEnd: null,
        worst: [{ severity: 'low' }, { severity: 'low' }, { status: 'notEvaluated' }],
      },
    ]);
  });

  it('show the three most urgent things, and what ends next, be it open or not', () => {
    const findings = SEVERITIES.map((severity) =>
      problem(SALES, { severity, fingerprint: severity, evidence: { endsAt: inDays(60) } }),
    );
    const soon = problem(SALES, { status: 'pass', evidence: { endsAt: inDays(40) } });
    const past = problem(SALES, { fingerprint: 'past', severity: 'info', evidence: { endsAt: inDays(-1) } });
    const replaced = problem(SALES, { severity: 'info', evidence: { endsAt: inDays(1), replacedBy: guid(1) } });
    const [group] = overview([...findings, soon, past, replaced]).workspaces.items;
    expect(group?.worst.map(({ fingerprint }) => fingerprint)).toEqual(['critical', 'high', 'medium']);
    expect(group?.nextEnd).toBe(inDays(40));
  });

  it('are none where all is well', () => {
    const passing = problem(SALES, { status: 'pass', evidence: { endsAt: inDays(40) } });
    expect(overview([passing]).workspaces).toEqual({ total: 0, items: [] });
  });
});

describe('principals', () => {
  /** The service principal of an application, as a workspace sees it. */
  const principalOf = (application: number, changes: Partial<Finding> = {}) =>
    aWorkspaceFinding({
      subject: { id: `${SALES}/principals/${guid(200 + application)}`, kind: 'servicePrincipal', name: 'sp' },
      evidence: { appId: guid(100 + application) },
      fingerprint: `sp ${application}`,
      ...changes,
    });

  it('are one where they share their first id', () => {
    expect(overview([secretOf(1, 1), secretOf(1, 2), secretOf(2, 3)]).principals).toMatchObject({
      total: 2,
      items: [
        { key: guid(1), name: 'App 1', severities: { high: 2 }, nextEnd: inDays(6) },
        { key: guid(2), name: 'App 2', severities: { high: 1 } },
      ],
    });
  });

  it('are one with their service principals where contacts know that they are, by the id that most are known by', () => {
    const findings = [secretOf(1, 1), principalOf(1)];
    expect(overview(findings).principals.total).toBe(2);
    expect(overview(findings, knowing(contactsOf())).principals).toMatchObject({
      total: 1,
      items: [{ key: guid(101), name: 'Application 1', totals: { fail: 2, notEvaluated: 0 } }],
    });
  });

  it('are told apart in one workspace, whose subscription has a GUID as well', () => {
    const { principals } = overview([principalOf(1), principalOf(2)]);
    expect(principals.items.map(({ key }) => key).sort()).toEqual([guid(201), guid(202)]);
  });
});

describe('owners', () => {
  it('have what is of their applications, by their mail address', () => {
    const bob = { name: 'Bob', mail: null, enabled: null };
    const contacts = knowing(contactsOf({ owners: [ada, bob] }), contactsOf({ owners: [ada] }, 2));
    const findings = [secretOf(1, 1), secretOf(2, 2, { severity: 'critical' }), secretOf(2, 3, { status: 'pass' })];
    expect(overview(findings, contacts).owners).toMatchObject({
      total: 2,
      items: [
        {
          key: 'ada@example.com',
          name: 'Ada Lovelace',
          severities: { critical: 1, high: 1 },
          totals: { fail: 2 },
          worst: [{ severity: 'critical' }, { severity: 'high' }],
          nextEnd: inDays(6),
          applicationIds: [guid(2), guid(1)],
        },
        { key: 'bob', name: 'Bob', severities: { critical: 0, high: 1 }, applicationIds: [guid(1)] },
      ],
    });
  });

  it.each([
    ['whose application nobody knows', NO_CONTACTS],
    ['whose application has none', knowing(contactsOf({ owners: [] }))],
    ['whose owners are all disabled', knowing(contactsOf({ owners: [{ ...ada, enabled: false }] }))],
  ])('are none of what is open, and that is told: one %s', (_what, contacts) => {
    const { owners } = overview([secretOf(1, 1), aWorkspaceFinding()], contacts);
    expect(owners).toMatchObject({
      total: 1,
      items: [{ key: NOBODY, totals: { fail: 1 }, applicationIds: [guid(1)] }],
    });
  });

  it('are known by every id that one of their findings needs', () => {
    const bare = secretOf(1, 1, { evidence: {} });
    const signIn = aWorkspaceFinding({
      subject: { id: guid(201), kind: 'servicePrincipal', name: 'sp' },
      evidence: {},
      scope: TENANT,
    });
    const [owner] = overview([bare, signIn], knowing(contactsOf())).owners.items;
    expect(owner?.applicationIds).toEqual([guid(1), guid(201)]);
  });

  it('say where they own more than is named', () => {
    const numbers = Array.from({ length: 5_001 }, (_, index) => 10_000 + index * 2_000);
    const contacts = knowing(...numbers.map((number) => contactsOf({}, number)));
    const findings = numbers.map((number) => secretOf(number, 1));
    const [owner] = overview(findings, contacts).owners.items;
    expect(owner).toMatchObject({ totals: { fail: 5_001 }, applicationIdsLeftOut: 1 });
    expect(owner?.applicationIds).toHaveLength(5_000);
  });
});

describe('whatever the tenant', () => {
  const SIZE = 3_000;
  /** As many groups as findings, and each as long as it can be. */
  const long = 'x'.repeat(5_000);
  const findings = Array.from({ length: SIZE }, (_, index) =>
    secretOf(2 * SIZE + index, 1, {
      message: long,
      scope: `${SALES}${index}`,
      subject: { id: `${guid(2 * SIZE + index)}/k`, kind: 'secret', name: long },
      evidence: { endsAt: inDays(index % 80), pipelines: Array.from({ length: 20 }, (_each, n) => `${n}${long}`) },
    }),
  );
  const owners = Array.from({ length: 30 }, (_, number) => ({ name: `${number}${long}`, mail: null, enabled: true }));
  const contacts = knowing(...findings.map((_, index) => contactsOf({ name: long, owners }, 2 * SIZE + index)));

  it('it is bounded', () => {
    const made = overview(findings, contacts);
    expect(made.principals).toMatchObject({ total: SIZE });
    expect(made.principals.items).toHaveLength(200);
    expect(made.workspaces.items).toHaveLength(200);
    expect(made.owners).toMatchObject({ total: 30 });
    expect(JSON.stringify(made).length).toBeLessThan(4_000_000);
  });

  it('every open finding of an application is in exactly one group of principals, and at least one of owners', () => {
    const some = fc.record({
      application: fc.integer({ min: 1, max: 4 }),
      key: fc.integer({ min: 1, max: 50 }),
      status: fc.constantFrom('fail', 'notEvaluated', 'pass'),
      severity: fc.constantFrom(...SEVERITIES),
      ends: fc.option(fc.integer({ min: -50, max: 100 })),
    } as const);
    const known = fc.subarray([1, 2, 3, 4]);
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), known, (all, applications) => {
        const made = overview(
          all.map(({ application, key, ends, ...changes }) =>
            secretOf(application, key, {
              ...changes,
              evidence: { appId: guid(100 + application), ...(ends !== null && { endsAt: inDays(ends) }) },
            }),
          ),
          knowing(...applications.map((number) => contactsOf({}, number))),
        );
        const open = all.filter(({ status }) => status !== 'pass');
        const sum = (groups: typeof made.principals.items) =>
          groups.reduce((total, { totals }) => total + totals.fail + totals.notEvaluated, 0);
        expect(sum(made.principals.items)).toBe(open.length);
        expect(sum(made.owners.items)).toBe(open.length);
        expect(made.principals.total).toBe(new Set(open.map(({ application }) => application)).size);
      }),
      { numRuns: 100 },
    );
  });
});
