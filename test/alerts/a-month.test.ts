/**
 * Thirty nights in fast-forward: credentials come due, are renewed, expire; sources fail and recover; two nights are
 * missed. Every mail of the month is listed, and what each person gets.
 */
import type { AlertMemory } from '../../src/alerts/alert-memory';
import type { Message } from '../../src/alerts/message';
import { compare, openAfter, type OpenBefore } from '../../src/audit/compare';
import { contactsIn } from '../../src/audit/contacts';
import { expiryOptions, expirySeverity } from '../../src/audit/credential-expiry';
import type { Exception } from '../../src/audit/exception';
import { fingerprint, type Finding } from '../../src/audit/finding';
import type { Application, Owner } from '../../src/inventory/model';
import { anApplication, aWorkspace, guid, TENANT } from '../fixtures/facts';
import { anInventory } from '../fixtures/judge';
import { aBlindFinding, aSecretFinding, aWorkspaceFinding } from './changes';
import { aPlannedRun, aPlanning, planAlerts } from './planning';

const DAY = 86_400_000;
const FIRST_NIGHT = Date.parse('2026-03-01T02:00:00.000Z');
/** That many days after the first night. */
const at = (days: number) => new Date(FIRST_NIGHT + days * DAY);
const LIMITS = expiryOptions.parse({});
const MISSED = [8, 9];
const NIGHTLY = ['secret-expiry', 'managed-identity-storage-access', 'public-network-access'];
const EVENTS = ['failed-login-burst'];

const owner = (name: string, changes: Partial<Owner> = {}): Owner => ({
  id: guid(200),
  name,
  mail: `${name.toLowerCase()}@example.com`,
  enabled: true,
  ...changes,
});
const application = (
  number: number,
  displayName: string,
  owners: readonly Owner[],
  notes: string | null = null,
): Application => anApplication({ id: guid(number), appId: guid(number + 50), displayName, owners, notes });

const LOADER = application(1, 'Loader', [owner('Ada')]);
const EXPORTER = application(2, 'Exporter', [owner('Bob', { enabled: false })]);
const REPORTER = application(3, 'Reporter', [owner('Ada'), owner('Cy')]);
const TILLS = application(4, 'Tills', [owner('Di', { mail: null })], 'NotifyEmail=tills@example.com');
const SALES = aWorkspace({ name: 'synw-sales', tags: { NotifyEmail: 'sales@example.com' } });

/** A secret of an application, from the night it is made until the one it is removed in. */
interface Held {
  readonly of: Application;
  readonly key: number;
  readonly ends: number;
  readonly from?: number;
  readonly until?: number;
}
const SECRETS: readonly Held[] = [
  { of: LOADER, key: 1, ends: 20.5, until: 16 },
  { of: LOADER, key: 2, ends: 380, from: 15 },
  { of: EXPORTER, key: 3, ends: 9.5, until: 14 },
  { of: REPORTER, key: 4, ends: 45 },
  { of: TILLS, key: 5, ends: 33 },
  { of: TILLS, key: 6, ends: 12, until: 4 },
  // The same key comes with another end: renewed in place.
  { of: TILLS, key: 6, ends: 24, from: 4, until: 27 },
];

/** In force from the sixteenth night on, over the workspace's second problem. */
const EXCEPTION: Exception = {
  id: guid(900),
  match: { checkId: 'public-network-access' },
  reason: 'Until the private endpoint is there.',
  author: 'Ada',
  createdAt: at(16).toISOString(),
  until: at(19.5).toISOString(),
};

const isOn = (night: number, from = -1, until = 99) => night >= from && night < until;

function secretsOn(night: number): readonly Finding[] {
  return SECRETS.filter(({ from, until }) => isOn(night, from, until)).flatMap(({ of, key, ends }) => {
    const severity = expirySeverity((ends - night) * DAY, LIMITS);
    const subject = { id: `${of.id}/${guid(key)}`, kind: 'secret', name: `${of.displayName}/${key}` } as const;
    const evidence = { appId: of.appId, endsAt: at(ends).toISOString() };
    return severity === null
      ? []
      : [
          aSecretFinding({
            subject,
            severity,
            evidence,
            scope: TENANT,
            fingerprint: fingerprint('secret-expiry', subject.id),
          }),
        ];
  });
}

function ofWorkspace(checkId: string): Finding {
  const subject = { id: SALES.id, kind: 'workspace', name: SALES.name } as const;
  return aWorkspaceFinding({ checkId, subject, scope: SALES.id, fingerprint: fingerprint(checkId, SALES.id) });
}

