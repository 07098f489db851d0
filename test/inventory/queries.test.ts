/** Every query that ships is one that Kusto's parser takes, names and types included. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnalyzer } from '../../sandbox/kql/language';
import { declarationOf, TABLE_NAMES } from '../../sandbox/kql/schema';
import type { LogAnalytics } from '../../src/inventory/azure/logs';
import { listAzurePowershellCallers } from '../../src/inventory/collectors/azure-powershell-callers';
import { listLogTables } from '../../src/inventory/collectors/log-tables';
import { listSignInPlaces } from '../../src/inventory/collectors/sign-in-places';
import { listSignIns } from '../../src/inventory/collectors/sign-ins';
import { LOG_TABLES } from '../../src/inventory/model';
import type { SignInKind } from '../../src/inventory/sign-ins';
import { aWatch, aWatchedPrincipal } from '../fixtures/sign-ins';
import { NOW, rowsOf, valuesOf } from '../sandbox/kql/query';

const FOLDER = 'src/inventory/queries';
const analyze = createAnalyzer(TABLE_NAMES.flatMap((name) => declarationOf(name) ?? []));
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const codesOf = (query: string) => analyze(query).diagnostics.map(({ code }) => code);
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.kql'));

/** Without comments and texts. */
const codeOf = (query: string) => query.replace(/\/\/.*$/gm, '').replace(/@?"(?:[^"\\]|\\.)*"/g, '""');
const wordsOf = (text: string) => new Set(text.match(/\b[A-Za-z_]\w*\b/g));
const namesOf = (query: string) => [...query.matchAll(/^let (\w+) = .*;$/gm)].map(([, name = '']) => name);

test('there are some', () => {
  expect(files.length).toBeGreaterThanOrEqual(7);
});

