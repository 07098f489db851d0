import { subscriptionIn } from '../inventory/arm-id';
import type { Finding } from './finding';

/**
 * Tells of which subjects a report may say nothing because it could not look where they are; in doubt it could not.
 * @param findings of one report, those that were not evaluated among them
 */
export function blindnessOf(
  findings: Iterable<Pick<Finding, 'checkId' | 'status' | 'scope'>>,
  tenantId: string,
): (subject: Pick<Finding, 'checkId' | 'scope'>) => boolean {
  const blind = new Map<string, Set<string>>();
  for (const { checkId, status, scope } of findings) {
    if (status === 'notEvaluated') {
      blind.set(checkId, (blind.get(checkId) ?? new Set()).add(scope));
    }
  }
  return ({ checkId, scope }) => {
    const scopes = blind.get(checkId);
    return (
      scopes !== undefined &&
      (scope === tenantId || scopes.has(tenantId) || scopes.has(scope) || scopes.has(subscriptionIn(scope)))
    );
  };
}
