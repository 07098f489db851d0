import outdatedAzurePowershell from '../../src/checks/outdated-azure-powershell';
import type { AzurePowershellCaller } from '../../src/inventory/model';
import { aServicePrincipal, NOW, PORTAL } from '../fixtures/facts';
import { rowsOf } from '../sandbox/kql/query';
import { anInventory, flat, judge, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const DAY = 86_400_000;
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY);
const agent = (version: string): string => `AzurePowershell/v${version},PSVersion/v7.5.0`;
const USER = '11111111-aaaa-4aaa-8aaa-111111111111';

function aCaller(change: Partial<AzurePowershellCaller> = {}): AzurePowershellCaller {
  return {
    readFrom: 'logs',
    principalKind: 'user',
    principalId: USER,
    name: 'ada@contoso.example',
    userAgent: agent('16.0.0'),
    requests: 3,
    firstSeen: ago(9),
    lastSeen: ago(1),
    tables: ['SigninLogs'],
    ...change,
  };
}

const judged = (callers: readonly Partial<AzurePowershellCaller>[], options: unknown = {}): FlatVerdict =>
  judgeOne(outdatedAzurePowershell, { azurePowershellCallers: callers.map(aCaller) }, { options });
const using = (version: string, change: Partial<AzurePowershellCaller> = {}) =>
  judged([{ userAgent: agent(version), ...change }]);

test('a supported version passes', () => {
  expect(using('16.0.0')).toMatchObject({
    status: 'pass',
    message: 'User “ada@contoso.example” uses Azure PowerShell 16.0.0 or newer, which is supported.',
    subject: { id: USER, kind: 'user', name: 'ada@contoso.example' },
    evidence: { principalId: USER, versions: ['16.0.0'], requests: 3, tables: ['SigninLogs'], floorAsOf: '2026-11-01' },
  });
});

describe('the older, the more urgent', () => {
  test.each([
    ['user', '15.9.9', 'low'],
    ['user', '14.3.0', 'low'],
    ['user', '14.2.9', 'medium'],
    ['servicePrincipal', '14.2.9', 'low'],
    ['servicePrincipal', '7.0.0', 'low'],
    ['servicePrincipal', '6.13.2', 'medium'],
    ['user', '6.13.2', 'medium'],
  ] as const)('%s with %s: %s', (principalKind, version, severity) => {
    expect(using(version, { principalKind })).toMatchObject({ status: 'fail', severity });
  });
});

test('a failing user is told what will stop, since when, and how to mend it', () => {
  const verdict = using('14.2.0');
  expect(verdict.message).toBe(
    `User “ada@contoso.example” uses Azure PowerShell 14.2.0, seen 3 times from ${ago(9).toISOString().slice(0, 10)} to ${ago(1).toISOString().slice(0, 10)}. Versions before 14.3.0 cannot answer a demand for multifactor authentication: a command that meets one fails.`,
  );
  expect(verdict.remediation).toBe(
    `Find where it runs, in Log Analytics:\nSigninLogs | where UserId =~ "${USER}" and UserAgent has "AzurePowershell" | summarize count(), max(TimeGenerated) by IPAddress, UserAgent\nThen update it there:\nUpdate-Module -Name Az -Force`,
  );
  expect(verdict.subject.link).toBe(
    `${PORTAL}/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/${USER}`,
  );
  expect(verdict.evidence).toMatchObject({
    userAgents: [agent('14.2.0')],
    firstSeen: ago(9).toISOString(),
    lastSeen: ago(1).toISOString(),
    userAgentsWithoutVersion: 0,
  });
});

test('what is merely no longer supported is said so', () => {
  expect(using('15.0.0').message).toContain('Versions before 16.0.0 are no longer supported: nobody mends');
});

test('AzureRM is retired, and replaced rather than updated', () => {
  const verdict = using('6.13.2');
  expect(verdict.message).toContain('uses Azure PowerShell 6.13.2 (AzureRM, or an Az as old), seen');
  expect(verdict.message).toContain('AzureRM was retired on 2024-02-29');
  expect(verdict.remediation).toContain('Update-Module -Name Az -Force\nWhere that finds no Az, AzureRM is installed');
});

test('the oldest of several versions decides, and only outdated ones are evidence', () => {
  const verdict = judged([
    { userAgent: agent('16.4.0'), requests: 100, firstSeen: ago(20), lastSeen: ago(0) },
    { userAgent: agent('15.1.0'), requests: 2, firstSeen: ago(5), lastSeen: ago(2), tables: ['SigninLogs'] },
    {
      userAgent: agent('13.0.0'),
      requests: 1,
      firstSeen: ago(4),
      lastSeen: ago(3),
      tables: ['MicrosoftGraphActivityLogs'],
    },
  ]);
  expect(verdict).toMatchObject({
    severity: 'medium',
    evidence: {
      versions: ['15.1.0', '13.0.0'],
      requests: 3,
      firstSeen: ago(5).toISOString(),
      lastSeen: ago(2).toISOString(),
      tables: ['SigninLogs', 'MicrosoftGraphActivityLogs'],
    },
  });
  expect(verdict.message).toContain('uses Azure PowerShell 13.0.0, seen 3 times');
});

