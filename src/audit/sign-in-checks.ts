/** Which checks run with every sign-in audit, and what audits have to read for the checks that are on. */
import { LOG_SOURCES, SIGN_IN_SOURCES, type SourceName } from '../inventory/sources';
import type { Check } from './check';
import { WATCH_SOURCES } from './sign-in-watch';

/** It judges nothing but sign-ins, so that it needs no inventory. */
export function isSignInCheck(check: Check): boolean {
  const sources = [...check.requires, ...check.uses];
  return (
    check.per === 'tenant' && check.requires.length > 0 && sources.every((source) => isOneOf(source, SIGN_IN_SOURCES))
  );
}

export interface NeededSources {
  /** What is read from the tenant, the watch's sources included where sign-ins are judged. */
  readonly inventory: ReadonlySet<SourceName>;
  /** What is read from Log Analytics, once the inventory says where and of whom. */
  readonly logs: ReadonlySet<SourceName>;
}

export function neededBy(checks: readonly Pick<Check, 'requires' | 'uses'>[]): NeededSources {
  const all = [...new Set(checks.flatMap((check) => [...check.requires, ...check.uses]))];
  const logs = all.filter((source) => isOneOf(source, LOG_SOURCES));
  return {
    inventory: new Set<SourceName>([
      ...all.filter((source) => !isOneOf(source, LOG_SOURCES)),
      ...(logs.length > 0 ? (['diagnosticSettings'] as const) : []),
      ...(logs.some((source) => isOneOf(source, SIGN_IN_SOURCES)) ? WATCH_SOURCES : []),
    ]),
    logs: new Set(logs),
  };
}

/** It looks at logs, whatever else it looks at. */
export function usesLogs({ requires, uses }: Pick<Check, 'requires' | 'uses'>): boolean {
  return [...requires, ...uses].some((source) => isOneOf(source, LOG_SOURCES));
}

function isOneOf(source: SourceName, sources: readonly SourceName[]): boolean {
  return sources.includes(source);
}
