/**
 * A report at a glance: what ends when, what fails now, and who is concerned. Computed when the report is, as nobody who
 * reads it may load all of its findings.
 */
import type { Finding, Severity, Status, SubjectKind } from './finding';
import type { ReportHeader } from './report';

/** What the history tells of a report. */
export type RunSummary = Pick<
  ReportHeader,
  | 'runId'
  | 'startedAt'
  | 'finishedAt'
  | 'fullAuditAt'
  | 'signInsAt'
  | 'overall'
  | 'totals'
  | 'severities'
  | 'changes'
  | 'nextExpiry'
>;

/** The first of a list, and how many there are in all. */
export interface Top<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** A finding in one line; names and messages are untrusted text. */
export interface Brief extends Pick<Finding, 'fingerprint' | 'checkId' | 'status' | 'severity' | 'message'> {
  readonly name: string;
  readonly kind: SubjectKind;
}

/** A credential, or whatever else ends. */
export interface Expiry extends Brief {
  /** ISO 8601; may be past. */
  readonly endsAt: string;
  /** A newer one is there already: nothing stops with it. */
  readonly isReplaced: boolean;
  /** What uses it, by its evidence; the first few. */
  readonly breaks: readonly string[];
}

/** What is open (failing or not evaluated) and belongs together. */
export interface Group {
  /** What the filters `workspace`, `principal` and `owner` of a report take. */
  readonly key: string;
  readonly name: string;
  /** Failing findings by severity. */
  readonly severities: Readonly<Record<Severity, number>>;
  readonly totals: Readonly<Pick<Record<Status, number>, 'fail' | 'notEvaluated'>>;
  /** The most urgent, at most three. */
  readonly worst: readonly Brief[];
  /** When the next of its credentials ends, ISO 8601; `null`: none that is known. */
  readonly nextEnd: string | null;
}

/** Owners know what is theirs by application ids. */
export interface OwnerGroup extends Group {
  /** As in `applicationKeys`. */
  readonly applicationIds: readonly string[];
  /** How many more there are: of the very many that one may own, the most urgent are named. */
  readonly applicationIdsLeftOut?: number;
}

export interface Overview {
  /** What ends within 90 days after the report, soonest first. */
  readonly expiries: Top<Expiry>;
  /** What had ended by then and is open, the latest first: apart, so that it leaves room for what comes. */
  readonly ended: Top<Expiry>;
  /** What cannot sign in, or do its work, now; most urgent first. */
  readonly failingNow: Top<Brief>;
  /** Most urgent first, as the other two. */
  readonly workspaces: Top<Group>;
  readonly principals: Top<Group>;
  readonly owners: Top<OwnerGroup>;
}
