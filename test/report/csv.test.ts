import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { ShownFinding } from '../../src/audit/exceptions';
import { renderCsv } from '../../src/report/csv';
import { cell } from '../../src/report/csv-cell';
import { AN_EXCEPTION, anUnevaluatedFinding, aShownFinding, aShownReport } from '../fixtures/shown-reports';

const parsed = (csv: string): string[][] => parse(csv, { relax_column_count: false });
const rowsOf = (findings: readonly ShownFinding[]): Record<string, string>[] =>
  parse(renderCsv(aShownReport({ findings })), { columns: true });

/** What a reader does who wants the text as it was. */
function asItWas(text: string): string {
  const formula = `'*(?:(?![;\\t\\r\\n])[\\s\\p{Cc}\\p{Cf}])*[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]`;
  return text
    .replace(new RegExp(`^'(?='*[\\t\\r\\n]|${formula})`, 'u'), '')
    .replace(new RegExp(`([;\\t\\r\\n])'(?=${formula})`, 'gu'), '$1');
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom('=', '+', '-', '@', '＝', '＠', "'", '"', ',', ';', '\t', '\r', '\n', ' ', 'a', '1', '\u202e'),
    )
    .map((parts) => parts.join('')),
);

describe('the columns', () => {
  it('are these, in this order: others may be added behind them', () => {
    expect(parsed(renderCsv(aShownReport()))).toEqual([
      [
        'fingerprint',
        'checkId',
        'status',
        'severity',
        'subjectId',
        'subjectKind',
        'subjectName',
        'subjectLink',
        'message',
        'remediation',
        'firstSeen',
        'endsAt',
        'scope',
        'because',
        'sources',
        'exceptionReason',
        'exceptionAuthor',
        'exceptionUntil',
        'evidence',
        'runId',
        'finishedAt',
      ],
    ]);
  });

  it('are described in docs/formats.md', () => {
    const [, section = ''] = readFileSync(join(__dirname, '../../docs/formats.md'), 'utf8').split(/^## CSV$/m);
    const [own = ''] = section.split(/^## /m);
    const described = [...own.matchAll(/^\| `(\w+)` +\|/gm)].map(([, column]) => column);
    expect([described]).toEqual(parsed(renderCsv(aShownReport())));
  });

  it('say all that is known of a finding', () => {
    const finding = aShownFinding({ exception: AN_EXCEPTION });
    expect(rowsOf([finding])).toEqual([
      {
        fingerprint: finding.fingerprint,
        checkId: 'secret-expiry',
        status: 'fail',
        severity: 'high',
        subjectId: 's-1',
        subjectKind: 'secret',
        subjectName: 'Nightly loader / ci',
        subjectLink: 'https://portal.azure.com/#view/s-1',
        message: 'Secret “ci” expires in 3 days.',
        remediation: 'Add a new one:\naz ad app credential reset --append',
        firstSeen: '2026-02-20T02:00:00.000Z',
        endsAt: '2026-03-04T02:00:00.000Z',
        scope: finding.scope,
        because: '',
        sources: '',
        exceptionReason: 'it moves',
        exceptionAuthor: 'Ana',
        exceptionUntil: '2026-04-01T00:00:00.000Z',
        evidence: JSON.stringify(finding.evidence),
        runId: '20260301T020000Z-00000000',
        finishedAt: '2026-03-01T02:01:00.000Z',
      },
    ]);
  });

  it('say why something was not evaluated', () => {
    expect(rowsOf([anUnevaluatedFinding({ sources: ['applications', 'users'] })])).toMatchObject([
      { status: 'notEvaluated', because: 'forbidden', sources: 'applications users', endsAt: '', exceptionUntil: '' },
    ]);
  });
});

describe('the table', () => {
  it('begins with its header, without a byte order mark, and ends every row alike', () => {
    const csv = renderCsv(aShownReport({ findings: [aShownFinding(), anUnevaluatedFinding()] }));
    expect(csv).toMatch(/^"fingerprint","checkId",/);
    expect(csv).toMatch(/"\r\n$/);
    expect(csv.match(/\r\n/g)).toHaveLength(3);
  });

  it('gives every value back, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), (texts) => {
        const [id = '', name = '', link = '', message = '', remediation = '', reason = '', author = '', fact = ''] =
          texts;
        const [row = {}] = rowsOf([
          aShownFinding({
            subject: { id, kind: 'secret', name, link },
            message,
            remediation,
            evidence: { fact, [fact]: texts },
            exception: { ...AN_EXCEPTION, reason, author },
          }),
        ]);
        expect({
          id: asItWas(row['subjectId']!),
          name: asItWas(row['subjectName']!),
          link: asItWas(row['subjectLink']!),
          message: asItWas(row['message']!),
          remediation: asItWas(row['remediation']!),
          reason: asItWas(row['exceptionReason']!),
          author: asItWas(row['exceptionAuthor']!),
          evidence: JSON.parse(asItWas(row['evidence']!)),
        }).toEqual({ id, name, link, message, remediation, reason, author, evidence: { fact, [fact]: texts } });
      }),
    );
  });
});

describe('a cell', () => {
  it.each([
    ['a text is quoted', 'plain', '"plain"'],
    ['nothing is an empty text', '', '""'],
    ['quotes are doubled', 'say "a"', '"say ""a"""'],
    ['a number stays one', '-12.5', '"-12.5"'],
    ['=', '=1+1', `"'=1+1"`],
    ['+', '+1', `"'+1"`],
    ['-', '-12+1', `"'-12+1"`],
    ['@', '@SUM(A1)', `"'@SUM(A1)"`],
    ['a tab', '\tx', `"'\tx"`],
    ['a carriage return', '\rx', `"'\rx"`],
    ['a line feed', '\nx', `"'\nx"`],
    ['a tab before a formula', '\t=1', `"'\t'=1"`],
    ['blanks and what is not seen before a formula', ' \u202e\u0000=1', `"' \u202e\u0000=1"`],
    ['wide signs', '＝1', `"'＝1"`],
    ['a formula behind quotes', '"=1"', '"""=1"""'],
    ['an apostrophe that was there', "'=1", `"''=1"`],
    ['an apostrophe before a word stays alone', "'t", `"'t"`],
    ['a formula behind a semicolon, which some take for the end of the cell', 'a; =1;b', `"a;' =1;b"`],
    ['a formula in a line of its own', 'a\n=1', `"a\n'=1"`],
    ['signs within a text', 'a = b - c, d@e; f', '"a = b - c, d@e; f"'],
  ])('%s', (_, text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  it('never acts, however it is cut at semicolons', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [[whole = '']] = parsed(`${cell(text)}\r\n`) as [string[]];
        for (const part of [whole, ...whole.split(/[;\t\r\n]/).slice(1)]) {
          expect(part).not.toMatch(/^[\s\p{Cc}\p{Cf}]*(?:[=@＝＋－＠]|[+-](?!\d+(?:\.\d+)?$))/u);
        }
      }),
    );
  });
});
