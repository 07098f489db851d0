/** Which problems a run tells of, measured by what was told before. Pure. */
import { endOf, isReplaced } from '../audit/ends';
import { isWorse, type Finding } from '../audit/finding';
import type { AlertMemory, ToldProblem } from './alert-memory';
import type { AlertSettings } from './alert-settings';
import { isCloser, stepReached } from './expiry-steps';
import type { ExpiryStep, ProblemChange, ToldChange } from './news';

export interface ProblemContext {
  readonly now: Date;
  readonly settings: AlertSettings;
  /** Checks that ran, by id. */
  readonly checkIds: ReadonlySet<string>;
  /** Those of them whose findings are events: they end by themselves. */
  readonly eventCheckIds: ReadonlySet<string>;
  /** Whether every check that is on ran. */
  readonly isWhole: boolean;
  readonly isSilenced: (finding: Finding) => boolean;
}

export interface PlannedProblem {
  readonly change: ProblemChange;
  /** `false`: it is for the administrators alone. */
  readonly everybody: boolean;
}

export interface PlannedProblems {
  readonly told: readonly PlannedProblem[];
  readonly memory: AlertMemory['problems'];
}

/**
 * What is open is held against what was told of it, rather than against the run before: so nothing is told twice, and
 * what was not told when it happened (an exception was in force, nights were missed, it was not severe enough) is told
 * once that is over. An exception makes forget what was told, so that what outlasts it is told anew.
 *
 * @param changes those of findings that fail or did
 */
export function planProblems(
  changes: readonly ToldChange[],
  known: AlertMemory['problems'],
  context: ProblemContext,
): PlannedProblems {
  const memory: Record<string, ToldProblem> = {};
  const told: PlannedProblem[] = [];
  for (const change of changes) {
    const { fingerprint } = change.finding;
    const before = known[fingerprint];
    const after = context.isSilenced(change.finding) ? {} : planOne(change, before, context);
    if (after.told !== undefined) {
      told.push(after.told);
    }
    if (after.memory !== undefined) {
      memory[fingerprint] = after.memory;
    }
  }
  const changed = new Set(changes.map(({ finding }) => finding.fingerprint));
  for (const [fingerprint, problem] of Object.entries(known)) {
    const wasNotLookedAt = !context.isWhole && !context.checkIds.has(problem.checkId);
    if (!changed.has(fingerprint) && (wasNotLookedAt || isQuiet(problem, context))) {
      memory[fingerprint] = problem;
    }
  }
  return { told, memory };
}

/** All that is open, told to the administrators alone: for the digest that a tenant begins with. */
export function digestProblems(changes: readonly ToldChange[], context: ProblemContext): PlannedProblems {
  const { told, memory } = planProblems(changes, {}, context);
  const forAdministrators = Object.entries(memory).map(([key, one]) => [key, { ...one, everybody: false }] as const);
  return {
    told: told.map((one) => ({ ...one, everybody: false })),
    memory: Object.fromEntries(forAdministrators),
  };
}

interface Planned {
  readonly told?: PlannedProblem;
  readonly memory?: ToldProblem;
}

function planOne(change: ToldChange, before: ToldProblem | undefined, context: ProblemContext): Planned {
  const { kind, finding } = change;
  const isEvent = context.eventCheckIds.has(finding.checkId);
  if (kind === 'unconfirmed') {
    return before === undefined ? {} : { memory: before };
  }
  if (kind === 'resolved') {
    if (isEvent) {
      const over = before === undefined ? undefined : ({ ...before, over: true } as const);
      return over !== undefined && isQuiet(over, context) ? { memory: over } : {};
    }
    return before === undefined ? {} : { told: { change: { ...change, kind }, everybody: before.everybody } };
  }
  return isEvent ? planEvent(change, before, context) : planOpen(change, before, context);
}

function planOpen(change: ToldChange, before: ToldProblem | undefined, context: ProblemContext): Planned {
  const { finding } = change;
  const { now, settings } = context;
  const end = endOf(finding);
  const step = end === undefined || isReplaced(finding) ? undefined : stepReached(end, now, settings.steps);
  const remembered = toRemember(finding, now, step);
  if (!isSevereEnough(finding, settings)) {
    return before === undefined ? {} : { memory: withMilder(before, finding, context) };
  }
  if (before === undefined) {
    return { told: tell(change, 'opened', step), memory: remembered };
  }
  if (isWorse(finding.severity, before.severity)) {
    return { told: tell({ ...change, from: before.severity }, 'worsened', step), memory: remembered };
  }
  // Renewed in place and due again: what was told of the end before says nothing of this one.
  const stepTold = before.endsAt === remembered.endsAt ? before.step : undefined;
  const milder = withMilder(before, finding, context);
  return step !== undefined && isCloser(step, stepTold)
    ? { told: tell(change, 'due', step), memory: { ...remembered, ...milderPart(milder) } }
    : { memory: milder };
}

function planEvent(change: ToldChange, before: ToldProblem | undefined, context: ProblemContext): Planned {
  const { finding } = change;
  const { now, settings } = context;
  if (!isSevereEnough(finding, settings)) {
    return before === undefined ? {} : { memory: before };
  }
  if (before !== undefined && isWorse(finding.severity, before.severity)) {
    return {
      told: tell({ ...change, from: before.severity }, 'worsened', undefined),
      memory: toRemember(finding, now, undefined),
    };
  }
  // One that goes on was told; one that came again within the quiet time is told when that is over, if it still goes on.
  const isKnown = before !== undefined && (before.over !== true || isQuiet(before, context));
  return isKnown
    ? { memory: before }
    : { told: tell(change, 'opened', undefined), memory: toRemember(finding, now, undefined) };
}

function tell(change: ToldChange, kind: ProblemChange['kind'], step: ExpiryStep | undefined): PlannedProblem {
  return { change: { ...change, kind, ...(step !== undefined && { step }) }, everybody: true };
}

function toRemember(finding: Finding, now: Date, step: ExpiryStep | undefined): ToldProblem {
  const end = endOf(finding);
  return {
    checkId: finding.checkId,
    severity: finding.severity,
    toldAt: now.toISOString(),
    ...(step !== undefined && { step }),
    ...(end !== undefined && { endsAt: end.toISOString() }),
    everybody: true,
  };
}

/**
 * What was told, once the problem is less severe. Only when that lasts for the quiet time does it count, so that one
 * that goes to and fro is not told each time it comes back.
 */
function withMilder(before: ToldProblem, finding: Finding, { now, settings }: ProblemContext): ToldProblem {
  const { milderSince, ...rest } = before;
  if (!isWorse(before.severity, finding.severity)) {
    return rest;
  }
  const since = milderSince ?? now.toISOString();
  return now.getTime() - Date.parse(since) >= quietTime(settings)
    ? { ...rest, severity: finding.severity }
    : { ...rest, milderSince: since };
}

function milderPart({ severity, milderSince }: ToldProblem): Partial<ToldProblem> {
  return { severity, ...(milderSince !== undefined && { milderSince }) };
}

function isSevereEnough({ severity }: Finding, { minSeverity }: AlertSettings): boolean {
  return severity !== 'info' && !isWorse(minSeverity, severity);
}

function isQuiet({ over, toldAt }: ToldProblem, { now, settings }: ProblemContext): boolean {
  return over === true && now.getTime() - Date.parse(toldAt) < quietTime(settings);
}

function quietTime({ quietHours }: AlertSettings): number {
  return quietHours * 3_600_000;
}
