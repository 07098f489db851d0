import { hash } from 'node:crypto';
import type { NotCollectedReason, SourceName } from '../inventory/sources';

/** From the most to the least urgent. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The most telling first: this is also the order of a report. */
export const STATUSES = ['fail', 'notEvaluated', 'pass', 'notApplicable'] as const;
export type Status = (typeof STATUSES)[number];

/** What a finding is about. */
export interface Subject {
  /** The provider's own key: ARM id, object id, `keyId`, assignment id. Never a name. */
  readonly id: string;
  readonly kind: SubjectKind;
  /** For people; untrusted text. */
  readonly name: string;
  /** Portal page. */
  readonly link?: string;
}

export type SubjectKind =
  | 'tenant'
  | 'subscription'
  | 'workspace'
  | 'logAnalytics'
  | 'secret'
  | 'certificate'
  | 'roleAssignment'
  | 'servicePrincipal'
  | 'user'
  | 'identity'
  | 'sqlPool'
  | 'firewallRule'
  | 'application'
  | 'federatedCredential'
  | 'vault'
  | 'storageAccount'
  | 'key'
  | 'linkedService'
  | 'workspaceCredential'
  | 'setting'
  | 'policy'
  | 'address'
  | 'sqlLogin';

/** Flat and small; never a token, a secret, a hint or a whole API object. Dates are ISO 8601 strings. */
export type Evidence = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** One judged fact of one run. The shape is a contract (`findings[]` of the report). */
export interface Finding {
  /** Same problem, same fingerprint, however it is worded: see {@link fingerprint}. */
  readonly fingerprint: string;
  readonly checkId: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly message: string;
  readonly evidence: Evidence;
  /** What to do, with the exact command or portal step; empty where nothing is to be done. */
  readonly remediation: string;
  /** Id of the scope (tenant, subscription, workspace) whose reading this rests on. */
  readonly scope: string;
  /** When it was first seen so, ISO 8601. Set for `fail` and `notEvaluated` in a report. */
  readonly firstSeen?: string;
  /** When it last got more severe since it was first seen, ISO 8601, and what it was before. Only in a report. */
  readonly worsened?: { readonly at: string; readonly from: Severity };
  /** Why a subject was not evaluated. Set for `notEvaluated`. */
  readonly because?: NotCollectedReason | 'checkThrew';
  /** The sources that were missing. Set for `notEvaluated`. */
  readonly sources?: readonly SourceName[];
}

/**
 * The identity of a finding over time: sha256 over check and subject key. Names, messages, dates and days left stay out,
 * so that a renamed or worsening problem is still the same problem.
 */
export function fingerprint(checkId: string, subjectId: string): string {
  return hash('sha256', JSON.stringify([checkId, subjectId.toLowerCase()]));
}

/** `true` where `a` is more urgent than `b`. */
export function isWorse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
}

/** One step less urgent; `info` stays `info`. */
export function oneStepLower(severity: Severity): Severity {
  return SEVERITIES[SEVERITIES.indexOf(severity) + 1] ?? 'info';
}
