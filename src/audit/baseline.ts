/**
 * What was last accepted as the state of things, and how it differs now. The baseline is stored with each report; what a
 * run could not read keeps its place in it. See docs/decisions/0012-drift-window.md.
 */
import * as z from 'zod';
import type { Period } from '../inventory/model';
import type { Inventory, Scope, SourceName } from '../inventory/sources';
import { attribute, LOGS_OF_CHANGES, type Attribution } from './attribution';
import { subscriptionIn } from '../inventory/arm-id';
import { sortedBy } from './order';
import {
  WATCHED_SOURCES,
  watchedScopes,
  type Setting,
  type WatchedItem,
  type WatchedKind,
  type WatchedScope,
} from './watched-settings';
import { daysInMs } from './wording';

/** The check whose option says how long a change is one. */
export const DRIFT_CHECK = 'authentication-drift';

export const driftOptions = z.strictObject({
  acceptAfterDays: z
    .int()
    .min(1)
    .max(90)
    .default(7)
    .describe('A change is told for so many days; what is still so then is the new baseline.'),
});

export interface Baseline {
  /** Start of the run; ISO 8601, as all times here. */
  readonly takenAt: string;
  readonly scopes: readonly BaselineScope[];
}

export interface BaselineScope {
  readonly source: SourceName;
  readonly scope: Scope;
  /** When it was read for the first time. */
  readonly since: string;
  /** When it was last read. */
  readonly readAt: string;
  readonly items: readonly BaselineItem[];
}

export interface BaselineItem extends Omit<WatchedItem, 'setting'> {
  /** `null`: it was not there. */
  readonly accepted: Setting | null;
  /** A change that is not accepted yet. */
  readonly pending?: PendingChange;
}

interface PendingChange {
  /** `null`: it is gone. */
  readonly after: Setting | null;
  /** When it was last seen as accepted, or as changed before; when the change was first seen. It was made in between. */
  readonly lastBefore: string;
  readonly firstSeen: string;
  readonly by: Attribution;
}

/** `open`: it counts; `reverted`: it is as before again; `accepted`: it is part of the baseline from now on. */
export interface DriftChange extends PendingChange {
  readonly state: 'open' | 'reverted' | 'accepted';
  readonly source: SourceName;
  readonly scope: Scope;
  readonly key: string;
  readonly kind: WatchedKind;
  readonly name: string;
  readonly before: Setting | null;
  /** `false`: it was seen in an earlier run, and this one could not look. */
  readonly confirmed: boolean;
}

/** How this run compares with the baseline. */
export interface Drift {
  /** What was compared. `since`: when its baseline began, which is now where nothing was known. */
  readonly compared: readonly { readonly source: SourceName; readonly scope: Scope; readonly since: string }[];
  readonly changes: readonly DriftChange[];
}

export interface ComparedBaseline {
  /** What the next run compares with. */
  readonly baseline: Baseline;
  readonly drift: Drift;
}

/** What nobody could read for so long is forgotten. */
const KEPT_UNREAD_DAYS = 90;

/** The activity log keeps so many days. */
const LOG_DAYS = 90;

/** Logs are some minutes late. */
const LOG_OVERLAP_MS = 3_600_000;

/** From the last published run on, or over the last day where there is none, so that a missing permission shows at once. */
export function periodOfChanges(previous: Baseline | null, now: Date): Period {
  const since = previous === null ? now.getTime() - daysInMs(1) : Date.parse(previous.takenAt) - LOG_OVERLAP_MS;
  return { from: new Date(Math.max(since, now.getTime() - daysInMs(LOG_DAYS))), to: now };
}

/** All that {@link compareWithBaseline} looks at. */
export const COMPARED_SOURCES = [...WATCHED_SOURCES, ...LOGS_OF_CHANGES] as const;

type ComparedInventory = Pick<Inventory, (typeof COMPARED_SOURCES)[number]>;

/**
 * @param previous as it was stored with the last published report; `null` on the first run
 * @returns the new baseline and what changed, in an order that does not depend on that of the inventory
 */
export function compareWithBaseline(
  previous: Baseline | null,
  inventory: ComparedInventory,
  { now, acceptAfterDays }: { readonly now: Date; readonly acceptAfterDays: number },
): ComparedBaseline {
  const known = new Map((previous?.scopes ?? []).map((scope) => [idOf(scope), scope]));
  const read = sortedBy(watchedScopes(inventory), idOf);
  const readIds = new Set(read.map(idOf));
  const compared = read.map((watched) =>
    compareScope(known.get(idOf(watched)) ?? newScope(watched, now), watched, { now, acceptAfterDays, inventory }),
  );
  const isGone = goneWorkspaces(inventory);
  const unread = [...known.values()].filter(
    (scope) => !readIds.has(idOf(scope)) && !isGone(scope) && ageInMs(scope.readAt, now) < daysInMs(KEPT_UNREAD_DAYS),
  );
  return {
    baseline: {
      takenAt: now.toISOString(),
      scopes: sortedBy([...compared.map(({ scope }) => scope), ...unread], idOf),
    },
    drift: {
      compared: compared.map(({ scope: { source, scope, since } }) => ({ source, scope, since })),
      changes: [
        ...compared.flatMap(({ changes }) => changes),
        ...unread.flatMap((scope) =>
          scope.items.flatMap((item) =>
            item.pending === undefined ? [] : [changeOf(scope, item, item.pending, 'open', false)],
          ),
        ),
      ],
    },
  };
}

