/** Who is told what: owners of what is theirs, routes of what they ask for, administrators of everything. Pure. */
import { applicationKeys, isMailAddress, workspaceKey, type Contacts } from '../audit/contacts';
import type { ApplicationContacts } from '../audit/contacts';
import { isWorse, type Finding, type Severity } from '../audit/finding';
import type { AlertRoute, AlertSettings } from './alert-settings';
import type { Audience } from './message';
import { keyOf } from './plan-blindness';
import type { PlannedProblem } from './plan-problems';
import { newsOf, type Blindness, type News } from './news';
import { distinctAddresses } from './recipients';
import { singleLine } from './safe-text';

export interface RoutingContext {
  readonly contacts: Contacts;
  /** Addresses that mail came back from, lower-cased. */
  readonly unreachable: ReadonlySet<string>;
  /** Who gets everything. */
  readonly administrators: readonly string[];
  readonly settings: AlertSettings;
}

/** News for people who get the very same. */
export interface Delivery {
  readonly audience: Audience;
  readonly to: readonly string[];
  readonly news: News;
  readonly notices: readonly string[];
}

export interface ToldBlindness {
  readonly blind: readonly Blindness[];
  readonly regained: readonly Blindness[];
}

/**
 * One delivery for each person, who gets all of theirs in it; people who get the very same share one. Administrators get
 * everything, also what owners are told, and nothing else beside it.
 */
export function route(
  problems: readonly PlannedProblem[],
  blindness: ToldBlindness,
  context: RoutingContext,
): readonly Delivery[] {
  const contactFor = contactFinder(context);
  const isAdministrator = new Set(context.administrators.map(lower));
  const people = new Map<string, Person>();
  const notices: string[] = [];
  const person = (address: string): Person => {
    const known = people.get(lower(address)) ?? { address, problems: new Set(), blind: new Set(), isRouted: false };
    people.set(lower(address), known);
    return known;
  };
  for (const problem of problems.filter(({ everybody }) => everybody)) {
    const { finding } = problem.change;
    if (context.settings.owners) {
      const { to, notice } = contactFor(finding);
      to.forEach((address) => person(address).problems.add(problem));
      notices.push(...(notice === undefined ? [] : [notice]));
    }
    for (const address of routed(context.settings.routes, finding.severity, [finding.checkId])) {
      const one = person(address);
      one.problems.add(problem);
      one.isRouted = true;
    }
  }
  for (const one of [...blindness.blind, ...blindness.regained]) {
    for (const address of routed(context.settings.routes, one.severity, one.checkIds)) {
      const reader = person(address);
      reader.blind.add(one);
      reader.isRouted = true;
    }
  }
  const others = [...people.values()].filter(({ address }) => !isAdministrator.has(lower(address)));
  const everything: Person = {
    address: '',
    problems: new Set(problems),
    blind: new Set([...blindness.blind, ...blindness.regained]),
    isRouted: true,
  };
  return [
    {
      audience: 'administrators',
      to: distinctAddresses(context.administrators),
      news: newsFor(everything, blindness),
      notices: limited([...new Set(notices)]),
    },
    ...groupedByNews(others).map((group): Delivery => ({
      audience: group[0].isRouted ? 'administrators' : 'owner',
      to: group.map(({ address }) => address).sort(),
      news: newsFor(group[0], blindness),
      notices: [],
    })),
  ];
}

interface Person {
  readonly address: string;
  readonly problems: Set<PlannedProblem>;
  readonly blind: Set<Blindness>;
  /** By a route, at least part of it. */
  isRouted: boolean;
}

interface Contact {
  readonly to: readonly string[];
  /** Why nobody is told, where somebody should be. */
  readonly notice?: string;
}

