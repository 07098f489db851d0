import fc from 'fast-check';
import type { Finding } from '../../src/audit/finding';
import { BadRequestError } from '../../src/http/problem';
import { matches, parseReportQuery } from '../../src/http/report-query';

const checkIds = ['secret-expiry', 'principal-disabled'];
const parse = (query: string) => parseReportQuery(new URLSearchParams(query), checkIds);

const finding: Finding = {
  fingerprint: 'f',
  checkId: 'secret-expiry',
  status: 'fail',
  severity: 'high',
  subject: { id: 'App/KEY', kind: 'secret', name: 'Nightly loader' },
  message: 'm',
  evidence: {},
  remediation: 'r',
  scope: 't',
};

it('an empty query asks for everything', () => {
  expect(parse('')).toEqual({
    statuses: [],
    severities: [],
    checks: [],
    subject: undefined,
    workspace: undefined,
    principal: undefined,
    owner: undefined,
    words: [],
    top: undefined,
    continuationToken: undefined,
  });
});

it('several values may be joined by commas or repeated', () => {
  expect(parse('severity=high,critical&severity=low').severities).toEqual(['high', 'critical', 'low']);
});

it('an empty value asks for nothing in particular', () => {
  expect(parse('status=&subject=')).toMatchObject({ statuses: [], subject: undefined });
});

it('the key of the host is left to the host', () => {
  expect(() => parse('code=abc')).not.toThrow();
});

it.each([
  ['status=open', 'status', /"open" is not a valid status; allowed: fail, notEvaluated, pass, notApplicable/],
  ['severity=HIGH', 'severity', /allowed: critical, high/],
  ['check=secret', 'check', /allowed: secret-expiry, principal-disabled/],
  ['top=5001', 'top', /allowed: 1 to 5000/],
  ['top=1.5', 'top', /allowed/],
  ['top=', 'top', /allowed/],
  ['stauts=fail', 'query', /"stauts" is not a valid query parameter; allowed: status/],
])('%s is refused', (query, parameter, message) => {
  const refusal = expect(() => parse(query));
  refusal.toThrow(BadRequestError);
  refusal.toThrow(message);
  refusal.toThrow(expect.objectContaining({ parameter }) as Error);
});

it.each([
  ['status=fail', true],
  ['status=pass', false],
  ['severity=high,low', true],
  ['severity=low', false],
  ['check=principal-disabled', false],
  ['subject=app/key', true],
  ['subject=loader', true],
  ['subject=other', false],
  ['status=fail&severity=low', false],
])('%s matches: %s', (query, expected) => {
  expect(matches(parse(query), finding)).toBe(expected);
});

it('any query string is understood or refused by name, never anything else', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom('status', 'severity', 'check', 'subject', 'top', 'format', 'x', ''), fc.string()),
      ),
      (pairs) => {
        try {
          parseReportQuery(new URLSearchParams(pairs), checkIds);
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequestError);
        }
      },
    ),
  );
});
