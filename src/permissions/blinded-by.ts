import type { Check } from '../audit/check';
import type { SourceName } from '../inventory/sources';
import type { NeededPermission } from './needed';

/** Ids of checks. */
export interface Blinded {
  /** Those that judge nothing without the permission. */
  readonly blind: readonly string[];
  /** Those that judge, but know less. */
  readonly lessTold: readonly string[];
}

/** What becomes of the checks where a permission is missing. */
export function blindedBy({ requiredBy, completes }: NeededPermission, checks: readonly Check[]): Blinded {
  const among = (names: readonly SourceName[]) => (name: SourceName) => names.includes(name);
  const isBlind = ({ requires }: Check): boolean => requires.some(among(requiredBy));
  const knowsLess = ({ requires, uses }: Check): boolean =>
    uses.some(among(requiredBy)) || [...requires, ...uses].some(among(completes));
  const ids = (chosen: readonly Check[]): string[] => chosen.map(({ id }) => id).sort();
  return {
    blind: ids(checks.filter(isBlind)),
    lessTold: ids(checks.filter((check) => !isBlind(check) && knowsLess(check))),
  };
}
