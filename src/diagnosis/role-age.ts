/** When a role was assigned, as far as the activity log or the comparison with the last audit tells. */
import type { RoleAssignment } from '../inventory/model';
import type { Case } from './case';

/** Azure gives a new assignment so long to work: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting */
const PROPAGATION_MS = 10 * 60_000;

export interface RoleAge {
  /** `after`: it was made after the run; `fresh`: it may not have worked yet. */
  readonly age: 'after' | 'fresh';
  readonly evidence: string;
}

/** `null`: it was there long before, or nothing tells. */
export function ageOf(one: Case, assignment: RoleAssignment): RoleAge | null {
  const at = one.at.getTime();
  const written = one
    .read('activityLog')
    .filter(({ operation, resourceId }) => resourceId === assignment.id && operation.endsWith('/roleassignments/write'))
    .map((event) => event.at)
    .sort((a, b) => b.getTime() - a.getTime())[0];
  const what = `${assignment.role.name} on ${assignment.scope}`;
  if (written !== undefined) {
    return aged(at, written.getTime(), written.getTime(), `${what} was assigned at ${minute(written)}.`);
  }
  const change = one.known.drift?.changes.find(
    ({ kind, state, before, after, key }) =>
      (kind === 'synapseRole' || kind === 'azureRole') &&
      state === 'open' &&
      before === null &&
      after !== null &&
      key.toLowerCase().endsWith(assignment.id.toLowerCase()),
  );
  if (change === undefined) {
    return null;
  }
  const [from, to] = [new Date(change.lastBefore), new Date(change.firstSeen)];
  return aged(at, from.getTime(), to.getTime(), `${what} was assigned between ${minute(from)} and ${minute(to)}.`);
}

/** @param from not made before; `to` not made after */
function aged(at: number, from: number, to: number, evidence: string): RoleAge | null {
  if (from > at) {
    return { age: 'after', evidence: `${evidence} The run failed at ${minute(new Date(at))}.` };
  }
  return to >= at - PROPAGATION_MS ? { age: 'fresh', evidence } : null;
}

function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16)}Z`;
}
