import { lookFurther, type LookBy } from '../../src/audit/sign-in-queries';
import type { SomeRows } from '../../src/audit/sign-in-events';
import { ADA, aFailedSqlLogin, aFailedUser } from '../fixtures/failed-sign-ins';
import { minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const LOADER = someSignIns().principalId;
const TIME = { TimeGenerated: minutesAgo(60) };

/** How many rows a query finds in its table. */
function foundBy(rows: SomeRows, by: LookBy, tables: Parameters<typeof rowsOf>[1]): number {
  return lookFurther(rows, by).flatMap((query) => rowsOf(query, tables)).length;
}

describe('a query finds what the sign-ins are', () => {
  test('of a user, by id in any case, each sign-in once', () => {
    const mine = { ...TIME, Id: '1', UserId: ADA.toUpperCase(), IPAddress: '203.0.113.7' };
    const others = { ...mine, Id: '2', UserId: 'other' };
    expect(foundBy([aFailedUser()], 'principal', { SigninLogs: [mine, mine, others] })).toBe(1);
  });

  test('of an address, with a port or without', () => {
    const from = (Id: string, IPAddress: string) => ({ ...TIME, Id, IPAddress });
    const rows = [
      from('1', '203.0.113.7'),
      from('2', '203.0.113.7:50123'),
      from('3', '203.0.113.70'),
      from('4', '1203.0.113.7'),
    ];
    expect(foundBy([aFailedUser()], 'address', { SigninLogs: rows })).toBe(2);
  });

  test('of an application', () => {
    const mine = { ...TIME, Id: '1', AppId: someSignIns().applicationId };
    const rows = [mine, { ...mine, Id: '2', AppId: 'other' }];
    expect(foundBy([someSignIns()], 'application', { AADServicePrincipalSignInLogs: rows })).toBe(1);
  });

  test.each(['AADServicePrincipalSignInLogs', 'AADManagedIdentitySignInLogs', 'AADNonInteractiveUserSignInLogs'])(
    'in %s by its column',
    (table) => {
      const mine = { ...TIME, Id: '1', UserId: LOADER, ServicePrincipalId: LOADER };
      const other = { ...TIME, Id: '2', UserId: 'other', ServicePrincipalId: 'other' };
      expect(foundBy([someSignIns({ table })], 'principal', { [table]: [mine, other] })).toBe(1);
    },
  );

  test('of SQL in both tables', () => {
    const rows: SomeRows = [aFailedSqlLogin(), aFailedSqlLogin({ table: 'AzureDiagnostics' })];
    const tables = {
      SQLSecurityAuditEvents: [
        { ...TIME, ClientIp: '203.0.113.7', ServerPrincipalName: 'Loader' },
        { ...TIME, ClientIp: '198.51.100.9', ServerPrincipalName: 'other' },
      ],
      AzureDiagnostics: [
        {
          ...TIME,
          Category: 'SQLSecurityAuditEvents',
          client_ip_s: '203.0.113.7',
          server_principal_name_s: 'loader',
        },
        { ...TIME, Category: 'PipelineRuns', client_ip_s: '203.0.113.7', server_principal_name_s: 'loader' },
      ],
    };
    expect(foundBy(rows, 'address', tables)).toBe(2);
    expect(foundBy(rows, 'principal', tables)).toBe(2);
  });

  test('from an hour before the first to an hour after the last', () => {
    const rows: SomeRows = [aFailedUser({ last: minutesAgo(100) }), aFailedUser({ last: minutesAgo(90) })];
    const at = (minutes: number) => ({ Id: String(minutes), UserId: ADA, TimeGenerated: minutesAgo(minutes) });
    expect(foundBy(rows, 'principal', { SigninLogs: [161, 160, 95, 30, 29].map(at) })).toBe(3);
  });
});

test('a table has one query, and one that is not known has none', () => {
  expect(lookFurther([aFailedUser(), aFailedUser()], 'principal')).toHaveLength(1);
  expect(lookFurther([aFailedUser({ table: 'Elsewhere_CL' })], 'principal')).toEqual([]);
});

test('where the log tells neither name nor address all of the time is looked at', () => {
  const rows: SomeRows = [aFailedUser({ principalId: '', principalName: '' })];
  expect(foundBy(rows, 'principal', { SigninLogs: [{ ...TIME, Id: '1' }] })).toBe(1);
});

test('a query names twenty at most', () => {
  const more = Array.from({ length: 30 }, (_, index) => aFailedUser({ principalId: `user-${index}` }));
  expect(lookFurther([aFailedUser({ principalId: 'user-' }), ...more], 'principal')[0]?.match(/user-/g)).toHaveLength(
    20,
  );
});
