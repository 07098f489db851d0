import { isSignInCheck, neededBy } from '../../src/audit/sign-in-checks';
import { WATCH_SOURCES } from '../../src/audit/sign-in-watch';
import type { Check } from '../../src/audit/check';
import type { SourceName } from '../../src/inventory/sources';

const aCheck = (requires: readonly SourceName[], uses: readonly SourceName[] = [], per = 'tenant') =>
  ({ id: 'x', requires, uses, per }) as unknown as Check;

test.each([
  ['judges sign-ins alone', aCheck(['userSignIns', 'sqlLogins'], ['signInPlaces']), true],
  ['requires something else', aCheck(['userSignIns', 'workspaces']), false],
  ['uses something else', aCheck(['userSignIns'], ['applications']), false],
  ['asks which tables there are', aCheck(['userSignIns', 'logTables']), false],
  ['judges workspaces', aCheck(['userSignIns'], [], 'workspace'), false],
  ['requires nothing', aCheck([]), false],
])('a check that %s is one of sign-ins: %s', (_, check, expected) => {
  expect(isSignInCheck(check)).toBe(expected);
});

describe('what is needed', () => {
  it('is no log and no watch where no check asks for logs', () => {
    expect(neededBy([aCheck(['applications'], ['users'])])).toEqual({
      inventory: new Set(['applications', 'users']),
      logs: new Set(),
    });
  });

  it('is where logs go, for any of them', () => {
    expect(neededBy([aCheck(['azurePowershellCallers']), aCheck(['logTables'])])).toEqual({
      inventory: new Set(['diagnosticSettings']),
      logs: new Set(['azurePowershellCallers', 'logTables']),
    });
  });

  it('is all that the watch is made of, for sign-ins', () => {
    expect(neededBy([aCheck(['applications']), aCheck(['sqlLogins'])])).toEqual({
      inventory: new Set(['applications', ...WATCH_SOURCES]),
      logs: new Set(['sqlLogins']),
    });
  });
});
