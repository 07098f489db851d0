import { applicationKeys, workspaceKey } from '../audit/contacts';
import type { Finding, Status } from '../audit/finding';
import type { ReportQuery } from './schemas/queries';

interface Filters extends Pick<ReportQuery, 'severity' | 'check' | 'subject' | 'workspace' | 'principal' | 'q'> {
  readonly status: readonly Status[];
}

/**
 * Tells which findings a query asks for: those that every filter lets through. One that is empty lets everything through.
 * Letter case does not count in what people may have typed.
 * @param owned ids of applications, lower-cased, where owners are asked for
 */
export function filterOf(query: Filters, owned?: ReadonlySet<string>): (finding: Finding) => boolean {
  const subject = query.subject?.toLowerCase() ?? '';
  const words = query.q?.toLowerCase().split(/\s+/) ?? [];
  const workspaces = query.workspace.map((workspace) => workspace.toLowerCase());
  const principals = new Set(query.principal.map((principal) => principal.toLowerCase()));
  return (finding) =>
    isIn(query.status, finding.status) &&
    isIn(query.severity, finding.severity) &&
    isIn(query.check, finding.checkId) &&
    isAbout(finding, subject) &&
    (workspaces.length === 0 || isInWorkspace(finding, workspaces)) &&
    (principals.size === 0 || applicationKeys(finding).some((key) => principals.has(key))) &&
    (owned === undefined || applicationKeys(finding).some((key) => owned.has(key))) &&
    hasWords(finding, words);
}

function isIn<T>(wanted: readonly T[], value: T): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

function isAbout({ subject: { id, name } }: Finding, text: string): boolean {
  return id.toLowerCase() === text || name.toLowerCase().includes(text);
}

function isInWorkspace(finding: Finding, workspaces: readonly string[]): boolean {
  const key = workspaceKey(finding);
  return key !== undefined && workspaces.some((workspace) => key === workspace || key.endsWith(`/${workspace}`));
}

function hasWords({ subject, message, checkId }: Finding, words: readonly string[]): boolean {
  const texts = [subject.name, subject.id, message, checkId].map((text) => text.toLowerCase());
  return words.every((word) => texts.some((text) => text.includes(word)));
}