/** Owners, else whom the application's notes name, else whom the workspace's tag names, else nobody but administrators. */
function contactFinder({ contacts, unreachable }: RoutingContext): (finding: Finding) => Contact {
  const applications = new Map(contacts.applications.flatMap((one) => one.ids.map((id) => [id, one] as const)));
  const workspaces = new Map(contacts.workspaces.map((one) => [one.id, one]));
  const reachable = (addresses: readonly (string | null)[]): readonly string[] =>
    distinctAddresses(
      addresses.filter(
        (address) => address !== null && isMailAddress(address) && !unreachable.has(lower(address)),
      ) as string[],
    );
  return (finding) => {
    const application = applicationKeys(finding).flatMap((id) => applications.get(id) ?? [])[0];
    const workspace = workspaces.get(workspaceKey(finding) ?? '');
    const owners = reachable(application?.owners.map(({ mail, enabled }) => (enabled === false ? null : mail)) ?? []);
    const choices = [owners, reachable(application?.notify ?? []), reachable(workspace?.notify ?? [])];
    const to = choices.find((addresses) => addresses.length > 0);
    if (to !== undefined) {
      return { to };
    }
    const notice =
      application !== undefined
        ? noticeOf(application, unreachable)
        : workspace !== undefined && workspace.notify.length > 0
          ? `Mail to whom the tag of workspace "${shown(workspace.name)}" names comes back, so that this is for the administrators.`
          : undefined;
    return { to: [], ...(notice !== undefined && { notice }) };
  };
}

/** `Nobody who owns application "ci" could be told (Ada: account disabled; Bob: no mail address), so …` */
function noticeOf({ name, owners, notify }: ApplicationContacts, unreachable: ReadonlySet<string>): string {
  const reasons = owners.map((owner) => `${shown(owner.name)}: ${reasonOf(owner, unreachable)}`);
  const all = [...reasons, ...notify.map((address) => `${shown(address)} of its notes: mail comes back`)];
  const listed = all.slice(0, REASONS_LISTED).join('; ');
  const more = all.length > REASONS_LISTED ? `; and ${all.length - REASONS_LISTED} more` : '';
  return all.length === 0
    ? `Application "${shown(name)}" has no owner to tell, so that this is for the administrators.`
    : `Nobody who owns application "${shown(name)}" could be told (${listed}${more}), so that this is for the administrators.`;
}

function reasonOf({ mail, enabled }: ApplicationContacts['owners'][number], unreachable: ReadonlySet<string>): string {
  if (enabled === false) {
    return 'account disabled';
  }
  if (mail === null) {
    return 'no mail address';
  }
  return unreachable.has(lower(mail)) ? `mail to ${shown(mail)} comes back` : 'no valid mail address';
}

function routed(routes: readonly AlertRoute[], severity: Severity, checkIds: readonly string[]): readonly string[] {
  return routes
    .filter(
      ({ minSeverity, checkId }) =>
        (minSeverity === undefined || !isWorse(minSeverity, severity)) &&
        (checkId === undefined || checkIds.includes(checkId)),
    )
    .flatMap(({ to }) => to);
}

/** In an order that a repeated run makes again. */
function groupedByNews(people: readonly Person[]): readonly (readonly [Person, ...Person[]])[] {
  const groups = new Map<string, [Person, ...Person[]]>();
  for (const one of [...people].sort((a, b) => (lower(a.address) < lower(b.address) ? -1 : 1))) {
    const key = JSON.stringify([
      one.isRouted,
      [...one.problems].map(({ change }) => change.finding.fingerprint).sort(),
      [...one.blind].map(keyOf).sort(),
    ]);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [one]);
    } else {
      group.push(one);
    }
  }
  return [...groups.values()];
}

function newsFor({ problems, blind }: Person, all: ToldBlindness): News {
  const news = newsOf([...problems].map(({ change }) => change));
  return {
    ...news,
    blind: all.blind.filter((one) => blind.has(one)),
    regained: all.regained.filter((one) => blind.has(one)),
  };
}

const REASONS_LISTED = 5;
const NOTICES_LISTED = 20;

function limited(notices: readonly string[]): readonly string[] {
  return notices.length <= NOTICES_LISTED
    ? notices
    : [
        ...notices.slice(0, NOTICES_LISTED),
        `Of ${notices.length - NOTICES_LISTED} more applications and workspaces nobody could be told either.`,
      ];
}

function shown(name: string): string {
  return singleLine(name, 80);
}

function lower(address: string): string {
  return address.toLowerCase();
}
