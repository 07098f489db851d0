/** Who is told what, and of whom it is said that nobody could be told. */
import { DEFAULT_ALERT_SETTINGS } from '../../src/alerts/alert-settings';
import type { ProblemChange } from '../../src/alerts/news';
import type { PlannedProblem } from '../../src/alerts/plan-problems';
import { route, type Delivery, type RoutingContext } from '../../src/alerts/routing';
import { newsOf } from '../../src/alerts/news';
import { contactsIn, mergedContacts, concernedBy, type Contacts } from '../../src/audit/contacts';
import type { Finding } from '../../src/audit/finding';
import { anApplication, aServicePrincipal, aWorkspace, guid } from '../fixtures/facts';
import { anInventory } from '../fixtures/judge';
import { aBlindFinding, aSecretFinding, aWorkspaceFinding, NOW, opened, SALES } from './changes';

const APPLICATION = 'aaaaaaaa-0000-4000-8000-000000000001';
const NOTHING_BLIND = { blind: [], regained: [] };

const anOwner = (name: string, changes: Partial<Contacts['applications'][number]['owners'][number]> = {}) => ({
  name,
  mail: `${name.toLowerCase()}@example.com`,
  enabled: true,
  ...changes,
});

function contactsWith(
  application: Partial<Contacts['applications'][number]>,
  workspaces: Contacts['workspaces'] = [],
): Contacts {
  return {
    applications: [{ ids: [APPLICATION], name: 'Nightly loader', owners: [], notify: [], ...application }],
    workspaces,
  };
}

function context(changes: Partial<RoutingContext> = {}): RoutingContext {
  return {
    contacts: contactsWith({ owners: [anOwner('Ada')] }),
    unreachable: new Set(),
    administrators: ['team@example.com'],
    settings: DEFAULT_ALERT_SETTINGS,
    ...changes,
  };
}

const told = (finding: Finding, changes: Partial<ProblemChange> = {}): PlannedProblem => ({
  change: { kind: 'opened', finding, firstSeen: NOW.toISOString(), ...changes },
  everybody: true,
});

/** Each recipient's subjects. */
function inboxes(deliveries: readonly Delivery[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    deliveries.flatMap(({ to, news }) =>
      to.map((address) => [
        address,
        [...news.problems, ...news.resolved]
          .map(({ finding }) => finding.checkId)
          .concat(news.blind.map((b) => b.source ?? '')),
      ]),
    ),
  );
}

const secret = told(aSecretFinding());
const workspace = told(aWorkspaceFinding());

