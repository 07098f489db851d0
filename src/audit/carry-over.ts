/**
 * What a sign-in audit leaves as the last report has it. It judges sign-ins alone, and its report is a whole one: nobody
 * has to look in two places, and the next audit compares with one report, whichever that was.
 */
import { SIGN_IN_SOURCES } from '../inventory/sources';
import type { OpenFinding } from './compare';
import type { Finding } from './finding';
import type { CheckSummary, Coverage, Report } from './report';

export interface CarriedOver {
  /** When the last full audit began, ISO 8601; `null`: nothing is carried over, this is one. */
  readonly fullAuditAt: string | null;
  readonly coverage: Coverage;
  readonly checks: readonly CheckSummary[];
  readonly checksOff: readonly string[];
  readonly findings: readonly Finding[];
  readonly unconfirmed: readonly OpenFinding[];
}

/** What a full audit carries over. */
export const NOTHING: CarriedOver = {
  fullAuditAt: null,
  coverage: {},
  checks: [],
  checksOff: [],
  findings: [],
  unconfirmed: [],
};

/** A published report with what is open beside its findings. */
export interface WholeReport {
  readonly report: Report;
  readonly unconfirmed: readonly OpenFinding[];
}

/**
 * @param judged ids of the checks that run now
 * @param off ids of those that are switched off now: what they once found is dropped, as nobody looks at it any more
 */
export function carryOver(
  { report, unconfirmed }: WholeReport,
  judged: readonly string[],
  off: readonly string[],
): CarriedOver {
  const replaced = new Set([...judged, ...off]);
  const isKept = ({ checkId }: Finding): boolean => !replaced.has(checkId);
  const signInSources: readonly string[] = SIGN_IN_SOURCES;
  const coverage = Object.entries(report.coverage).filter(([source]) => !signInSources.includes(source));
  return {
    fullAuditAt: report.fullAuditAt,
    coverage: Object.fromEntries(coverage),
    checks: report.checks.filter(({ id }) => !replaced.has(id)),
    // One that was switched on since has judged nothing until the next full audit.
    checksOff: report.checksOff.filter((id) => !replaced.has(id)),
    findings: report.findings.filter(isKept),
    unconfirmed: unconfirmed.filter(({ finding }) => isKept(finding)),
  };
}
