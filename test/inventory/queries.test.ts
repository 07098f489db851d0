/** Every query that ships is one that Kusto's parser takes, names and types included. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnalyzer } from '../../sandbox/kql/language';
import { declarationOf, TABLE_NAMES } from '../../sandbox/kql/schema';
import { LOG_TABLES } from '../../src/inventory/model';

const FOLDER = 'src/inventory/queries';
const analyze = createAnalyzer(TABLE_NAMES.flatMap((name) => declarationOf(name) ?? []));
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.kql'));

test('there are some', () => {
  expect(files.length).toBeGreaterThanOrEqual(2);
});

test.each(files)('%s has nothing to complain of', (file) => {
  expect(analyze(textOf(file)).diagnostics).toEqual([]);
});

test.each([
  ['a column', 'UserPrincipalName', 'UserPrincipleName', 'KS142'],
  ['a function', 'substring(', 'substrng(', 'KS211'],
  // In a fuzzy union the service would leave it out in silence.
  ['a table', '(SigninLogs', '(SignInsLogs', 'KS205'],
])('%s that is misspelt is found', (_, right, wrong, code) => {
  const query = textOf('azure-powershell-callers.kql').replace(right, wrong);
  expect(analyze(query).diagnostics.map((each) => each.code)).toContain(code);
});

test('log-tables.kql asks for every table that the audit knows, under its own name', () => {
  const query = textOf('log-tables.kql');
  for (const table of LOG_TABLES) {
    expect(query).toMatch(new RegExp(`\\(${table} \\|.*extend Table = "${table}"\\)`));
  }
});