describe('of an application', () => {
  it('its owners are told of it and of nothing else, administrators of everything', () => {
    expect(inboxes(route([secret, workspace], NOTHING_BLIND, context()))).toEqual({
      'team@example.com': ['secret-expiry', 'managed-identity-storage-access'],
      'ada@example.com': ['secret-expiry'],
    });
  });

  it.each<[string, Contacts, string]>([
    ['its owners', contactsWith({ owners: [anOwner('Ada')], notify: ['notes@example.com'] }), 'ada@example.com'],
    ['whom its notes name', contactsWith({ notify: ['notes@example.com'] }), 'notes@example.com'],
    [
      'whom its notes name, as no owner can be told',
      contactsWith({ owners: [anOwner('Ada', { enabled: false })], notify: ['notes@example.com'] }),
      'notes@example.com',
    ],
    [
      'owners of whom it is not known whether they are enabled',
      contactsWith({ owners: [anOwner('Ada', { enabled: null })] }),
      'ada@example.com',
    ],
    [
      'the owners who can be told',
      contactsWith({ owners: [anOwner('Eve', { enabled: false }), anOwner('Ada')] }),
      'ada@example.com',
    ],
  ])('the one who is told is %s', (_, contacts, address) => {
    const [everything, other] = route([secret], NOTHING_BLIND, context({ contacts }));
    expect(other).toMatchObject({ audience: 'owner', to: [address] });
    expect(everything?.notices).toEqual([]);
  });

  it.each<[string, Contacts, string]>([
    ['the owner is disabled', contactsWith({ owners: [anOwner('Ada', { enabled: false })] }), 'Ada: account disabled'],
    ['the owner has no mail', contactsWith({ owners: [anOwner('Ada', { mail: null })] }), 'Ada: no mail address'],
    ['mail comes back', contactsWith({ owners: [anOwner('Eve')] }), 'Eve: mail to eve@example.com comes back'],
    [
      'the address is none',
      contactsWith({ owners: [anOwner('Ada', { mail: 'a@b.c\r\nBcc: x@y.z' })] }),
      'Ada: no valid mail address',
    ],
    [
      'mail to the notes comes back',
      contactsWith({ notify: ['eve@example.com'] }),
      'eve@example.com of its notes: mail comes back',
    ],
    ['there is no owner', contactsWith({}), 'has no owner to tell'],
  ])('administrators alone are told, and why, where %s', (_, contacts, reason) => {
    const [everything, ...others] = route(
      [secret],
      NOTHING_BLIND,
      context({ contacts, unreachable: new Set(['eve@example.com']) }),
    );
    expect(others).toEqual([]);
    expect(everything?.notices).toHaveLength(1);
    expect(everything?.notices[0]).toContain(reason);
    expect(everything?.notices[0]).toContain('Nightly loader');
  });

  it('says it once, however much there is of it', () => {
    const contacts = contactsWith({});
    const again = told(aSecretFinding({ fingerprint: 'other' }));
    expect(route([secret, again], NOTHING_BLIND, context({ contacts }))[0]?.notices).toHaveLength(1);
  });

  it('shows names of the tenant on one line', () => {
    const contacts = contactsWith({ name: 'x\r\nBcc: all', owners: [anOwner('A\u202Eb\nc', { mail: null })] });
    expect(route([secret], NOTHING_BLIND, context({ contacts }))[0]?.notices.join()).not.toMatch(/[\r\n\u202E]/);
  });

  it('nobody but administrators is told of what owners were not told before, or while owners are off', () => {
    const quiet = { ...secret, everybody: false };
    expect(route([quiet], NOTHING_BLIND, context())).toHaveLength(1);
    const off = context({ settings: { ...DEFAULT_ALERT_SETTINGS, owners: false } });
    expect(route([secret], NOTHING_BLIND, off)).toHaveLength(1);
  });
});

describe('of a workspace', () => {
  const tagged = (notify: readonly string[]) => ({ id: SALES, name: 'synw-sales', notify });

  it('whom its tag names is told of what concerns it', () => {
    const contacts = contactsWith({ owners: [anOwner('Ada')] }, [tagged(['sales@example.com'])]);
    expect(inboxes(route([secret, workspace], NOTHING_BLIND, context({ contacts })))).toMatchObject({
      'ada@example.com': ['secret-expiry'],
      'sales@example.com': ['managed-identity-storage-access'],
    });
  });

  it('without a tag nobody is missed; with one that cannot be told it is said', () => {
    const unreachable = new Set(['gone@example.com']);
    const notices = (notify: readonly string[]) =>
      route([workspace], NOTHING_BLIND, context({ contacts: contactsWith({}, [tagged(notify)]), unreachable }))[0]
        ?.notices;
    expect(notices([])).toEqual([]);
    expect(notices(['gone@example.com'])?.[0]).toContain('tag of workspace "synw-sales"');
  });
});

describe('one person', () => {
  const second = 'aaaaaaaa-0000-4000-8000-000000000002';
  const other = told(
    aSecretFinding({
      subject: { id: `${second}/key`, kind: 'secret', name: 'b' },
      fingerprint: 'b',
      checkId: 'certificate-expiry',
    }),
  );
  const contacts: Contacts = {
    workspaces: [],
    applications: [
      { ids: [APPLICATION], name: 'a', owners: [anOwner('Ada'), anOwner('Bob')], notify: [] },
      { ids: [second], name: 'b', owners: [anOwner('ADA'), anOwner('Cy'), anOwner('Di')], notify: [] },
    ],
  };

  it('gets one mail with all of theirs, and shares it with those who get the very same', () => {
    const [, ...owners] = route([secret, other], NOTHING_BLIND, context({ contacts }));
    expect(owners.map(({ to }) => to)).toEqual([
      ['ada@example.com'],
      ['bob@example.com'],
      ['cy@example.com', 'di@example.com'],
    ]);
    expect(inboxes(owners)['ada@example.com']).toEqual(['certificate-expiry', 'secret-expiry']);
  });

  it('who is an administrator gets no mail beside that of administrators', () => {
    const deliveries = route([secret], NOTHING_BLIND, context({ contacts, administrators: ['Ada@example.com'] }));
    expect(deliveries.map(({ to }) => to)).toEqual([['Ada@example.com'], ['bob@example.com']]);
  });
});