/** What the nightly checks find. */
function findingsOn(night: number): readonly Finding[] {
  const groupsUnread = isOn(night, 5, 11) || night === 21;
  return [
    ...secretsOn(night),
    ...(isOn(night, 12, 22) ? [ofWorkspace('managed-identity-storage-access')] : []),
    ...(isOn(night, 17, 25) ? [ofWorkspace('public-network-access')] : []),
    ...(groupsUnread ? [aBlindFinding('managed-identity-storage-access', ['groups'])] : []),
  ];
}

/** Somebody is attacked in the eighteenth and nineteenth night, with a pause. */
function eventsAt(time: number): readonly Finding[] {
  const goesOn = isOn(time, 18.2, 18.4) || isOn(time, 18.6, 18.8);
  const subject = { id: guid(700), kind: 'user', name: 'eve' } as const;
  const found = aWorkspaceFinding({ checkId: 'failed-login-burst', subject, scope: TENANT });
  return goesOn ? [{ ...found, fingerprint: fingerprint('failed-login-burst', subject.id) }] : [];
}

function saidBy(message: Message): readonly string[] {
  const { news } = message;
  return [
    ...[...news.problems, ...news.resolved].map(({ kind, finding, step }) =>
      [
        kind,
        finding.subject.name,
        ...(finding.subject.kind === 'workspace' ? [finding.checkId] : [finding.severity]),
        ...(step === undefined ? [] : [`(${step})`]),
      ].join(' '),
    ),
    ...news.blind.map(({ source }) => `blind ${source ?? ''}`),
    ...news.regained.map(({ source }) => `regained ${source ?? ''}`),
    ...message.notices.map((notice) => `notice ${/"([^"]*)"/.exec(notice)?.[1] ?? ''}`),
    ...message.endedExceptions.map(({ match }) => `ended ${match.checkId ?? ''}`),
  ];
}

/** Audits one after the other, as `run-audit.ts` does them; times in days. Every seventh of a day sign-ins alone. */
function month() {
  const mails: { readonly when: string; readonly to: readonly string[]; readonly says: readonly string[] }[] = [];
  const ids: string[] = [];
  let before: OpenBefore = { runId: null, open: [] };
  let memory = null as AlertMemory | null;
  const audit = (time: number, isWhole: boolean) => {
    const checkIds = isWhole ? [...NIGHTLY, ...EVENTS] : EVENTS;
    const found = [...(isWhole ? findingsOn(time) : []), ...eventsAt(time)];
    const carried = isWhole ? [] : before.open.filter(({ finding }) => !EVENTS.includes(finding.checkId));
    const comparison = compare(before.open, found, { now: at(time), tenantId: TENANT, checkIds });
    const inventory = anInventory({ applications: [LOADER, EXPORTER, REPORTER, TILLS] }, [SALES]);
    const concerned = new Set([LOADER, EXPORTER, REPORTER, TILLS].map(({ id }) => id));
    const plan = planAlerts(
      comparison.changes,
      aPlannedRun({
        startedAt: at(time),
        finishedAt: at(time),
        baseRunId: before.runId,
        checkIds,
        eventCheckIds: EVENTS,
        isWhole,
        tenantId: TENANT,
      }),
      aPlanning({
        memory,
        carried,
        contacts: isWhole ? contactsIn(inventory, concerned, 'NotifyEmail') : null,
        exceptions: isOn(time, 16) ? [EXCEPTION] : [],
      }),
    );
    const when = isWhole ? `night ${time}` : `day ${time.toFixed(1)}`;
    mails.push(
      ...plan.messages.map((message) => ({
        when,
        to: message.to,
        says: [...(message.kind === 'digest' ? ['digest'] : []), ...saidBy(message)],
      })),
    );
    ids.push(...plan.alerts.map(({ id }) => id));
    memory = plan.memory;
    before = { runId: `run ${time}`, open: [...openAfter(comparison), ...carried] };
  };
  for (let night = 0; night < 30; night++) {
    if (!MISSED.includes(night)) {
      audit(night, true);
      [0.1, 0.3, 0.5, 0.7, 0.9].forEach((part) => {
        audit(night + part, false);
      });
    }
  }
  return { mails, ids, memory };
}

const { mails, ids, memory } = month();