test.each([
  [14, 'fail'],
  [14.001, 'pass'],
])('a version last seen %d days ago: %s', (days, status) => {
  expect(judged([{}, { userAgent: agent('12.0.0'), lastSeen: ago(days) }]).status).toBe(status);
});

test('a user agent without a version is counted and not judged', () => {
  const silent = { userAgent: 'Mozilla/5.0 (Windows NT 10.0)' };
  expect(judge(outdatedAzurePowershell, { azurePowershellCallers: [aCaller(silent)] })).toEqual([]);
  expect(judged([silent, {}]).evidence).toMatchObject({ userAgentsWithoutVersion: 1, requests: 3 });
  expect(judged([silent, { userAgent: agent('12.0.0') }]).evidence).toMatchObject({ userAgentsWithoutVersion: 1 });
});

test('each principal is judged once', () => {
  const callers = [aCaller(), aCaller({ userAgent: agent('15.0.0') }), aCaller({ principalId: 'other', name: 'ben' })];
  const verdicts = judge(outdatedAzurePowershell, { azurePowershellCallers: callers }).map(flat);
  expect(verdicts.map(({ subject, status }) => [subject.id, status])).toEqual([
    [USER, 'fail'],
    ['other', 'pass'],
  ]);
});

describe('a service principal', () => {
  const known = aServicePrincipal({ displayName: 'Release' });
  const seen = aCaller({ principalKind: 'servicePrincipal', principalId: known.id, name: 'from the log' });
  test('is looked for by its own column, with a query that Log Analytics takes', () => {
    const tables = ['AADServicePrincipalSignInLogs', 'MicrosoftGraphActivityLogs'];
    const callers = [{ ...seen, userAgent: agent('12.0.0'), tables }];
    const queries = judgeOne(outdatedAzurePowershell, { azurePowershellCallers: callers })
      .remediation.split('\n')
      .slice(1, 3);
    expect(queries[0]).toContain(`where ServicePrincipalId =~ "${known.id}"`);
    for (const query of queries) {
      expect(rowsOf(query)).toEqual([]);
    }
  });
  test('is named and linked as the directory knows it', () => {
    const verdict = judgeOne(outdatedAzurePowershell, { azurePowershellCallers: [seen], servicePrincipals: [known] });
    expect(verdict.message).toContain('Service principal “Release” uses');
    expect(verdict.subject).toMatchObject({ id: known.id, kind: 'servicePrincipal', name: 'Release' });
    expect(verdict.subject.link).toContain(`/objectId/${known.id}/`);
    const inventory = anInventory({ azurePowershellCallers: [seen], servicePrincipals: [known] }, []);
    expect(run(outdatedAzurePowershell, inventory)).toMatchObject([{ status: 'pass', subject: { name: 'Release' } }]);
  });
  test('that the directory does not know is named as a log does, or by its id', () => {
    const elsewhere = aCaller({ ...seen, name: '', tables: ['MicrosoftGraphActivityLogs'] });
    expect(judgeOne(outdatedAzurePowershell, { azurePowershellCallers: [elsewhere, seen] }).subject).toEqual({
      id: known.id,
      kind: 'servicePrincipal',
      name: 'from the log',
    });
    expect(judgeOne(outdatedAzurePowershell, { azurePowershellCallers: [elsewhere] }).subject.name).toBe(known.id);
  });
});

describe('options', () => {
  test('move the floors and the window', () => {
    expect(judged([{ userAgent: agent('12.0.0') }], { supportedFrom: '12.0.0' }).status).toBe('pass');
    expect(judged([{ userAgent: agent('15.0.0') }], { multifactorFrom: '15.0.1' }).severity).toBe('medium');
    const old = { userAgent: agent('12.0.0'), lastSeen: ago(20) };
    expect(judged([{}, old], { seenWithinDays: 20 }).status).toBe('fail');
    expect(judge(outdatedAzurePowershell, { azurePowershellCallers: [aCaller(old)] })).toEqual([]);
  });
  test.each([
    { supportedFrom: 'newest' },
    { multifactorFrom: '' },
    { seenWithinDays: 0 },
    { seenWithinDays: 31 },
    { seenWithinDays: 1.5 },
  ])('refuse %j', (options) => {
    expect(outdatedAzurePowershell.options.safeParse(options).success).toBe(false);
  });
  test('refuse what is no version, and say what is', () => {
    const { error } = outdatedAzurePowershell.options.safeParse({ supportedFrom: 'newest' });
    expect(error?.issues).toMatchObject([{ path: ['supportedFrom'], message: 'expected a version such as 16.0.0' }]);
  });
});

test('nothing is judged without the logs', () => {
  const inventory = anInventory({}, [], { azurePowershellCallers: 'everywhere' });
  expect(run(outdatedAzurePowershell, inventory)).toMatchObject([
    { status: 'notEvaluated', sources: ['azurePowershellCallers'] },
  ]);
});
