/** The differences of two published reports, with little of either in memory: what is compared, and one page of findings. */
import {
  countKinds,
  diff,
  inDoubt,
  type Difference,
  type DiffKind,
  type DiffSide,
  type OpenFacts,
} from '../audit/diff';
import type { Finding } from '../audit/finding';
import type { Position } from './continuation-token';
import type { PublishedReport } from './published-report';

export interface DiffQuery {
  /** Empty: all of them. */
  readonly kinds: readonly DiffKind[];
  /** How many to leave out. */
  readonly start: number;
  /** 1 or more. */
  readonly top: number;
}

/** A difference with the finding as the report after has it; where it is not open there, as the report before has it. */
export interface FoundDifference extends Omit<Difference, 'fingerprint' | 'checkId'> {
  readonly finding: Finding;
}

export interface DiffPage {
  /** Of all kinds, whichever are asked for. */
  readonly counts: Readonly<Record<DiffKind, number>>;
  readonly changes: readonly FoundDifference[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: number;
}

interface Side extends DiffSide {
  readonly open: ReadonlyMap<string, OpenFacts & { readonly place: Position }>;
}

/**
 * Reads the chunks that hold open findings, and others only where a report is in part blind.
 * @throws ReportNotFoundError where one was removed meanwhile
 */
export async function diffReports(
  before: PublishedReport,
  after: PublishedReport,
  { kinds, start, top }: DiffQuery,
  signal?: AbortSignal,
): Promise<DiffPage> {
  const [was, is] = await Promise.all([sideOf(before, signal), sideOf(after, signal)]);
  const [unseenBefore, unseenAfter] = await Promise.all([
    unseenIn(before, inDoubt(is, was), signal),
    unseenIn(after, inDoubt(was, is), signal),
  ]);
  const all = diff(was, is, unseenBefore, unseenAfter);
  const wanted = kinds.length === 0 ? all : all.filter(({ kind }) => kinds.includes(kind));
  const page = wanted.slice(start, start + top);
  const findings = new Map(
    (await Promise.all([findingsIn(before, was, page, signal), findingsIn(after, is, page, signal)])).flat(),
  );
  const changes = page.flatMap(({ kind, fingerprint, severityBefore, severityAfter }) => {
    const finding = findings.get(fingerprint);
    return finding === undefined ? [] : [{ kind, severityBefore, severityAfter, finding }];
  });
  return { counts: countKinds(all), changes, ...(start + top < wanted.length && { next: start + top }) };
}

async function sideOf(report: PublishedReport, signal?: AbortSignal): Promise<Side> {
  const { tenantId, checks } = await report.header(signal);
  const open = new Map<string, OpenFacts & { readonly place: Position }>();
  const texts = new Map<string, string>();
  // Many findings have the same, but each has it as a text of its own.
  const once = (text: string): string => texts.get(text) ?? (texts.set(text, text), text);
  for await (const { finding, place } of report.each({ status: ['fail', 'notEvaluated'] }, signal)) {
    const { fingerprint, checkId, status, severity, scope } = finding;
    open.set(fingerprint, { checkId: once(checkId), status, severity, scope: once(scope), place });
  }
  return { tenantId, checks: new Set(checks.map(({ id }) => id)), open };
}

/** Those that a report has not judged either. */
async function unseenIn(
  report: PublishedReport,
  fingerprints: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const unseen = new Set(fingerprints);
  if (unseen.size > 0) {
    for await (const { finding } of report.each({ status: ['pass', 'notApplicable'] }, signal)) {
      unseen.delete(finding.fingerprint);
    }
  }
  return unseen;
}

/** By fingerprint. */
async function findingsIn(
  report: PublishedReport,
  { open }: Side,
  page: readonly Difference[],
  signal?: AbortSignal,
): Promise<readonly (readonly [string, Finding])[]> {
  const places = page.flatMap(({ fingerprint }) => open.get(fingerprint)?.place ?? []);
  const findings = await report.at(places, signal);
  return findings.map((finding) => [finding.fingerprint, finding] as const);
}