describe.each(files)('%s', (file) => {
  const query = textOf(file);

  test('has nothing to complain of', () => {
    expect(analyze(query).diagnostics).toEqual([]);
  });

  test('uses every name that it declares', () => {
    const code = codeOf(query);
    const unused = namesOf(query).filter((name) => code.split(new RegExp(`\\b${name}\\b`)).length < 3);
    expect(unused).toEqual([]);
  });

  test('asks for no column that could never be there', () => {
    const columns = new Set(declarationOf('AzureDiagnostics')?.columns.map(({ name }) => name));
    const asked = [...query.matchAll(/column_ifexists\("(\w+)"/g)].map(([, name = '']) => name);
    expect(asked.filter((name) => !columns.has(name))).toEqual([]);
  });
});

/** A misspelt table, and a misspelt column of it, in each of a query's legs. */
const misspelt = files.flatMap((file) => {
  const query = textOf(file);
  return TABLE_NAMES.filter((table) => new RegExp(`^ *\\(?${table}\\b`, 'm').test(query)).flatMap((table) => {
    const leg =
      new RegExp(`^ *\\(?${table}\\b[^]*?(?=^ *\\(|^\\S.*\\bsummarize\\b|$(?![^]))`, 'm').exec(query)?.[0] ?? '';
    const words = wordsOf(codeOf(leg));
    const columns = declarationOf(table)?.columns.filter(({ name }) => words.has(name)) ?? [];
    return [
      { file, what: `the table ${table}`, right: table, wrong: `${table}s`, leg },
      ...columns
        .slice(-3)
        .map(({ name }) => ({ file, what: `${name} of ${table}`, right: name, wrong: `${name}x`, leg })),
    ];
  });
});

test('tables and columns are found in the queries', () => {
  expect(new Set(misspelt.map(({ file }) => file))).toEqual(new Set(files));
  expect(misspelt.length).toBeGreaterThan(50);
});

test.each(misspelt)('$file: $what, misspelt, is found', ({ file, right, wrong, leg }) => {
  const query = textOf(file);
  const changed = query.replace(leg, () => leg.replace(new RegExp(`\\b${right}\\b`), wrong));
  expect(changed).not.toBe(query);
  expect(codesOf(changed)).not.toEqual([]);
});

test.each([
  ['a column', 'azure-powershell-callers.kql', 'UserPrincipalName', 'UserPrincipleName', 'KS142'],
  ['a column that the query made', 'user-sign-ins.kql', 'LastSeen = TimeGenerated', 'LastSeen = TimeGenerate', 'KS142'],
  ['a function', 'azure-powershell-callers.kql', 'substring(', 'substrng(', 'KS211'],
  ['a function', 'sql-logins.kql', 'geo_info_from_ip_address(', 'geo_info_from_ip_adress(', 'KS211'],
  ['a function', 'sign-in-places.kql', 'toupper(', 'touper(', 'KS211'],
  ['an aggregate', 'sign-in-places.kql', 'sum(SignIns)', 'summ(SignIns)', 'KS211'],
  ['a parameter', 'sql-logins.kql', 'in (Workspaces)', 'in (Workspace)', 'KS142'],
  // In a fuzzy union the service would leave it out in silence.
  ['a table', 'azure-powershell-callers.kql', '(SigninLogs', '(SignInsLogs', 'KS205'],
  [
    'a table',
    'service-principal-sign-ins.kql',
    '\nAADServicePrincipalSignInLogs',
    '\nAADServicePrincipalSigninLog',
    'KS204',
  ],
  ['a member of a text', 'user-sign-ins.kql', 'parse_json(LocationDetails)', 'LocationDetails.city', 'KS142'],
])('%s of %s that is misspelt is found', (_, file, right, wrong, code) => {
  const query = textOf(file).replace(right, wrong);
  expect(codesOf(query)).toContain(code);
});

test('log-tables.kql asks for every table that the audit knows, under its own name', () => {
  const query = textOf('log-tables.kql');
  for (const table of LOG_TABLES) {
    expect(query).toMatch(new RegExp(`\\(${table} \\|.*extend Table = "${table}"\\)`));
  }
});

/** What somebody may have called something, and that would be another query where it was pasted as it is. */
const HOSTILE = [
  '"; union *; //',
  "' or 1 == 1 --",
  '\\',
  '\\"',
  '@"',
  '```',
  'a\nlet To = now();',
  'a\r\n| take 0',
  'a\u2028let Principals = dynamic([]);\u2029',
  '/* x */ // y',
  '$& $1 $$',
  '${x}',
  '\u0000\u0007\u001b[31m',
  'naïve 😀 \ud83d',
  '',
];

/** The queries as collectors ask them. */
async function asked(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts: string[] = [];
  const query: LogAnalytics['query'] = (_, text) => Promise.resolve((texts.push(text), []));
  const where = { workspaceId: 'guid', readFrom: 'logs', tables: LOG_TABLES };
  const watch = aWatch({
    workspaces: ids.map((id) => ({ id, name: id })),
    principals: (['user', 'servicePrincipal', 'managedIdentity'] as const).flatMap((kind) =>
      ids.map((id) => aWatchedPrincipal({ kind, id, applicationId: kind === 'user' ? '' : id })),
    ),
  });
  const period = { from: new Date('2026-02-28T02:00:00Z'), to: NOW };
  const kinds: Readonly<Record<SignInKind, string>> = {
    user: 'user-sign-ins.kql',
    servicePrincipal: 'service-principal-sign-ins.kql',
    managedIdentity: 'managed-identity-sign-ins.kql',
    sqlLogin: 'sql-logins.kql',
  };
  const named = new Map<string, string>();
  for (const [kind, file] of Object.entries(kinds)) {
    await listSignIns({ query }, where, kind as SignInKind, watch, period);
    named.set(file, texts.pop() ?? '');
  }
  await listSignInPlaces({ query }, where, watch, period);
  named.set('sign-in-places.kql', texts.pop() ?? '');
  await listAzurePowershellCallers({ query }, 'guid', 'logs');
  named.set('azure-powershell-callers.kql', texts.pop() ?? '');
  await listLogTables({ query }, 'guid', 'logs');
  named.set('log-tables.kql', texts.pop() ?? '');
  expect(texts).toEqual([]);
  return named;
}

describe('what collectors ask', () => {
  const declarations = (query: string) =>
    new Map([...query.matchAll(/^let (\w+) = (.*);$/gm)].map(([, name = '', value = '']) => [name, value]));
  /** What stands behind the declarations. */
  const body = (query: string) => query.replace(/^let \w+ = .*;$/gm, '').trim();

  test('is one query for each file, with other values and nothing else changed', async () => {
    const texts = await asked(['one', 'two']);
    expect([...texts.keys()].sort()).toEqual([...files].sort());
    for (const [file, text] of texts) {
      expect(body(text)).toBe(body(textOf(file)));
      expect([...declarations(text).keys()]).toEqual([...declarations(textOf(file)).keys()]);
      expect(codesOf(text)).toEqual([]);
    }
  });

  test('sets every parameter: what is left as it is are facts of Azure', async () => {
    const texts = await asked(['one']);
    const left = [...texts].flatMap(([file, text]) => {
      const before = declarations(textOf(file));
      return [...declarations(text)].filter(([name, value]) => before.get(name) === value).map(([name]) => name);
    });
    expect([...new Set(left)].sort()).toEqual([
      'AzurePowershell',
      // Their values are those of the files.
      'BySynapse',
      'Failures',
      'MostRows',
      'Successes',
      'SynapseClients',
      'SynapseResourceNames',
      'SynapseResources',
    ]);
  });

  test('has the same facts of Azure in every file, as each is to be pasted whole', async () => {
    const values = new Map<string, Set<string>>();
    for (const file of (await asked(['one'])).keys()) {
      for (const [name, value] of declarations(textOf(file))) {
        if (!/^(?:Failures|Successes|Synapse\w+)$/.test(name)) continue;
        values.set(name, (values.get(name) ?? new Set()).add(value));
      }
    }
    expect([...values].map(([name, { size }]) => [name, size]).sort()).toEqual([
      ['Failures', 1],
      ['Successes', 1],
      ['SynapseClients', 1],
      ['SynapseResourceNames', 1],
      ['SynapseResources', 1],
    ]);
  });

  test('stays the same query whatever things are called', async () => {
    const plain = await asked(['one']);
    for (const [file, text] of await asked(HOSTILE)) {
      expect(body(text)).toBe(body(plain.get(file) ?? ''));
      expect(text.split(/[\n\r\u2028\u2029]/)).toHaveLength(textOf(file).split('\n').length);
      for (const [name, literal] of declarations(text)) {
        if (!['Principals', 'Applications', 'Workspaces', 'Servers'].includes(name)) continue;
        const wanted = name === 'Servers' ? HOSTILE.map((each) => each.toLowerCase()) : HOSTILE;
        const [value] = valuesOf(`let ${name} = ${literal};\nprint value = ${name}`);
        expect(value).toEqual(name === 'Applications' ? wanted.filter((each) => each !== '') : wanted);
      }
    }
  });

  test.each(HOSTILE.filter((name) => name !== ''))('finds whose id is %j, and nobody else', async (id) => {
    const texts = await asked([id]);
    const sign = { TimeGenerated: new Date(NOW.getTime() - 60_000), ResultType: '0', Id: '1' };
    const found = rowsOf(texts.get('user-sign-ins.kql') ?? '', {
      SigninLogs: [
        { ...sign, UserId: id },
        { ...sign, Id: '2', UserId: 'somebody else' },
      ],
    });
    expect(found).toMatchObject([{ PrincipalId: id.toLowerCase(), SignIns: 1 }]);
    const logins = rowsOf(texts.get('sql-logins.kql') ?? '', {
      SQLSecurityAuditEvents: [
        { ...sign, ActionId: 'DBAF', LogicalServerName: 'other' },
        { ...sign, EventId: '3', ActionId: 'DBAF', ServerPrincipalName: id, LogicalServerName: 'other' },
      ],
    });
    expect(logins).toEqual([]);
  });
});
