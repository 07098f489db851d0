/**
 * `union isfuzzy=true` goes on without tables that do not exist. The parser allows that, but still counts their unknown
 * columns in; so such tables are taken out of the query before it is bound.
 */
import type { Analysis, Diagnostic } from './language';
import { parameterOf } from './operators';
import type { Syntax } from './syntax';

/** "The fuzzy name does not refer to any known table". */
const MISSING = 'KS205';

/**
 * The query without the first table that is missing and may be; `undefined` where none is.
 * @returns a diagnostic instead where no other table is left, as the service wants one at least
 */
export function withoutMissingTable(query: string, { syntax, diagnostics }: Analysis): string | Diagnostic | undefined {
  for (const missing of diagnostics.filter(({ code }) => code === MISSING)) {
    const found = legAround(missing.start, syntax);
    if (!found) continue;
    const { leg, legs } = found;
    if (legs.length === 1) return { ...missing, severity: 'Error' };
    const index = legs.indexOf(leg);
    // With the comma behind it, or before it where it is the last.
    const next = legs[index + 1];
    const [from, to] = next ? [leg.start, next.start] : [legs[index - 1]?.end ?? leg.start, leg.end];
    return query.slice(0, from) + query.slice(to);
  }
  return undefined;
}

interface Leg {
  readonly leg: Syntax;
  readonly legs: readonly Syntax[];
}

/** The innermost part of a fuzzy union that a place in the query is in. */
function legAround(place: number, syntax: Syntax): Leg | undefined {
  const inner = [...syntax.items, ...Object.values(syntax.children)]
    .filter(({ start, end }) => start <= place && place < end)
    .map((child) => legAround(place, child))
    .find((each) => each !== undefined);
  if (inner || syntax.kind !== 'UnionOperator' || parameterOf(syntax, 'isfuzzy') !== 'true') return inner;
  const legs = syntax.children['Expressions']?.items ?? [];
  const leg = legs.find(({ start, end }) => start <= place && place < end);
  return leg && { leg, legs };
}
