/** What of the logs is asked for, as parameters of the queries on sign-ins. */
import type { SignInWatch, WatchedPrincipal } from '../sign-ins';

/** A query's text stays well below what the service takes: some 80 characters each. */
const MOST_PRINCIPALS = 2000;

export interface PrincipalFilter extends Readonly<Record<string, readonly string[] | boolean>> {
  readonly Principals: readonly string[];
  readonly Applications: readonly string[];
  /** Sign-ins to Synapse are asked for with the first filter only, whoever it is. */
  readonly BySynapse: boolean;
}

/**
 * Filters, one a query, such that a sign-in passes at most one of them: principals that share an application are in the
 * same.
 */
export function watchedPrincipals(
  { principals }: SignInWatch,
  kinds: readonly WatchedPrincipal['kind'][],
): PrincipalFilter[] {
  const wanted = principals.filter(({ kind }) => kinds.includes(kind));
  const families = new Map<string, WatchedPrincipal[]>();
  for (const principal of wanted) {
    const family = principal.applicationId || principal.id;
    families.set(family, [...(families.get(family) ?? []), principal]);
  }
  const parts: WatchedPrincipal[][] = [[]];
  for (const family of families.values()) {
    const last = parts.at(-1);
    if (last && last.length + family.length <= MOST_PRINCIPALS) last.push(...family);
    else parts.push(family);
  }
  return parts.map((part, index) => ({
    Principals: [...new Set(part.map(({ id }) => id))],
    Applications: [...new Set(part.flatMap(({ applicationId }) => applicationId || []))],
    BySynapse: index === 0,
  }));
}

/** Workspaces by their ids and by the names of their logical servers. */
export function serversOf({ workspaces }: SignInWatch): {
  readonly Workspaces: readonly string[];
  readonly Servers: readonly string[];
} {
  return {
    Workspaces: workspaces.map(({ id }) => id),
    Servers: [...new Set(workspaces.map(({ name }) => name.toLowerCase()))],
  };
}
