/** A report at a glance: see overview.ts. Whatever the tenant, it takes a few megabytes, and is made in two passes. */
import { lastSegment } from '../inventory/arm-id';
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
  const applications = applicationsById(contacts);
  const places = new Map(contacts.workspaces.map((one) => [one.id, one]));
  const workspaces = new Map<string, Tally>();
  const principals = new Map<string, ApplicationTally>();
  const ending: Ending[] = [];
  const ended: Ending[] = [];
  const failing: Finding[] = [];

  for (const [rank, finding] of findings.entries()) {
    if (!isOpen(finding)) {
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
      );
    }
    const keys = applicationKeys(finding);
    const key = principalOf(keys);
    if (key !== undefined) {
      const tally = tallyIn(principals, key, () => newApplicationTally(key, applications.get(key), finding));
      count(tally, finding, rank);
      tally.ids.forEach((id, index) => {
        tally.known[index] = (tally.known[index] ?? 0) + Number(keys.includes(id));
      });
    }
  }
  // After all that is open is known: what is well belongs to groups where something is not, and makes none.
  for (const finding of findings) {
    const end = endOf(finding);
    if (end === undefined) {
      continue;
    }
    if (end.getTime() < now.getTime()) {
      // Also while it could not be looked at.
      ended.push(...(isOpen(finding) ? [{ finding, end }] : []));
    } else if (end.getTime() - now.getTime() <= daysInMs(EXPIRES_WITHIN_DAYS)) {
      ending.push({ finding, end });
    }
    if (end > now && !isReplaced(finding)) {
      endBy(workspaces.get(workspaceKey(finding) ?? ''), end.getTime());
      endBy(principals.get(principalOf(applicationKeys(finding)) ?? ''), end.getTime());
    }
  }

  const all = [...principals.values()].map(withKey).sort(byUrgency);
  return {
    expiries: topOf(ending.sort(bySoonest), MOST_EXPIRIES, toExpiry),
    ended: topOf(ended.sort(bySoonest).reverse(), MOST_ITEMS, toExpiry),
    failingNow: topOf(failing, MOST_ITEMS, toBrief),
    workspaces: topOf([...workspaces.values()].sort(byUrgency), MOST_ITEMS, toGroup),
    principals: topOf(all, MOST_ITEMS, toGroup),
    owners: ownersOf(all, toGroup),
  };

  function toGroup({ key, name, severities, fail, notEvaluated, worst, nextEnd }: Tally): Group {
    return {
      key,
      name: clip(name, NAME_UNITS),
      severities,
      totals: { fail, notEvaluated },
      worst: worst.flatMap((rank) => findings[rank] ?? []).map(toBrief),
      nextEnd: nextEnd === Infinity ? null : new Date(nextEnd).toISOString(),
    };
  }

  /** One for each application as far as contacts know it; else what its first id says. */
  function principalOf(keys: readonly string[]): string | undefined {
    const known = keys.find((key) => applications.has(key));
    return known === undefined ? keys[0] : applications.get(known)?.ids[0];
  }
}

function applicationsById({ applications }: Contacts): ReadonlyMap<string, ApplicationContacts> {
  const byId = new Map<string, ApplicationContacts>();
  for (const application of applications) {
    application.ids.forEach((id) => byId.set(id, application));
  }
  return byId;
}

interface Ending {
  readonly finding: Finding;
  readonly end: Date;
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
  /** Milliseconds since 1970; `Infinity`: none. */
  nextEnd: number;
}

interface ApplicationTally extends Tally {
  readonly contacts: ApplicationContacts | undefined;
  readonly ids: readonly string[];
  /** By how many of its open findings each of the ids is known. */
  readonly known: number[];
}

function newTally(key: string, name: string): Tally {
  const severities = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  return { key, name, severities, fail: 0, notEvaluated: 0, worst: [], nextEnd: Infinity };
}

function newApplicationTally(
  key: string,
  contacts: ApplicationContacts | undefined,
  finding: Finding,
): ApplicationTally {
  const ids = contacts?.ids ?? [key];
  return { ...newTally(key, contacts?.name ?? holderOf(finding)), contacts, ids, known: ids.map(() => 0) };
}

function tallyIn<T>(tallies: Map<string, T>, key: string, make: () => T): T {
  const known = tallies.get(key) ?? make();
  tallies.set(key, known);
  return known;
}

/** @param finding open, and less urgent than those before */
function count(tally: Tally, { status, severity }: Finding, rank: number): void {
  if (status === 'fail') {
    tally.fail += 1;
    tally.severities[severity] += 1;
  } else {
    tally.notEvaluated += 1;
  }
  if (tally.worst.length < MOST_WORST) {
    tally.worst.push(rank);
  }
}

function endBy(tally: Tally | undefined, end: number): void {
  if (tally !== undefined && end < tally.nextEnd) {
    tally.nextEnd = end;
  }
}

/** The id that most of its findings are known by, so that whoever filters by it misses the fewest. */
function withKey(tally: ApplicationTally): ApplicationTally {
  const most = tally.known.indexOf(Math.max(...tally.known));
  return { ...tally, key: tally.ids[most] ?? tally.key };
}

/** As few ids as all of its open findings are known by. */
function idsOf({ key, ids, known, fail, notEvaluated }: ApplicationTally): readonly string[] {
  return known[ids.indexOf(key)] === fail + notEvaluated ? [key] : ids.filter((_id, index) => known[index] !== 0);
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
  endBy(owner, application.nextEnd);
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
