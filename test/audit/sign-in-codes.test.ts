import { codeOf, describeResult, outcomeOf, RESULT_KINDS, SIGN_IN_CODES } from '../../src/audit/sign-in-codes';
import { someSignIns } from '../fixtures/sign-ins';

const entra = (result: string) => someSignIns({ kind: 'user', result });
const sql = (result: string, reason = '') => someSignIns({ kind: 'sqlLogin', result, reason });

describe('the table', () => {
  test('has each number once', () => {
    const keys = SIGN_IN_CODES.map(({ log, number }) => `${log} ${number}`);
    expect(keys).toHaveLength(new Set(keys).size);
  });

  test('has a number, a meaning, an advice and a source or the word that there is none', () => {
    for (const { log, number, meaning, advice, source } of SIGN_IN_CODES) {
      expect(number).toMatch(log === 'sql' ? /^\d+(\/\d+)?$/ : /^\d+$/);
      expect(meaning).toMatch(/^(\w|[“])[^.]+$/);
      expect(advice).toMatch(/\.$|errors of SQL Server\.$/);
      expect(source ?? 'https://none').toMatch(/^https:\/\//);
    }
  });

  test('uses every sort but that for what is not in it', () => {
    const used = new Set(SIGN_IN_CODES.map(({ kind }) => kind));
    expect(Object.keys(RESULT_KINDS).filter((kind) => !used.has(kind as never))).toEqual(['unknown']);
  });

  test('has one success a log', () => {
    expect(SIGN_IN_CODES.filter(({ kind }) => kind === 'success').map(({ number }) => number)).toEqual(['0', '0']);
  });
});

describe('a result of Entra ID', () => {
  test.each([
    ['0', 'success'],
    ['50126', 'badPassword'],
    ['50034', 'unknownAccount'],
    ['50053', 'locked'],
    ['50055', 'expiredPassword'],
    ['500121', 'secondFactor'],
    ['50057', 'disabled'],
    ['7000112', 'disabled'],
    ['7000222', 'expiredCredential'],
    ['7000215', 'wrongCredential'],
    ['7000218', 'missingCredential'],
    ['50012', 'rejectedAssertion'],
    ['700027', 'rejectedAssertion'],
    ['700213', 'noFederatedMatch'],
    ['700016', 'unknownApplication'],
    ['500011', 'notConfigured'],
    ['50105', 'noAccess'],
    ['53003', 'policy'],
    ['530032', 'policy'],
    ['90033', 'transient'],
  ])('%s is of the sort %s', (result, kind) => {
    expect(codeOf(entra(result)).kind).toBe(kind);
  });

  test.each(['50072', '50074', '50076', '50079', '50125', '50140', '50199', '70043', '70044'])(
    '%s is an interrupt',
    (result) => {
      expect(outcomeOf(entra(result))).toBe('interrupt');
    },
  );

  test('is never told by the text beside it', () => {
    const malicious = { ...entra('50053'), reason: 'Sign-in was blocked because it came from a malicious IP address' };
    expect(codeOf(malicious)).toEqual(codeOf(entra('50053')));
    expect(describeResult(malicious)).toBe(
      'AADSTS50053 (locked after too many failures, or stopped for a malicious address)',
    );
  });
});

describe('a result of SQL', () => {
  test.each([
    ['0', 'success'],
    ['18456', 'badPassword'],
    ['18470', 'disabled'],
    ['40615', 'firewall'],
    ['40914', 'firewall'],
    ['4060', 'noAccess'],
    ['40613', 'transient'],
  ])('%s is of the sort %s', (result, kind) => {
    expect(codeOf(sql(result)).kind).toBe(kind);
  });

  test.each([
    ['state 8', 'badPassword', 'SQL error 18456, state 8 (wrong password)'],
    ['state 5', 'unknownAccount', 'SQL error 18456, state 5 (no such login)'],
    ['state 38', 'noAccess', 'SQL error 18456, state 38 (no such database)'],
    ['state 105', 'rejectedAssertion', 'SQL error 18456, state 105 (the token of Entra ID was not accepted)'],
    ['state 77', 'badPassword', 'SQL error 18456 (login failed)'],
    ['state 8, 5', 'badPassword', 'SQL error 18456 (login failed)'],
    ['Login failed, state 38', 'badPassword', 'SQL error 18456 (login failed)'],
    ['', 'badPassword', 'SQL error 18456 (login failed)'],
  ])('of 18456 with %j is of the sort %s', (reason, kind, described) => {
    expect(codeOf(sql('18456', reason)).kind).toBe(kind);
    expect(describeResult(sql('18456', reason))).toBe(described);
  });

  test('is looked up among its own numbers', () => {
    expect(codeOf(entra('18456')).kind).toBe('unknown');
    expect(codeOf(sql('50126')).kind).toBe('unknown');
  });

  test('has no state in a log of Entra ID', () => {
    expect(codeOf({ ...entra('50126'), reason: 'state 8' }).kind).toBe('badPassword');
  });
});

describe('a result that is not known', () => {
  test('is a failure, and shown with its number', () => {
    expect(outcomeOf(entra('987654'))).toBe('failure');
    expect(codeOf(entra('987654'))).toMatchObject({ number: '987654', kind: 'unknown', source: null });
    expect(describeResult(entra('987654'))).toBe('AADSTS987654 (not known to the auditor)');
    expect(describeResult(sql('987'))).toBe('SQL error 987 (not known to the auditor)');
  });

  test('is said where it is none at all', () => {
    expect(outcomeOf(entra(''))).toBe('failure');
    expect(describeResult(entra(''))).toBe('a result without a number');
  });
});

test('what succeeds is a success', () => {
  expect(outcomeOf(entra('0'))).toBe('success');
  expect(outcomeOf(entra('50126'))).toBe('failure');
});
