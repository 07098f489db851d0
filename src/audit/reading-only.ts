/** Whether a role lets its holder do no more than look. */
import { matchesAction } from './rbac';
import type { Role } from '../inventory/model';

/** What roles for reading logs come with: queries, and asking Microsoft for support. Lower-cased. */
const HARMLESS = [
  'microsoft.operationalinsights/workspaces/analytics/query/action',
  'microsoft.operationalinsights/workspaces/search/action',
  'microsoft.support/*',
];

/** Looking at what was run is reading, though Synapse calls it an action. */
const LOOKING = /\/(read|viewlogs\/action|viewoutputs\/action)$/;

/** Actions of Azure Resource Manager, none of them on data; a role of which no action is known allows who knows what. */
export function onlyReadsAzure({ permissions }: Role): boolean {
  return (
    permissions.length > 0 &&
    permissions.every(
      ({ actions, notActions, dataActions, notDataActions }) =>
        left(actions, notActions).every((action) => action.endsWith('/read') || HARMLESS.includes(action)) &&
        left(dataActions, notDataActions).length === 0,
    )
  );
}

/** Synapse RBAC has actions on data only. */
export function onlyReadsSynapse({ permissions }: Role): boolean {
  return (
    permissions.length > 0 &&
    permissions.every(({ dataActions, notDataActions }) =>
      left(dataActions, notDataActions).every((action) => LOOKING.test(action)),
    )
  );
}

/** Those not taken away as a whole; lower-cased. */
function left(granted: readonly string[], excepted: readonly string[]): readonly string[] {
  return granted
    .filter((action) => !excepted.some((pattern) => matchesAction(pattern, action)))
    .map((action) => action.toLowerCase());
}
