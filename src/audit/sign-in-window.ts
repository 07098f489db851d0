/**
 * Which period of the logs an audit reads. Rows come late and audits fail, so that each reading overlaps the last one that
 * succeeded; what is told twice is the same finding. See docs/decisions/0014-sign-in-audit.md.
 */
import type { Period } from '../inventory/model';
import type { PeriodOf, SignInWatch } from '../inventory/sign-ins';
import { SIGN_IN_SOURCES, type Inventory, type SignInSource } from '../inventory/sources';
import { daysInMs } from './wording';

const HOUR_MS = 3_600_000;
const LOOK_BACK_MS = 24 * HOUR_MS;
/** Sign-in logs are minutes late, now and then hours: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time */
const OVERLAP_MS = 6 * HOUR_MS;
const LONGEST_MS = daysInMs(14);

/** Start of the last audit that read a source in a scope: ISO 8601 by source and id of the scope. */
export type ReadUntil = Readonly<Partial<Record<SignInSource, Readonly<Record<string, string>>>>>;

/** What an audit of sign-ins leaves to the next one. */
export interface SignInState {
  /** Of the last full audit. */
  readonly watch: SignInWatch;
  readonly readUntil: ReadUntil;
}

/** Each begins at a full hour and ends with the start of the audit. */
export function periodsAfter(readUntil: ReadUntil, now: Date): PeriodOf {
  return (source, scopeId) => periodFrom(readUntil[source]?.[scopeId], now);
}

/** @param last `undefined`: nothing was ever read there */
function periodFrom(last: string | undefined, now: Date): Period {
  const overlapping = last === undefined ? Infinity : Date.parse(last) - OVERLAP_MS;
  const from = Math.max(Math.min(now.getTime() - LOOK_BACK_MS, overlapping), now.getTime() - LONGEST_MS);
  return { from: new Date(Math.floor(from / HOUR_MS) * HOUR_MS), to: now };
}

/** What is known after an audit: where something could not be read, the next one reaches back as far as this one. */
export function readUntilAfter(before: ReadUntil, inventory: Inventory, now: Date): ReadUntil {
  const sources = SIGN_IN_SOURCES.map((source) => {
    const read = (inventory[source] ?? []).filter(({ result }) => result.ok);
    const reached = read.map(({ scope }) => [scope.id, now.toISOString()]);
    return [source, { ...before[source], ...(Object.fromEntries(reached) as Record<string, string>) }] as const;
  });
  return Object.fromEntries(sources);
}

/** What is judged: from the earliest that was read in any scope; the usual period where nothing was. */
export function judgedPeriod(inventory: Inventory, periodOf: PeriodOf, now: Date): Period {
  const periods = SIGN_IN_SOURCES.flatMap((source) =>
    (inventory[source] ?? []).flatMap(({ scope, result }) => (result.ok ? [periodOf(source, scope.id)] : [])),
  );
  const starts = [periodFrom(undefined, now), ...periods].map(({ from }) => from.getTime());
  return { from: new Date(Math.min(...starts)), to: now };
}