describe('a route', () => {
  const routes = [
    { minSeverity: 'critical' as const, to: ['soc@example.com'] },
    { checkId: 'secret-expiry', to: ['secrets@example.com'] },
    { checkId: 'secret-expiry', minSeverity: 'critical' as const, to: ['both@example.com'] },
  ];
  const settings = { ...DEFAULT_ALERT_SETTINGS, routes };

  it('tells of what is as it says, in all it says', () => {
    const critical = told(aWorkspaceFinding({ severity: 'critical' }));
    expect(inboxes(route([secret, critical], NOTHING_BLIND, context({ settings })))).toEqual({
      'team@example.com': ['managed-identity-storage-access', 'secret-expiry'],
      'ada@example.com': ['secret-expiry'],
      'secrets@example.com': ['secret-expiry'],
      'soc@example.com': ['managed-identity-storage-access'],
    });
  });

  it('tells of blindness, which owners are not told of', () => {
    const blind = newsOf([opened({ ...aBlindFinding('secret-expiry', ['applications']), severity: 'critical' })]).blind;
    const addresses = Object.keys(inboxes(route([], { blind, regained: [] }, context({ settings }))));
    expect(addresses.sort()).toEqual([
      'both@example.com',
      'secrets@example.com',
      'soc@example.com',
      'team@example.com',
    ]);
  });
});

describe('contacts', () => {
  const inventory = (notes: string | null, tags: Readonly<Record<string, string>> = {}) =>
    anInventory({ applications: [anApplication({ notes })], servicePrincipals: [aServicePrincipal()] }, [
      aWorkspace({ tags }),
    ]);
  const read = (notes: string | null, tags?: Readonly<Record<string, string>>) =>
    contactsIn(inventory(notes, tags), new Set([guid(103)]), 'NotifyEmail');

  it.each([
    [null, []],
    ['Nothing to see.', []],
    ['Copies data. NotifyEmail=a@example.com', ['a@example.com']],
    ['notifyemail = a@example.com; b@example.com and more', ['a@example.com', 'b@example.com']],
    ['NotifyEmail=a@example.com.\nMore.', ['a@example.com']],
    ['NotifyEmail=nobody', []],
    ['NotifyEmail=<a@example.com>', ['a@example.com']],
  ])('of notes %j are %j', (notes, notify) => {
    expect(read(notes).applications[0]?.notify).toEqual(notify);
  });

  it('are known by every id of the application', () => {
    expect(read(null).applications[0]).toMatchObject({
      ids: [guid(101), guid(102), guid(103)],
      name: 'Nightly loader',
    });
  });

  it('are those of what is concerned alone', () => {
    expect(contactsIn(inventory(null), new Set([guid(999)]), 'NotifyEmail').applications).toEqual([]);
  });

  it('of a tag are found whatever the letter case of its name', () => {
    expect(read(null, { notifyEMAIL: 'w@example.com' }).workspaces[0]?.notify).toEqual(['w@example.com']);
    expect(read(null, { Owner: 'w@example.com' }).workspaces[0]?.notify).toEqual([]);
  });

  it('of what is gone stay while something of it is told', () => {
    const before = contactsWith({ owners: [anOwner('Ada')] });
    const now = read(null);
    expect(mergedContacts(before, now, concernedBy([aSecretFinding()])).applications).toHaveLength(2);
    expect(mergedContacts(before, now, concernedBy([])).applications).toEqual(now.applications);
  });
});
