/** Compares a run with the problems that were open after the last one: what is new, worse, the same, gone, unseen. */
import type { Finding, Severity } from './finding';
import { isWorse } from './finding';
import { blindnessOf } from './blindness';

/** A problem, or a blindness (`notEvaluated`), that was open after a run. Kept until a run confirms that it is gone. */
export interface OpenFinding {
  readonly finding: Finding;
  /** ISO 8601; the start of this episode. */
  readonly firstSeen: string;
}

/** What was open after the last published run. */
export interface OpenBefore {
  /** `null`: there was none. */
  readonly runId: string | null;
  readonly open: readonly OpenFinding[];
}

export type ChangeKind = 'opened' | 'worsened' | 'unchanged' | 'resolved' | 'unconfirmed';

/**
 * `resolved` and `unconfirmed` carry the finding as it was last judged. `unconfirmed`: it was failing and could not be
 * looked at this time, so it stays open.
 */
export interface Change {
  readonly kind: ChangeKind;
  readonly finding: Finding;
  readonly firstSeen: string;
  /** The severity before. Set for `worsened`. */
  readonly from?: Severity;
  /** What the check says of the subject now. Set for `resolved` where the subject is still there. */
  readonly now?: string;
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** The run's findings, open ones with `firstSeen`, and a "not evaluated" for each unconfirmed problem. */
  readonly findings: readonly Finding[];
  /** What stays open as it was last judged, beside the open ones among the findings: see {@link openAfter}. */
  readonly unconfirmed: readonly OpenFinding[];
}

/** A problem, or a blindness. */
export function isOpen(finding: Pick<Finding, 'status'> | undefined): boolean {
  return finding?.status === 'fail' || finding?.status === 'notEvaluated';
}

/** What is open after a run: the base of the next comparison. */
export function openAfter({ findings, unconfirmed }: Pick<Comparison, 'findings' | 'unconfirmed'>): OpenFinding[] {
  const kept = new Set(unconfirmed.map(({ finding }) => finding.fingerprint));
  const judged = findings.flatMap(({ firstSeen, ...finding }) =>
    firstSeen !== undefined && isOpen(finding) && !kept.has(finding.fingerprint) ? [{ finding, firstSeen }] : [],
  );
  return [...judged, ...unconfirmed];
}

/**
 * @param previous open findings of the last published run; empty on the first run
 * @param current this run's findings
 * @param checkIds checks that ran; what other checks once found is dropped without a word, as nobody looks at it any more
 */
export function compare(
  previous: readonly OpenFinding[],
  current: readonly Finding[],
  context: { readonly now: Date; readonly tenantId: string; readonly checkIds: readonly string[] },
): Comparison {
  const before = new Map(
    previous.filter((p) => context.checkIds.includes(p.finding.checkId)).map((p) => [p.finding.fingerprint, p]),
  );
  const now = context.now.toISOString();
  const isBlindTo = blindnessOf(current, context.tenantId);
  const seen = new Map(current.map((finding) => [finding.fingerprint, finding]));
  const changes = [
    ...current.filter(isOpen).map((finding) => changeOf(finding, before.get(finding.fingerprint), now)),
    ...[...before.values()]
      .filter((p) => !isOpen(seen.get(p.finding.fingerprint)))
      .map((p): Change => {
        const judged = seen.get(p.finding.fingerprint);
        // A subject that is not there any more is gone only if its scope was looked at.
        const looked = judged !== undefined || !isBlindTo(p.finding);
        return {
          kind: looked ? 'resolved' : 'unconfirmed',
          finding: p.finding,
          firstSeen: p.firstSeen,
          ...(judged !== undefined && { now: judged.message }),
        };
      }),
  ];
  const open = new Map(changes.map((change) => [change.finding.fingerprint, change]));
  const unconfirmed = changes.filter((change) => change.kind === 'unconfirmed');
  return {
    changes,
    findings: [
      ...current.map((finding) => {
        const { fingerprint } = finding;
        return withHistory(finding, open.get(fingerprint), before.get(fingerprint)?.finding.worsened, now);
      }),
      ...unconfirmed.filter((change) => change.finding.status === 'fail').map(asNotEvaluated),
    ],
    unconfirmed: unconfirmed.map(({ finding, firstSeen: since }) => ({ finding, firstSeen: since })),
  };
}

function changeOf(finding: Finding, before: OpenFinding | undefined, now: string): Change {
  if (before === undefined) {
    return { kind: 'opened', finding, firstSeen: now };
  }
  const { firstSeen } = before;
  return isWorse(finding.severity, before.finding.severity)
    ? { kind: 'worsened', finding, firstSeen, from: before.finding.severity }
    : { kind: 'unchanged', finding, firstSeen };
}

function withHistory(finding: Finding, change: Change | undefined, before: Finding['worsened'], at: string): Finding {
  if (change === undefined || !isOpen(finding)) {
    return finding;
  }
  const worsened = change.from === undefined ? before : { at, from: change.from };
  return { ...finding, firstSeen: change.firstSeen, ...(worsened !== undefined && { worsened }) };
}

function asNotEvaluated({ finding, firstSeen }: Change): Finding {
  return {
    ...finding,
    status: 'notEvaluated',
    message: `Could not be looked at this time; failing since ${firstSeen.slice(0, 10)}: ${finding.message}`,
    because: 'upstream',
    sources: [],
    firstSeen,
  };
}
