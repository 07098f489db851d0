import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { ConditionalAccessPart, ConditionalAccessPolicy } from '../model';

const policy = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  state: z.string(),
  conditions: z.record(z.string(), z.unknown()).nullish(),
  grantControls: z.unknown().optional(),
  sessionControls: z.unknown().optional(),
});

const CONDITIONS = ['users', 'applications', 'clientApplications', 'clientAppTypes', 'locations', 'platforms'] as const;

/**
 * https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies
 * @param beforeNext keeps to one request a second for the whole tenant: https://learn.microsoft.com/graph/throttling-limits
 */
export async function listConditionalAccessPolicies(
  graph: Graph,
  beforeNext: () => Promise<void>,
): Promise<ConditionalAccessPolicy[]> {
  const policies: ConditionalAccessPolicy[] = [];
  for await (const item of graph.list('/identity/conditionalAccess/policies', policy, beforeNext)) {
    const { id, displayName, state, conditions, grantControls, sessionControls } = item;
    const others = Object.entries(conditions ?? {}).filter(([name]) => !CONDITIONS.some((known) => known === name));
    policies.push({
      id: id.toLowerCase(),
      name: displayName ?? id,
      state,
      parts: {
        ...(Object.fromEntries(CONDITIONS.map((name) => [name, digest(conditions?.[name])])) as Record<
          ConditionalAccessPart,
          string | null
        >),
        otherConditions: digest(Object.fromEntries(others)),
        grantControls: digest(grantControls),
        sessionControls: digest(sessionControls),
      },
    });
  }
  return policies;
}

/** The same for equal rules, in whatever order Graph lists them; `null` where there is no rule. */
function digest(part: unknown): string | null {
  const rule = canonical(part);
  return rule === undefined ? null : createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 16);
}

/** Without annotations, `null`s and empty lists, which Graph adds as it learns new conditions. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => JSON.stringify(canonical(item))).sort();
    return items.length === 0 ? undefined : items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([name]) => !name.includes('@odata.'))
      .map(([name, item]) => [name, canonical(item)] as const)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length === 0 ? undefined : entries;
  }
  return value ?? undefined;
}
