/**
 * What is different between two reports, however far apart they are. Pure, and symmetric: the other way round, what opened
 * was resolved.
 */
import { blindnessOf } from './blindness';
import { isWorse, SEVERITIES, type Finding, type Severity } from './finding';
import { compareText } from './order';

/**
 * The most telling first. `unconfirmed`: failed before, cannot be looked at after; `revealed`: the other way round.
 * `blinded` and `regained` are about what failed neither before nor after.
 */
export const DIFF_KINDS = [
  'opened',
  'worsened',
  'revealed',
  'unconfirmed',
  'blinded',
  'improved',
  'resolved',
  'regained',
] as const;
export type DiffKind = (typeof DIFF_KINDS)[number];

/** What is compared of an open finding. */
export type OpenFacts = Pick<Finding, 'checkId' | 'status' | 'severity' | 'scope'>;

/** What is compared of a report. */
export interface DiffSide {
  readonly tenantId: string;
  /** Ids of the checks that were on. */
  readonly checks: ReadonlySet<string>;
  /** Failing and not evaluated ones, by fingerprint. */
  readonly open: ReadonlyMap<string, OpenFacts>;
}

export interface Difference {
  readonly kind: DiffKind;
  readonly fingerprint: string;
  readonly checkId: string;
  /** `null`: it did not fail before. */
  readonly severityBefore: Severity | null;
  /** `null`: it does not fail after. */
  readonly severityAfter: Severity | null;
}

/**
 * Fingerprints that are open in `one`, and of which `other` may say nothing, unless it judged them: whoever calls
 * {@link diff} has to look for them among its findings that are not open.
 */
export function inDoubt(one: DiffSide, other: DiffSide): ReadonlySet<string> {
  const isBlind = blindnessOf(other.open.values(), other.tenantId);
  return new Set(
    [...one.open].flatMap(([fingerprint, facts]) =>
      !other.open.has(fingerprint) && other.checks.has(facts.checkId) && isBlind(facts) ? [fingerprint] : [],
    ),
  );
}

/**
 * @param unseenBefore those {@link inDoubt} of which the report before says nothing
 * @param unseenAfter the same of the report after
 * @returns by kind, then the most urgent first
 */
export function diff(
  before: DiffSide,
  after: DiffSide,
  unseenBefore: ReadonlySet<string>,
  unseenAfter: ReadonlySet<string>,
): readonly Difference[] {
  const differences: Difference[] = [];
  for (const fingerprint of new Set([...before.open.keys(), ...after.open.keys()])) {
    const checkId = (after.open.get(fingerprint) ?? before.open.get(fingerprint))?.checkId ?? '';
    const was = stateIn(before, fingerprint, checkId, unseenBefore);
    const is = stateIn(after, fingerprint, checkId, unseenAfter);
    const kind = kindOf(was, is);
    if (kind !== undefined) {
      const [severityBefore, severityAfter] = [severityOf(was), severityOf(is)];
      differences.push({ kind, fingerprint, checkId, severityBefore, severityAfter });
    }
  }
  return differences.sort(byUrgency);
}

/** How many there are of each kind. */
export function countKinds(differences: readonly Difference[]): Record<DiffKind, number> {
  const counts = Object.fromEntries(DIFF_KINDS.map((kind) => [kind, 0])) as Record<DiffKind, number>;
  for (const { kind } of differences) {
    counts[kind] += 1;
  }
  return counts;
}

/** A failing subject is as severe as that; of a blind one nobody knows; anything else is fine, or gone. */
type State = Severity | 'blind' | 'fine';

/** What a check would say that was off, nobody knows either. */
function stateIn(side: DiffSide, fingerprint: string, checkId: string, unseen: ReadonlySet<string>): State {
  const facts = side.open.get(fingerprint);
  if (facts !== undefined) {
    return facts.status === 'fail' ? facts.severity : 'blind';
  }
  return side.checks.has(checkId) && !unseen.has(fingerprint) ? 'fine' : 'blind';
}

function severityOf(state: State): Severity | null {
  return state === 'blind' || state === 'fine' ? null : state;
}

function kindOf(was: State, is: State): DiffKind | undefined {
  if (was === is) {
    return undefined;
  }
  switch (was) {
    case 'fine':
      return is === 'blind' ? 'blinded' : 'opened';
    case 'blind':
      return is === 'fine' ? 'regained' : 'revealed';
    default:
      switch (is) {
        case 'fine':
          return 'resolved';
        case 'blind':
          return 'unconfirmed';
        default:
          return isWorse(is, was) ? 'worsened' : 'improved';
      }
  }
}

function byUrgency(a: Difference, b: Difference): number {
  return (
    DIFF_KINDS.indexOf(a.kind) - DIFF_KINDS.indexOf(b.kind) ||
    rankOf(a) - rankOf(b) ||
    compareText(a.checkId, b.checkId) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

function rankOf({ severityBefore, severityAfter }: Difference): number {
  const severity = severityAfter ?? severityBefore;
  return severity === null ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}
