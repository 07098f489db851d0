/** A report at a glance: see overview.ts. Whatever the tenant, it takes some megabytes at most, and is made in one pass. */
import { isOpen } from './compare';
import { applicationKeys, workspaceKey, type ApplicationContacts, type Contacts } from './contacts';
import { endOf, isReplaced } from './ends';
import { SEVERITIES, type Finding, type Severity } from './finding';
import { compareText } from './order';
import type { Brief, Expiry, Group, Overview, OwnerGroup, Top } from './overview';
import type { Report } from './report';
import { stopOf } from './stops-when';
import { clip, daysInMs } from './wording';

const MOST_EXPIRIES = 500;
/** Of everything else. */
const MOST_ITEMS = 200;
const MOST_WORST = 3;
const MOST_BREAKS = 5;
const EXPIRES_WITHIN_DAYS = 90;

/** UTF-16 units. */
const NAME_UNITS = 150;
const MESSAGE_UNITS = 300;
const KEY_UNITS = 300;

/** Ids of applications in a group of owners, and in all of them together. */
const MOST_APPLICATIONS = 5_000;
const MOST_APPLICATIONS_IN_ALL = 20_000;

/** The key of what belongs to applications that nobody owns whose account is enabled, or whose owners are not known. */
export const NOBODY = 'none';

/**
 * @param report its findings most urgent first, as they are published
 * @param contacts who owns what is open; what they do not know stands under {@link NOBODY}
 */
export function buildOverview(report: Report, contacts: Contacts): Overview {
  const { findings } = report;
  const now = new Date(report.finishedAt);
  const applications = new Map(contacts.applications.flatMap((one) => one.ids.map((id) => [id, one] as const)));
  const places = new Map(contacts.workspaces.map((one) => [one.id, one]));
  const workspaces = new Map<string, Tally>();
  const principals = new Map<string, ApplicationTally>();
  const ending: Ending[] = [];
  const failing: Finding[] = [];

  for (const [rank, finding] of findings.entries()) {
    const end = endOf(finding);
    const nextEnd = end !== undefined && end > now && !isReplaced(finding) ? end.toISOString() : null;
    if (end !== undefined && isDue(finding, end, now)) {
      ending.push({ finding, end });
    }
    if (!isOpen(finding) && nextEnd === null) {
      continue;
    }
    if (finding.status === 'fail' && stopOf(finding, now) === 'failing') {
      failing.push(finding);
    }
    const place = workspaceKey(finding);
    if (place !== undefined) {
      const name = places.get(place)?.name ?? lastSegment(place);
      count(
        tallyIn(workspaces, place, () => newTally(place, name)),
        finding,
        rank,
        nextEnd,
      );
    }
    const [first, ...others] = applicationKeys(finding);
    if (first !== undefined) {
      const keys = [first, ...others];
      const known = keys.flatMap((id) => applications.get(id) ?? [])[0];
      const tally = tallyIn(principals, known?.ids[0] ?? first, () => newApplicationTally(known, first, finding));
      count(tally, finding, rank, nextEnd);
      if (isOpen(finding)) {
        keys.forEach((id) => tally.counts.has(id) && tally.counts.set(id, (tally.counts.get(id) ?? 0) + 1));
      }
    }
  }

  const openPrincipals = [...principals.values()].filter(hasOpen).map(withKey).sort(byUrgency);
  return {
    expiries: topOf(ending.sort(bySoonest), MOST_EXPIRIES, toExpiry),
    failingNow: topOf(failing, MOST_ITEMS, toBrief),
    workspaces: topOf([...workspaces.values()].filter(hasOpen).sort(byUrgency), MOST_ITEMS, toGroup),
    principals: topOf(openPrincipals, MOST_ITEMS, toGroup),
    owners: ownersOf(openPrincipals, toGroup),
  };

  function toGroup({ key, name, severities, fail, notEvaluated, worst, nextEnd }: Tally): Group {
    return {
      key,
      name: clip(name, NAME_UNITS),
      severities,
      totals: { fail, notEvaluated },
      worst: worst.flatMap((rank) => findings[rank] ?? []).map(toBrief),
      nextEnd,
    };
  }
}

interface Ending {
  readonly finding: Finding;
  readonly end: Date;
}

/** What has ended stays as long as it is open: also while it could not be looked at. */
function isDue(finding: Finding, end: Date, now: Date): boolean {
  const left = end.getTime() - now.getTime();
  return left >= 0 ? left <= daysInMs(EXPIRES_WITHIN_DAYS) : isOpen(finding);
}

/** What is as urgent keeps the order of the report. */
function bySoonest(a: Ending, b: Ending): number {
  return a.end.getTime() - b.end.getTime();
}

function toExpiry({ finding, end }: Ending): Expiry {
  return {
    ...toBrief(finding),
    endsAt: end.toISOString(),
    isReplaced: isReplaced(finding),
    breaks: usersOf(finding).slice(0, MOST_BREAKS),
  };
}

/** What stops is more telling than what it is made of, and workspaces are said where nothing else is known. */
function usersOf({ evidence }: Finding): readonly string[] {
  const named = (key: string) => {
    const names = evidence[key];
    return Array.isArray(names) ? (names as readonly string[]) : [];
  };
  const users = ['pipelines', 'linkedServices', 'usedBy', 'triggers'].flatMap(named);
  const distinct = new Set(users.length > 0 ? users : named('workspaces'));
  return [...distinct].map((name) => clip(name, NAME_UNITS));
}

