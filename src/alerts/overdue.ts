/** Whether the nightly audit still runs, from what is stored about it. Pure. */
import type { RunRecord } from '../storage/runs';

/** What is known of the audits. Times are ISO 8601. */
export interface AuditFacts {
  readonly now: Date;
  /** When the watch began. */
  readonly firstSeenAt: string;
  /** Start of the last full audit whose report was published; `null`: there is none. */
  readonly fullAuditAt: string | null;
  /** Runs since then, oldest first; all of them where there was none. */
  readonly runs: readonly RunRecord[];
  /** When an audit is due next by the schedule; `null`: never again. */
  readonly nextDue: (after: Date) => Date | null;
}

/** `failed`: it ran and got nowhere; `missed`: it was due and did not run, or is not known to have. */
export interface Overdue {
  readonly kind: 'failed' | 'missed';
  /** Start of the last good audit, else when the watch began: the outage's identity. */
  readonly since: string;
  /** Whether there ever was a good audit. */
  readonly everRan: boolean;
  /** When the first audit was due that is missing; `null`: before it was, a run failed. */
  readonly dueAt: string | null;
  /** The full audits that failed since, the latest first. */
  readonly failures: readonly FailedRun[];
}

export interface FailedRun {
  readonly runId: string;
  readonly startedAt: string;
  readonly message: string;
}

/** `underWay`: an audit is running that may settle it; nothing is to be said until it has ended. */
export type Judgement = 'good' | 'underWay' | Overdue;

/** So long after it was due an audit may still be on its way: put off by another one, or by a slow start of the host. */
const LATE_HOURS = 2;
/** A new deployment may have to wait for its first night. */
const GRACE_HOURS = 26;
const HOUR_MS = 3_600_000;
/** A timer may fire a little early, and the audit it starts is the one that was due. */
const EARLY_MS = 60_000;

/** With a schedule of once a day, an audit is overdue 26 hours after the last one. */
export function judgeAudits({ now, firstSeenAt, fullAuditAt, runs, nextDue }: AuditFacts): Judgement {
  const since = fullAuditAt ?? firstSeenAt;
  // Records that do not say what was audited are of a version before this one.
  const full = runs.filter(({ audit, startedAt = '' }) => audit !== 'signIns' && startedAt > (fullAuditAt ?? ''));
  if (full.some((run) => run.state === 'running' && !hasStopped(run, now))) {
    return 'underWay';
  }
  const failed = full.filter((run) => run.state === 'failed' || hasStopped(run, now)).reverse();
  const due = nextDue(new Date(Date.parse(since) + EARLY_MS));
  const late = due === null ? Infinity : due.getTime() + LATE_HOURS * HOUR_MS;
  const patience = fullAuditAt === null ? Date.parse(firstSeenAt) + GRACE_HOURS * HOUR_MS : 0;
  const isLate = now.getTime() > Math.max(late, patience);
  // What somebody asked for and saw fail is no outage; a night's own run that failed is not tried again before the next.
  const hasFailed = failed.some(({ audit, trigger }) => audit === 'full' && trigger === 'schedule');
  if (!isLate && !hasFailed) {
    return 'good';
  }
  return {
    kind: failed.length > 0 ? 'failed' : 'missed',
    since,
    everRan: fullAuditAt !== null,
    dueAt: due !== null && due <= now ? due.toISOString() : null,
    failures: failed.map((run) => ({
      runId: run.runId,
      startedAt: run.startedAt ?? '',
      message: run.message ?? (run.state === 'running' ? 'It stopped before it finished.' : 'No reason is known.'),
    })),
  };
}

function hasStopped({ state, expiresAt = '' }: RunRecord, now: Date): boolean {
  return state === 'running' && Date.parse(expiresAt) <= now.getTime();
}
