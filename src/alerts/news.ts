/** What a run has to tell: chosen, grouped and ordered, most urgent first. */
import type { Change } from '../audit/compare';
import { endOf } from '../audit/ends';
import { isWorse, SEVERITIES, type Finding, type Severity } from '../audit/finding';
import { compareText } from '../audit/order';
import { SOURCES, type SourceName } from '../inventory/sources';

/** How close the end of a credential is: so many days before it, or past it. */
export type ExpiryStep = number | 'expired';

/** What a run is to tell of a change. `due`: it came to a step before its end, though it is as severe as it was. */
export interface ToldChange extends Omit<Change, 'kind'> {
  readonly kind: Change['kind'] | 'due';
  /** The step it came to. Set where it ends and a step was reached. */
  readonly step?: ExpiryStep;
}

/** A failing subject that is new, got worse or comes to its end, or that fails no more. */
export interface ProblemChange extends ToldChange {
  readonly kind: 'opened' | 'worsened' | 'due' | 'resolved';
}

/** One thing that cannot be read, or can be again, however many checks and scopes depend on it. */
export interface Blindness {
  /** Missing where a check failed by a defect of its own. */
  readonly source: SourceName | undefined;
  readonly because: NonNullable<Finding['because']>;
  readonly severity: Severity;
  /** The finding that says it with the fewest other things. */
  readonly finding: Finding;
  readonly firstSeen: string;
  /** What the checks look at there, untrusted text; empty where the source is read once for the whole tenant. */
  readonly scopes: readonly string[];
  readonly checkIds: readonly string[];
}

export interface News {
  readonly problems: readonly ProblemChange[];
  readonly blind: readonly Blindness[];
  readonly resolved: readonly ProblemChange[];
  readonly regained: readonly Blindness[];
}

/**
 * `true` for what is worth a mail: problems that opened, worsened or were resolved, sight lost and regained. What is as
 * it was, or could not be confirmed this time, was told before; `info` is for the report alone.
 */
export function isTold({ kind, finding }: ToldChange): boolean {
  if (kind === 'unchanged' || kind === 'unconfirmed') {
    return false;
  }
  return finding.status === 'notEvaluated'
    ? kind === 'opened' || kind === 'resolved'
    : finding.status === 'fail' && finding.severity !== 'info';
}

export function newsOf(changes: readonly ToldChange[]): News {
  const told = changes.filter(isTold);
  const problems = told.filter(isProblem).sort(byUrgency);
  const blind = told.filter(({ finding }) => finding.status === 'notEvaluated');
  return {
    problems: problems.filter(({ kind }) => kind !== 'resolved'),
    blind: groupBlindness(blind.filter(({ kind }) => kind === 'opened')),
    resolved: problems.filter(({ kind }) => kind === 'resolved'),
    regained: groupBlindness(blind.filter(({ kind }) => kind === 'resolved')),
  };
}

function isProblem(change: ToldChange): change is ProblemChange {
  return change.finding.status === 'fail';
}

/** Within a severity what has a date comes first, soonest first. */
function byUrgency({ finding: a }: ToldChange, { finding: b }: ToldChange): number {
  const due = (finding: Finding) => endOf(finding)?.getTime() ?? Number.MAX_SAFE_INTEGER;
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    due(a) - due(b) ||
    compareText(a.checkId, b.checkId) ||
    compareText(a.subject.name, b.subject.name) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** One entry a source and reason: a single refused permission blinds many checks in many scopes, and is mended once. */
function groupBlindness(changes: readonly ToldChange[]): readonly Blindness[] {
  const groups = new Map<string, { readonly source: SourceName | undefined; readonly changes: ToldChange[] }>();
  for (const change of changes) {
    const { sources = [], because = 'failed', checkId } = change.finding;
    // Without sources it is a check that threw: a matter of that check alone.
    for (const source of sources.length > 0 ? sources : [undefined]) {
      const key = `${because} ${source ?? checkId}`;
      const group = groups.get(key) ?? { source, changes: [] };
      group.changes.push(change);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => toBlindness(group.source, group.changes)).sort(byWeight);
}

function toBlindness(source: SourceName | undefined, changes: readonly ToldChange[]): Blindness {
  const clearest = changes.reduce((a, b) => (missing(b) < missing(a) ? b : a));
  const { finding } = clearest;
  const findings = changes.map((change) => change.finding);
  return {
    source,
    because: finding.because ?? 'failed',
    severity: findings.reduce((worst, { severity }) => (isWorse(severity, worst) ? severity : worst), finding.severity),
    finding,
    firstSeen: changes.reduce(
      (first, change) => (change.firstSeen < first ? change.firstSeen : first),
      clearest.firstSeen,
    ),
    scopes: source !== undefined && SOURCES[source].scope === 'tenant' ? [] : distinct(findings.map(nameOfScope)),
    checkIds: distinct(findings.map(({ checkId }) => checkId)),
  };
}

function missing({ finding }: ToldChange): number {
  return finding.sources?.length ?? 0;
}

function nameOfScope({ subject }: Finding): string {
  return subject.kind === 'tenant' ? 'the tenant' : `${subject.kind} ${subject.name}`;
}

function byWeight(a: Blindness, b: Blindness): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.checkIds.length - a.checkIds.length ||
    compareText(a.source ?? a.finding.checkId, b.source ?? b.finding.checkId)
  );
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}