function toBrief({ fingerprint, checkId, status, severity, message, subject }: Finding): Brief {
  return {
    fingerprint,
    checkId,
    status,
    severity,
    message: clip(message, MESSAGE_UNITS),
    name: clip(subject.name, NAME_UNITS),
    kind: subject.kind,
  };
}

/** What is open of one group, as it is counted. */
interface Tally {
  readonly key: string;
  readonly name: string;
  readonly severities: Record<Severity, number>;
  fail: number;
  notEvaluated: number;
  /** Ranks in the report, the most urgent first. */
  worst: number[];
  nextEnd: string | null;
}

interface ApplicationTally extends Tally {
  readonly contacts: ApplicationContacts | undefined;
  /** Of its open findings, how many are known by each of its ids. */
  readonly counts: Map<string, number>;
}

function newTally(key: string, name: string): Tally {
  const severities = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  return { key, name, severities, fail: 0, notEvaluated: 0, worst: [], nextEnd: null };
}

function newApplicationTally(
  contacts: ApplicationContacts | undefined,
  key: string,
  finding: Finding,
): ApplicationTally {
  const counts = new Map((contacts?.ids ?? [key]).map((id) => [id, 0]));
  return { ...newTally(key, contacts?.name ?? holderOf(finding)), contacts, counts };
}

function tallyIn<T>(tallies: Map<string, T>, key: string, make: () => T): T {
  const known = tallies.get(key) ?? make();
  tallies.set(key, known);
  return known;
}

function count(tally: Tally, finding: Finding, rank: number, nextEnd: string | null): void {
  tally.nextEnd = sooner(tally.nextEnd, nextEnd);
  if (!isOpen(finding)) {
    return;
  }
  if (finding.status === 'fail') {
    tally.fail += 1;
    tally.severities[finding.severity] += 1;
  } else {
    tally.notEvaluated += 1;
  }
  if (tally.worst.length < MOST_WORST) {
    tally.worst.push(rank);
  }
}

function sooner(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}

/** The id that most of its findings are known by, so that whoever filters by it misses the fewest. */
function withKey(tally: ApplicationTally): ApplicationTally {
  let [key, most] = [tally.key, 0];
  for (const [id, known] of tally.counts) {
    if (known > most) {
      [key, most] = [id, known];
    }
  }
  return { ...tally, key };
}

/** As few ids as all of its open findings are known by. */
function idsOf({ key, counts, fail, notEvaluated }: ApplicationTally): readonly string[] {
  const seen = [...counts].flatMap(([id, known]) => (known > 0 ? [id] : []));
  return counts.get(key) === fail + notEvaluated ? [key] : seen;
}

interface OwnerTally extends Tally {
  /** The most urgent first. */
  readonly applications: ApplicationTally[];
}

/** @param applications most urgent first */
function ownersOf(applications: readonly ApplicationTally[], toGroup: (tally: Tally) => Group): Top<OwnerGroup> {
  const owners = new Map<string, OwnerTally>();
  for (const application of applications) {
    for (const [key, name] of ownersOfApplication(application)) {
      add(
        tallyIn(owners, key, () => ({ ...newTally(key, name), applications: [] })),
        application,
      );
    }
  }
  let room = MOST_APPLICATIONS_IN_ALL;
  return topOf([...owners.values()].sort(byUrgency), MOST_ITEMS, (owner) => {
    const all = owner.applications.flatMap(idsOf);
    const applicationIds = all.slice(0, Math.min(MOST_APPLICATIONS, room));
    room -= applicationIds.length;
    const leftOut = all.length - applicationIds.length;
    return { ...toGroup(owner), applicationIds, ...(leftOut > 0 && { applicationIdsLeftOut: leftOut }) };
  });
}

/** Key and name of each. */
function ownersOfApplication({ contacts }: ApplicationTally): ReadonlyMap<string, string> {
  const enabled = (contacts?.owners ?? []).filter((owner) => owner.enabled !== false);
  const owners = new Map(enabled.map(({ mail, name }) => [clip((mail ?? name).toLowerCase(), KEY_UNITS), name]));
  return owners.size > 0 ? owners : new Map([[NOBODY, 'No known owner']]);
}

function add(owner: OwnerTally, application: ApplicationTally): void {
  owner.applications.push(application);
  owner.fail += application.fail;
  owner.notEvaluated += application.notEvaluated;
  for (const severity of SEVERITIES) {
    owner.severities[severity] += application.severities[severity];
  }
  owner.worst = [...owner.worst, ...application.worst].sort((a, b) => a - b).slice(0, MOST_WORST);
  owner.nextEnd = sooner(owner.nextEnd, application.nextEnd);
}

function hasOpen({ fail, notEvaluated }: Tally): boolean {
  return fail + notEvaluated > 0;
}

/** One critical problem outranks any number of lesser ones. */
function byUrgency(a: Tally, b: Tally): number {
  for (const severity of SEVERITIES) {
    if (a.severities[severity] !== b.severities[severity]) {
      return b.severities[severity] - a.severities[severity];
    }
  }
  return b.notEvaluated - a.notEvaluated || compareText(a.name, b.name) || compareText(a.key, b.key);
}

function topOf<T, U>(all: readonly T[], most: number, shown: (item: T) => U): Top<U> {
  return { total: all.length, items: all.slice(0, most).map(shown) };
}

/** Credentials are named after their holder: `Nightly loader / ci-2026`. */
function holderOf({ subject: { kind, name } }: Finding): string {
  const end = name.lastIndexOf(' / ');
  return end > 0 && kind !== 'application' && kind !== 'servicePrincipal' ? name.slice(0, end) : name;
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
