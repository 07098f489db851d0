/** A report as a table, a row a finding: RFC 4180. */
import type { ShownFinding } from '../audit/exceptions';
import { cell } from './csv-cell';
import type { ShownReport } from './shown-report';

type Column = readonly [name: string, textOf: (finding: ShownFinding, report: ShownReport) => string | undefined];

/** A contract, as `docs/formats.md` has it: columns are added at the end, and none is renamed or removed. */
const COLUMNS: readonly Column[] = [
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['checkId', ({ checkId }) => checkId],
  ['status', ({ status }) => status],
  ['severity', ({ severity }) => severity],
  ['subjectId', ({ subject }) => subject.id],
  ['subjectKind', ({ subject }) => subject.kind],
  ['subjectName', ({ subject }) => subject.name],
  ['subjectLink', ({ subject }) => subject.link],
  ['message', ({ message }) => message],
  ['remediation', ({ remediation }) => remediation],
  ['firstSeen', ({ firstSeen }) => firstSeen],
  ['endsAt', ({ evidence: { endsAt } }) => (typeof endsAt === 'string' ? endsAt : undefined)],
  ['scope', ({ scope }) => scope],
  ['because', ({ because }) => because],
  ['sources', ({ sources }) => sources?.join(' ')],
  ['exceptionReason', ({ exception }) => exception?.reason],
  ['exceptionAuthor', ({ exception }) => exception?.author],
  ['exceptionUntil', ({ exception }) => exception?.until],
  ['evidence', ({ evidence }) => JSON.stringify(evidence)],
  ['runId', (_, { runId }) => runId],
  ['finishedAt', (_, { finishedAt }) => finishedAt],
];

/**
 * The header row is always there. Without a byte order mark: programs would read it as part of the first column's name, and
 * the answer's `charset` tells what it is. Spreadsheets are told when they import.
 */
export function renderCsv(report: ShownReport): string {
  const rows = report.findings.map((finding) => COLUMNS.map(([, textOf]) => textOf(finding, report) ?? ''));
  return [COLUMNS.map(([name]) => name), ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
