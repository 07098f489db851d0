/**
 * Audits overlap, are late and are missed: what they find together is what one audit over the whole time would have
 * found. Rows are told a few at a time, at random, and arrive hours late.
 */
import fc from 'fast-check';
import type { Check } from '../../../src/audit/check';
import { evaluate } from '../../../src/audit/evaluate';
import { periodsAfter, readUntilAfter, type ReadUntil } from '../../../src/audit/sign-in-window';
import type { Period } from '../../../src/inventory/model';
import type { SignInKind, SignInPlace, SignIns, SignInWatch } from '../../../src/inventory/sign-ins';
import { SIGN_IN_SOURCES, type CollectedScope, type Inventory } from '../../../src/inventory/sources';
import { PLACES } from '../../../sandbox/traffic/places';
import { SIGN_IN_CHECKS } from '../../../bench/detections/audit-traffic';
import { aWatch, aWatchedPrincipal } from '../../fixtures/sign-ins';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T00:00:00Z');
const TOWNS = [PLACES.berlin, PLACES.london, PLACES.singapore];

/** One sign-in. */
interface Event {
  readonly at: number;
  readonly arrives: number;
  readonly kind: Exclude<SignInKind, 'managedIdentity'>;
  readonly who: number;
  readonly address: number;
  readonly result: string;
}

const RESULTS: Readonly<Record<Event['kind'], readonly string[]>> = {
  user: ['0', '0', '50126', '50126', '50057', '53003', '50074'],
  servicePrincipal: ['0', '0', '7000215', '7000222', '7000112'],
  sqlLogin: ['0', '18456', '18456', '18456'],
};