it('sends these mails and no others', () => {
  expect(mails.map(({ when, to, says }) => `${when} ${to.join(' ')}: ${says.join(', ')}`)).toEqual([
    'night 0 team@example.com: digest, opened Exporter/3 medium (14), opened Tills/6 medium (14), opened Loader/1 low (30)',
    'night 3 team@example.com: worsened Exporter/3 high (7), opened Tills/5 low (30), notice Exporter',
    'night 3 tills@example.com: opened Tills/5 low (30)',
    'night 4 team@example.com: due Tills/6 low (30)',
    'night 4 tills@example.com: due Tills/6 low (30)',
    'night 6 team@example.com: blind groups',
    'night 7 team@example.com: worsened Loader/1 medium (14), blind groups',
    'night 7 ada@example.com: worsened Loader/1 medium (14)',
    'night 10 team@example.com: worsened Exporter/3 critical (expired), worsened Tills/6 medium (14), blind groups, notice Exporter',
    'night 10 tills@example.com: worsened Tills/6 medium (14)',
    'night 11 team@example.com: regained groups',
    'night 12 team@example.com: opened synw-sales managed-identity-storage-access',
    'night 12 sales@example.com: opened synw-sales managed-identity-storage-access',
    'night 14 team@example.com: worsened Loader/1 high (7), resolved Exporter/3 critical, notice Exporter',
    'night 14 ada@example.com: worsened Loader/1 high (7)',
    'night 15 team@example.com: opened Reporter/4 low (30)',
    'night 15 ada@example.com cy@example.com: opened Reporter/4 low (30)',
    'night 16 team@example.com: resolved Loader/1 high',
    'night 16 ada@example.com: resolved Loader/1 high',
    'night 17 team@example.com: worsened Tills/6 high (7)',
    'night 17 tills@example.com: worsened Tills/6 high (7)',
    'day 18.3 team@example.com: opened eve high',
    'night 19 team@example.com: worsened Tills/5 medium (14)',
    'night 19 tills@example.com: worsened Tills/5 medium (14)',
    'night 20 team@example.com: opened synw-sales public-network-access, ended public-network-access',
    'night 20 sales@example.com: opened synw-sales public-network-access',
    'night 22 team@example.com: resolved synw-sales managed-identity-storage-access',
    'night 22 sales@example.com: resolved synw-sales managed-identity-storage-access',
    'night 23 team@example.com: worsened Tills/6 critical (1)',
    'night 23 tills@example.com: worsened Tills/6 critical (1)',
    'night 24 team@example.com: due Tills/6 critical (expired)',
    'night 24 tills@example.com: due Tills/6 critical (expired)',
    'night 25 team@example.com: resolved synw-sales public-network-access',
    'night 25 sales@example.com: resolved synw-sales public-network-access',
    'night 26 team@example.com: worsened Tills/5 high (7)',
    'night 26 tills@example.com: worsened Tills/5 high (7)',
    'night 27 team@example.com: resolved Tills/6 critical',
    'night 27 tills@example.com: resolved Tills/6 critical',
  ]);
});

it.each([
  [
    'ada@example.com',
    [
      'night 7: worsened Loader/1 medium (14)',
      'night 14: worsened Loader/1 high (7)',
      'night 15: opened Reporter/4 low (30)',
      'night 16: resolved Loader/1 high',
    ],
  ],
  ['cy@example.com', ['night 15: opened Reporter/4 low (30)']],
  [
    'tills@example.com',
    [
      'night 3: opened Tills/5 low (30)',
      'night 4: due Tills/6 low (30)',
      'night 10: worsened Tills/6 medium (14)',
      'night 17: worsened Tills/6 high (7)',
      'night 19: worsened Tills/5 medium (14)',
      'night 23: worsened Tills/6 critical (1)',
      'night 24: due Tills/6 critical (expired)',
      'night 26: worsened Tills/5 high (7)',
      'night 27: resolved Tills/6 critical',
    ],
  ],
  [
    'sales@example.com',
    [
      'night 12: opened synw-sales managed-identity-storage-access',
      'night 20: opened synw-sales public-network-access',
      'night 22: resolved synw-sales managed-identity-storage-access',
      'night 25: resolved synw-sales public-network-access',
    ],
  ],
  ['bob@example.com', []],
  ['di@example.com', []],
])('puts into the inbox of %s what is theirs', (address, expected) => {
  const inbox = mails.filter(({ to }) => to.includes(address));
  expect(inbox.map(({ when, says }) => `${when}: ${says.join(', ')}`)).toEqual(expected);
});

it('makes an id for each mail, and one mail a person and run', () => {
  expect(new Set(ids).size).toBe(mails.length);
  const runs = mails.flatMap(({ when, to }) => to.map((address) => `${when} ${address}`));
  expect(new Set(runs).size).toBe(runs.length);
});

it('remembers at the end what is open, and nothing else', () => {
  expect(Object.keys(memory?.problems ?? {})).toHaveLength(2);
  expect(memory?.blindness).toEqual({});
});