interface Circumstances {
  readonly now: Date;
  readonly acceptAfterDays: number;
  readonly inventory: ComparedInventory;
}

/** Its items are all known as they are: a scope that is read for the first time has not changed. */
function newScope({ source, scope, items }: WatchedScope, now: Date): BaselineScope {
  const since = now.toISOString();
  return {
    source,
    scope,
    since,
    readAt: since,
    items: items.map(({ setting, ...item }) => ({ ...item, accepted: setting })),
  };
}

function compareScope(
  before: BaselineScope,
  { scope, items }: WatchedScope,
  circumstances: Circumstances,
): { readonly scope: BaselineScope; readonly changes: readonly DriftChange[] } {
  const present = new Map(items.map((item) => [item.key, item]));
  const known = new Map(before.items.map((item) => [item.key, item]));
  const added = items
    .filter(({ key }) => !known.has(key))
    .map(({ key, kind, name }): BaselineItem => ({ key, kind, name, accepted: null }));
  const judged = sortedBy([...before.items, ...added], ({ key }) => key).map((item) =>
    judgeItem(before, item, present.get(item.key), circumstances),
  );
  return {
    scope: {
      ...before,
      scope,
      readAt: circumstances.now.toISOString(),
      items: judged.flatMap(({ item }) => item ?? []),
    },
    changes: judged.flatMap(({ change }) => change ?? []),
  };
}

/** @returns the item as it is kept, if it is, and what there is to say about it */
function judgeItem(
  scope: BaselineScope,
  item: BaselineItem,
  present: WatchedItem | undefined,
  { now, acceptAfterDays, inventory }: Circumstances,
): { readonly item?: BaselineItem; readonly change?: DriftChange } {
  const { key, kind, accepted, pending } = item;
  const after = present?.setting ?? null;
  const name = present?.name ?? item.name;
  if (isSame(accepted, after)) {
    return {
      ...(after !== null && { item: { key, kind, name, accepted: after } }),
      ...(pending !== undefined && { change: changeOf(scope, { ...item, name }, pending, 'reverted', true) }),
    };
  }
  const isKnown = pending !== undefined && isSame(pending.after, after);
  const lastBefore = isKnown ? pending.lastBefore : scope.readAt;
  const current: PendingChange = {
    after,
    lastBefore,
    firstSeen: isKnown ? pending.firstSeen : now.toISOString(),
    by:
      isKnown && 'who' in pending.by
        ? pending.by
        : attribute({ kind, key, removed: after === null, after: new Date(lastBefore) }, inventory),
  };
  if (ageInMs(current.firstSeen, now) >= daysInMs(acceptAfterDays)) {
    return {
      ...(after !== null && { item: { key, kind, name, accepted: after } }),
      change: changeOf(scope, { ...item, name }, current, 'accepted', true),
    };
  }
  return {
    item: { key, kind, name, accepted, pending: current },
    change: changeOf(scope, { ...item, name }, current, 'open', true),
  };
}

function changeOf(
  { source, scope }: BaselineScope,
  { key, kind, name, accepted }: BaselineItem,
  pending: PendingChange,
  state: DriftChange['state'],
  confirmed: boolean,
): DriftChange {
  return { ...pending, state, source, scope, key, kind, name, before: accepted, confirmed };
}

/** By what both know: a property that an earlier version of the auditor did not watch has not changed. */
function isSame(a: Setting | null, b: Setting | null): boolean {
  if (a === null || b === null) {
    return a === b;
  }
  return Object.keys(a).every(
    (name) => !(name in b) || a[name] === b[name] || JSON.stringify(a[name]) === JSON.stringify(b[name]),
  );
}

/** Workspaces that their subscription does not list any more. */
function goneWorkspaces(inventory: ComparedInventory): (scope: BaselineScope) => boolean {
  const listed = new Map(
    (inventory.workspaces ?? []).flatMap(({ scope, result }) =>
      result.ok ? [[scope.id, new Set(result.data.map(({ id }) => id))] as const] : [],
    ),
  );
  return ({ scope }) => scope.kind === 'workspace' && listed.get(subscriptionIn(scope.id))?.has(scope.id) === false;
}

function idOf({ source, scope }: Pick<BaselineScope, 'source' | 'scope'>): string {
  return `${source} ${scope.id}`;
}

function ageInMs(since: string, now: Date): number {
  return now.getTime() - Date.parse(since);
}
