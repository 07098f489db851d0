import fc from 'fast-check';
import { csvOf } from '../../src/alerts/mail-csv';
import { sectionsOf } from '../../src/alerts/mail-content';
import { newsOf } from '../../src/alerts/news';
import type { Finding } from '../../src/audit/finding';
import { aBlindFinding, anotherSecret, aRun, aSecretFinding, opened } from './changes';

function tableOf(findings: readonly Finding[]): string {
  const sections = sectionsOf(
    {
      audience: 'administrators',
      kind: 'changes',
      to: ['team@example.com'],
      news: newsOf(findings.map(opened)),
      notices: [],
      endedExceptions: [],
    },
    aRun(),
  );
  return csvOf(sections, aRun());
}

/** As RFC 4180 has it; throws where a quote is out of place. */
function parse(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let rest = csv;
  while (rest !== '') {
    const [whole, quoted, end] = /^(?:"((?:[^"]|"")*)")?(,|\r\n)/.exec(rest) ?? [];
    if (whole === undefined) {
      throw new Error(`No cell: ${rest.slice(0, 80)}`);
    }
    rows.at(-1)?.push((quoted ?? '').replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    if (end === '\r\n' && rest !== '') {
      rows.push([]);
    }
  }
  return rows;
}

describe('the table', () => {
  it('begins with the byte order mark and its titles', () => {
    const table = tableOf([aSecretFinding()]);
    expect(table).toMatch(/^\uFEFF"Section","Urgency","What",/);
    expect(Buffer.from(table).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });

  it('has a row an item, with all its names, its end and what to do', () => {
    const workspaces = Array.from({ length: 12 }, (_, index) => `synw-${index}`);
    const finding = aSecretFinding({
      evidence: { ...aSecretFinding().evidence, workspaces, pipelines: ['a/b', 'c/d'] },
    });
    const [titles = [], ...rows] = parse(tableOf([finding, aBlindFinding('c', ['groups'])]).slice(1));
    expect(rows).toHaveLength(2);
    const row = Object.fromEntries(titles.map((title, index) => [title, rows[0]?.[index]]));
    expect(row).toMatchObject({
      Section: 'Stops within 7 days',
      Urgency: 'High',
      Kind: 'secret',
      Name: 'Nightly loader / ci-2024',
      'Ends (UTC)': finding.evidence['endsAt'],
      'Days left': '6',
      Workspaces: workspaces.join('; '),
      Pipelines: 'a/b; c/d',
      Fingerprint: finding.fingerprint,
      'What to do': finding.remediation,
      Portal: finding.subject.link,
    });
    expect(rows[1]?.[0]).toBe('Cannot be read');
  });

  it('is a table of as many columns in each row, and no formula, whatever the names', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('=1+1', '+1', '-2+3', '@SUM(A1)', '\t=1', '\r\n=1', '"', '",=1', '\u202E=1', '＝1', '=cmd|x!A0'),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const rows = parse(
          tableOf(
            names.map((hostile, index) =>
              anotherSecret(index, {
                message: hostile,
                subject: { id: `${hostile}${index}`, kind: 'secret', name: hostile, link: hostile },
                evidence: { workspaces: names, owners: names },
                remediation: hostile,
              }),
            ),
          ).slice(1),
        );
        expect(rows).toHaveLength(names.length + 1);
        for (const row of rows) {
          expect(row).toHaveLength(18);
          for (const text of row) {
            expect(text).not.toMatch(/^\s*[=@＝＋－＠]|^\s*[+-](?!\d+(?:\.\d+)?$)/);
          }
        }
      }),
    );
  });

  it('has at most 4 MB, and counts what is beyond', () => {
    const long = 'é'.repeat(2_000);
    const findings = Array.from({ length: 600 }, (_, index) =>
      anotherSecret(index, { message: long, remediation: long, evidence: { owners: [long], workspaces: [long] } }),
    );
    const table = tableOf(findings);
    expect(Buffer.byteLength(table)).toBeLessThan(4_010_000);
    const rows = parse(table.slice(1));
    const [, more] = /^and (\d+) more in the report$/.exec(rows.at(-1)?.[0] ?? '') ?? [];
    expect(rows.length - 2 + Number(more)).toBe(600);
    expect(rows.at(-1)).toHaveLength(18);
  });
});
