/** What the page is made of. */
import type { Severity, Status } from '../../audit/finding';
import type { Overview, RunSummary } from '../../audit/overview';
import type { ShownReport } from '../shown-report';

/** How things stand now, as `GET /api/status` has it. */
export interface PageStatus {
  /** The last full audit is too old. */
  readonly stale: boolean;
  /** The next audit of sign-ins is overdue. */
  readonly areSignInsStale: boolean;
  /** Why the newest run left no report; `null` where it did, or is under way. */
  readonly failure: string | null;
  /** A run that is under way. */
  readonly runningId: string | null;
  /** Why alerts do not arrive. */
  readonly alertTrouble: string | null;
}

/** As asked; what is empty was not asked for. */
export interface PageFilters {
  /** Empty: what is open, that is failing or not evaluated. */
  readonly statuses: readonly Status[];
  readonly severities: readonly Severity[];
  readonly checks: readonly string[];
  readonly subject: string;
  readonly workspace: string;
  readonly principal: string;
  readonly owner: string;
  readonly q: string;
}

/** Where the page stands, so that it can link to others and to itself. */
export interface PagePlace {
  /** From the page to the other functions: `` beside them, `../` one below. */
  readonly root: '' | '../';
  /** The function key, where the caller gave it in the address: a browser has no other way to bring it along. */
  readonly code: string | null;
  /** As given; `null`: as many as there are by default. */
  readonly top: string | null;
  /** Whether this is not the first page of findings. */
  readonly isContinued: boolean;
}

export interface PageInput {
  readonly report: ShownReport;
  /** `null` for reports from before there were any. */
  readonly overview: Overview | null;
  /** Of full audits, oldest first. */
  readonly trend: readonly RunSummary[];
  readonly status: PageStatus;
  readonly filters: PageFilters;
  readonly isLatest: boolean;
  readonly place: PagePlace;
  readonly now: Date;
}

/** There is no report to show. */
export interface NoReportInput {
  readonly title: string;
  /** Sentences. */
  readonly detail: string;
  readonly kind: 'neverRun' | 'running' | 'failed' | 'notFound' | 'problem';
  readonly place: Pick<PagePlace, 'root' | 'code'>;
}