/** Sign-ins of a kind close together, so that something is found. */
const cluster = fc
  .record({
    kind: fc.constantFrom<Event['kind']>('user', 'servicePrincipal', 'sqlLogin'),
    begins: fc.integer({ min: 0, max: 3 * 24 * 60 }),
    who: fc.integer({ min: 0, max: 2 }),
    address: fc.integer({ min: 0, max: 2 }),
    spreadMinutes: fc.constantFrom(8, 20, 60, 90, 600),
    events: fc.array(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        result: fc.nat(),
        otherPrincipal: fc.integer({ min: 0, max: 13 }),
        otherAddress: fc.boolean(),
        lateMinutes: fc.integer({ min: 1, max: 350 }),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  })
  .map(({ kind, begins, who, address, spreadMinutes, events }) =>
    events.map((event): Event => {
      const results = RESULTS[kind];
      const at = START + begins * MINUTE + Math.floor(event.share * spreadMinutes * MINUTE);
      return {
        at,
        arrives: at + event.lateMinutes * MINUTE,
        kind,
        who: event.otherPrincipal < 7 ? who : event.otherPrincipal,
        address: event.otherAddress ? (address + 1) % 3 : address,
        result: results[event.result % results.length] ?? '0',
      };
    }),
  );
const eventsOf = fc.array(cluster, { minLength: 1, maxLength: 6 }).map((clusters) => clusters.flat());

const TABLES = { user: 'SigninLogs', servicePrincipal: 'AADServicePrincipalSignInLogs', sqlLogin: 'AzureDiagnostics' };
const idOf = (kind: string, who: number) => `${kind}-${who}`;

/** As the queries count: failures in slots of ten minutes, successes in slots of an hour. */
function counted(events: readonly Event[]): SignIns[] {
  const slots = new Map<string, Event[]>();
  for (const event of events) {
    const length = event.result === '0' ? HOUR : 10 * MINUTE;
    const key = [event.kind, event.who, event.address, event.result, Math.floor(event.at / length)].join();
    slots.set(key, [...(slots.get(key) ?? []), event]);
  }
  return [...slots.values()].map((same) => {
    const [{ kind, who, address, result }] = same as [Event];
    const town = TOWNS[address] ?? PLACES.berlin;
    const times = same.map(({ at }) => at);
    return {
      readFrom: 'logs',
      kind,
      table: TABLES[kind],
      principalId: idOf(kind, who),
      principalName: `${kind} ${who}`,
      applicationId: kind === 'servicePrincipal' ? `application-${who}` : '',
      applicationName: '',
      resource: 'Microsoft Azure Synapse Gateway',
      workspaceId: '',
      address: `198.51.100.${address + 1}`,
      country: town.country,
      city: town.city,
      position: { latitude: town.latitude, longitude: town.longitude },
      autonomousSystem: town.autonomousSystem,
      result,
      reason: '',
      credentialKeyId: '',
      interactive: kind === 'user',
      count: same.length,
      first: new Date(Math.min(...times)),
      last: new Date(Math.max(...times)),
    };
  });
}

function placesIn(events: readonly Event[]): SignInPlace[] {
  const days = new Map<string, SignInPlace>();
  for (const { at, kind, who, address, result } of events) {
    if (result !== '0') continue;
    const country = TOWNS[address]?.country ?? '';
    const key = [kind, who, country, Math.floor(at / DAY)].join();
    const known = days.get(key);
    days.set(key, {
      readFrom: 'logs',
      kind,
      principalId: idOf(kind, who),
      country,
      count: (known?.count ?? 0) + 1,
      first: new Date(Math.min(known?.first.getTime() ?? at, at)),
      last: new Date(Math.max(known?.last.getTime() ?? at, at)),
    });
  }
  return [...days.values()];
}

/** All of them have long come from the first town. */
const HISTORY: readonly Event[] = (['user', 'servicePrincipal'] as const).flatMap((kind) =>
  [0, 1, 2].flatMap((who) =>
    [14, 12, 10, 8, 6, 4, 2].map((days) => {
      const at = START - days * DAY;
      return { at, arrives: at, kind, who, address: 0, result: '0' };
    }),
  ),
);

const WATCH: SignInWatch = aWatch({
  takenAt: new Date(START - 30 * DAY).toISOString(),
  principals: [0, 1, 2].flatMap((who) => [
    aWatchedPrincipal({ kind: 'user', id: idOf('user', who), applicationId: '', enabled: who !== 2 }),
    aWatchedPrincipal({ id: idOf('servicePrincipal', who), applicationId: `application-${who}`, enabled: who !== 2 }),
  ]),
  credentials: [0, 1].map((who) => ({
    keyId: `key-${who}`,
    kind: 'secret',
    name: 'one',
    applicationId: `application-${who}`,
    endsAt: new Date(START - 2 * DAY).toISOString(),
  })),
});

const KINDS = {
  userSignIns: 'user',
  servicePrincipalSignIns: 'servicePrincipal',
  managedIdentitySignIns: 'managedIdentity',
  sqlLogins: 'sqlLogin',
} as const;

function inventoryAt(events: readonly Event[], period: Period, now: number): Inventory {
  const arrived = events.filter(({ arrives }) => arrives <= now);
  const within = arrived.filter(({ at }) => at >= period.from.getTime() && at <= now);
  const rows = counted(within);
  const before = period.from.getTime() - 14 * DAY;
  const places = placesIn(arrived.filter(({ at }) => at >= Math.floor(before / DAY) * DAY && at <= now));
  const scoped = <T>(data: readonly T[]): CollectedScope<T>[] => [
    { scope: { kind: 'logAnalytics', id: 'logs', name: 'logs' }, result: { ok: true, data } },
  ];
  return {
    ...Object.fromEntries(
      Object.entries(KINDS).map(([source, kind]) => [source, scoped(rows.filter((row) => row.kind === kind))]),
    ),
    signInPlaces: scoped(places),
  };
}

/** What fails, and what the next audit starts from. */
function audit(checks: readonly Check[], events: readonly Event[], now: number, readUntil: ReadUntil) {
  const period = periodsAfter(readUntil, new Date(now))('userSignIns', 'logs');
  const inventory = inventoryAt(events, period, now);
  const findings = evaluate(checks, inventory, {
    now: new Date(now),
    tenantId: 'tenant',
    portal: 'https://portal.azure.com',
    graph: 'https://graph.microsoft.com',
    options: Object.fromEntries(
      checks.map(({ id, options }) => [id, options.parse(id === 'disallowed-country' ? { denied: ['SG'] } : {})]),
    ),
    drift: { compared: [], changes: [] },
    signIns: { period, watch: WATCH, trustedNetworks: ['192.0.2.0/24'] },
  });
  return {
    failing: findings
      .filter(({ status }) => status === 'fail')
      .map(({ checkId, subject, fingerprint }) => `${checkId} ${subject.id} ${fingerprint}`),
    readUntil: readUntilAfter(readUntil, inventory, new Date(now)),
  };
}

/** The last audit before the time: so each of them starts with the same row. */
const BEFORE: ReadUntil = Object.fromEntries(
  SIGN_IN_SOURCES.map((source) => [source, { logs: new Date(START + 18 * HOUR).toISOString() }]),
);
const END = START + 4 * DAY + 12 * HOUR;

const pauses = fc.array(fc.integer({ min: 10, max: 60 * 60 }), { minLength: 1, maxLength: 40 });

function timesOf(minutes: readonly number[]): number[] {
  const times: number[] = [];
  let at = START;
  for (const pause of minutes) {
    at += pause * MINUTE;
    if (at < END) times.push(at);
  }
  return [...times, END];
}

test.each(SIGN_IN_CHECKS.map((check) => [check.id, check] as const))(
  'audits at any times find together what one finds: %s',
  (_, check) => {
    let found = 0;
    fc.assert(
      fc.property(eventsOf, pauses, (told, minutes) => {
        const events = [...HISTORY, ...told];
        const together = new Set<string>();
        let readUntil = BEFORE;
        for (const now of timesOf(minutes)) {
          const done = audit([check], events, now, readUntil);
          done.failing.forEach((finding) => together.add(finding));
          readUntil = done.readUntil;
        }
        const once = audit([check], events, END, BEFORE).failing;
        found += once.length;
        expect([...together].sort()).toEqual([...new Set(once)].sort());
      }),
      { seed: 20_260, numRuns: 100 },
    );
    // Otherwise nothing would have been compared.
    expect(check.id === 'managed-identity-failure' || found > 0).toBe(true);
  },
);
