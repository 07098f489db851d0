import { SEVERITIES, STATUSES, type Finding, type Severity, type Status } from '../audit/finding';
import { applicationKeys, workspaceKey } from '../audit/contacts';
import { BadRequestError } from './problem';
import { oneOf, refuseUnknown } from './query-parameters';

/** What to show of a report. Several values are joined by commas: some hosts join repeated keys so anyway. */
export interface ReportQuery {
  readonly statuses: readonly Status[];
  readonly severities: readonly Severity[];
  readonly checks: readonly string[];
  /** Lower-cased; matches a subject's id, or part of its name. */
  readonly subject: string | undefined;
  /** Lower-cased keys, as the overview has them. */
  readonly workspace: string | undefined;
  readonly principal: string | undefined;
  readonly owner: string | undefined;
  /** Lower-cased words, all of which a finding has. */
  readonly words: readonly string[];
  /** `undefined`: as many as there are by default. */
  readonly top: number | undefined;
  readonly continuationToken: string | undefined;
}

const PARAMETERS = [
  'status',
  'severity',
  'check',
  'subject',
  'workspace',
  'principal',
  'owner',
  'q',
  'top',
  'continuationToken',
  'format',
  'code',
] as const;
export const DEFAULT_TOP = 1000;
const MAX_TOP = 5000;

/**
 * @param parameters query string
 * @param checkIds what `check` may name
 * @throws BadRequestError naming the parameter and the allowed values
 */
export function parseReportQuery(parameters: URLSearchParams, checkIds: readonly string[]): ReportQuery {
  refuseUnknown(parameters, PARAMETERS);
  return {
    statuses: listOf('status', parameters, STATUSES),
    severities: listOf('severity', parameters, SEVERITIES),
    checks: listOf('check', parameters, checkIds),
    subject: parameters.get('subject')?.toLowerCase() || undefined,
    workspace: parameters.get('workspace')?.toLowerCase() || undefined,
    principal: parameters.get('principal')?.toLowerCase() || undefined,
    owner: parameters.get('owner')?.toLowerCase() || undefined,
    words: (parameters.get('q') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ''),
    top: topOf(parameters.get('top')),
    continuationToken: parameters.get('continuationToken') ?? undefined,
  };
}

/**
 * `true` where a finding is asked for.
 * @param owned ids of applications, where an owner is asked for
 */
export function matches(query: ReportQuery, finding: Finding, owned?: ReadonlySet<string>): boolean {
  const { statuses, severities, checks, subject, workspace, principal, words } = query;
  return (
    (statuses.length === 0 || statuses.includes(finding.status)) &&
    (severities.length === 0 || severities.includes(finding.severity)) &&
    (checks.length === 0 || checks.includes(finding.checkId)) &&
    (subject === undefined ||
      finding.subject.id.toLowerCase() === subject ||
      finding.subject.name.toLowerCase().includes(subject)) &&
    (workspace === undefined || isInWorkspace(finding, workspace)) &&
    (principal === undefined || applicationKeys(finding).includes(principal)) &&
    (owned === undefined || applicationKeys(finding).some((key) => owned.has(key))) &&
    hasWords(finding, words)
  );
}

function isInWorkspace(finding: Finding, workspace: string): boolean {
  const key = workspaceKey(finding);
  return key !== undefined && (key === workspace || key.endsWith(`/${workspace}`));
}

function hasWords({ subject, message, checkId }: Finding, words: readonly string[]): boolean {
  const texts = [subject.name, subject.id, message, checkId].map((text) => text.toLowerCase());
  return words.every((word) => texts.some((text) => text.includes(word)));
}

function listOf<T extends string>(name: string, parameters: URLSearchParams, allowed: readonly T[]): T[] {
  const given = parameters.getAll(name).flatMap((value) => value.split(','));
  return given.filter((value) => value !== '').map((value) => oneOf(name, value, allowed));
}

function topOf(text: string | null): number | undefined {
  if (text === null) {
    return undefined;
  }
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > MAX_TOP) {
    throw new BadRequestError(
      'top',
      `${JSON.stringify(text.slice(0, 100))} is not a valid top; allowed: 1 to ${MAX_TOP}.`,
    );
  }
  return top;
}
