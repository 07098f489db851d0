/** Who made a change, as far as a log says it. Missing attribution is said with its reason; it hides no change. */
import type { Inventory, SourceName } from '../inventory/sources';
import { subscriptionIn } from '../inventory/arm-id';
import type { WatchedKind } from './watched-settings';

export type Attribution =
  | {
      readonly who: string;
      /** ISO 8601. */
      readonly at: string;
      readonly log: 'activity log' | 'directory audit log';
    }
  | {
      /** Why nobody can be named; the rest of a sentence that begins with “by whom is unknown: ”. */
      readonly unknown: string;
    };

export interface ChangeToAttribute {
  readonly kind: WatchedKind;
  readonly key: string;
  readonly removed: boolean;
  /** Not made before. */
  readonly after: Date;
}

interface Entry {
  readonly at: Date;
  readonly who: string | null;
}

/** The logs that say who it was. */
export const LOGS_OF_CHANGES = ['activityLog', 'directoryAudits'] as const satisfies readonly SourceName[];

type LogsOfChanges = Pick<Inventory, (typeof LOGS_OF_CHANGES)[number]>;

/** The newest entry about the setting counts: it made it what it is now. */
export function attribute(change: ChangeToAttribute, inventory: LogsOfChanges): Attribution {
  switch (change.kind) {
    case 'synapseRole':
      return {
        unknown:
          'the activity log does not hold changes of Synapse roles; the log category SynapseRbacOperations of the workspace does, where it is sent to Log Analytics',
      };
    case 'conditionalAccessPolicy':
    case 'authorizationPolicy':
    case 'appManagementPolicy':
      return inDirectory(change, inventory);
    default:
      return inSubscription(change, inventory);
  }
}

function inSubscription(change: ChangeToAttribute, inventory: LogsOfChanges): Attribution {
  const subscription = subscriptionIn(change.key);
  if (!change.key.startsWith('/subscriptions/')) {
    return { unknown: 'the activity log of a subscription does not hold what is changed above it' };
  }
  const read = inventory.activityLog?.find(({ scope }) => scope.id === subscription)?.result;
  if (read?.ok !== true) {
    return { unknown: `the activity log of subscription ${subscription} could not be read` };
  }
  const events = read.data.filter(
    ({ operation, resourceId }) =>
      isAbout(change, resourceId) && (change.removed ? operation.endsWith('/delete') : operation.endsWith('/write')),
  );
  return newest(events, change.after, 'activity log');
}

/** Settings of the workspace itself are changed by a write of the workspace; the others have a resource of their own. */
function isAbout({ kind, key }: ChangeToAttribute, resourceId: string): boolean {
  const workspace = key.slice(0, key.lastIndexOf('/'));
  switch (kind) {
    case 'publicNetworkAccess':
    case 'workspaceIdentities':
      return resourceId === workspace;
    case 'entraAdministrators':
      return [key, `${workspace}/sqladministrators`].some((id) => resourceId === id || resourceId.startsWith(`${id}/`));
    case 'sqlAuditing':
      return [key, `${workspace}/auditingsettings`].some((id) => resourceId === id || resourceId.startsWith(`${id}/`));
    default:
      return resourceId === key || resourceId.startsWith(`${key}/`);
  }
}

const ACTIVITIES: Readonly<Partial<Record<WatchedKind, RegExp>>> = {
  authorizationPolicy: /authorization policy/i,
  appManagementPolicy: /app management policy/i,
};

function inDirectory(change: ChangeToAttribute, inventory: LogsOfChanges): Attribution {
  const read = inventory.directoryAudits?.[0]?.result;
  if (read?.ok !== true) {
    return { unknown: 'the audit log of the directory could not be read' };
  }
  const audits = read.data.filter(
    ({ activity, targetIds }) => targetIds.includes(change.key) || ACTIVITIES[change.kind]?.test(activity) === true,
  );
  return newest(audits, change.after, 'directory audit log');
}

function newest(entries: readonly Entry[], after: Date, log: 'activity log' | 'directory audit log'): Attribution {
  const [last] = entries.filter(({ at }) => at >= after).sort((a, b) => b.at.getTime() - a.at.getTime());
  if (last === undefined) {
    return { unknown: `the ${log} that was read since the last run has no entry about it` };
  }
  return last.who === null ? { unknown: `the ${log} names nobody` } : { who: last.who, at: last.at.toISOString(), log };
}

/** `by “Ada” (id) at 2026-11-22T03:00:00.000Z (activity log)`, or why nobody can be named. */
export function attributionOf(by: Attribution, nameOf: (id: string) => string): string {
  return 'who' in by ? `by ${nameOf(by.who)} at ${by.at} (${by.log})` : `by whom is unknown: ${by.unknown}`;
}
