import fc from 'fast-check';
import type * as z from 'zod';
import { parseQuery } from '../../src/http/parse-query';
import { BadRequestError } from '../../src/http/problem';
import {
  ALERTS_QUERY,
  DIFF_QUERY,
  EXCEPTIONS_QUERY,
  HISTORY_QUERY,
  NO_QUERY,
  REPORT_QUERY,
} from '../../src/http/schemas/queries';

const parse = (schema: z.ZodObject, query: string) => parseQuery(schema, new URLSearchParams(query));

it('asks for nothing in particular where nothing is given', () => {
  const lists = { status: [], severity: [], check: [], workspace: [], principal: [] };
  expect(parse(REPORT_QUERY, '')).toEqual(lists);
  expect(parse(REPORT_QUERY, 'status=&check=,&severity')).toEqual(lists);
  expect(parse(DIFF_QUERY, '')).toEqual({ kind: [], top: 1000 });
  expect(parse(ALERTS_QUERY, '')).toEqual({ state: 'failed' });
  expect(parse(HISTORY_QUERY, '')).toEqual({ top: 100 });
});

it('joins the values of a list, and of a key that is repeated', () => {
  expect(parse(REPORT_QUERY, 'severity=high,critical&severity=low')).toMatchObject({
    severity: ['high', 'critical', 'low'],
  });
});

it('leaves the comma in what is no list', () => {
  expect(parse(REPORT_QUERY, 'owner=Doe, Jane&subject=a,b')).toMatchObject({ owner: 'Doe, Jane', subject: 'a,b' });
});

it.each<[z.ZodObject, string, string, string]>([
  [
    REPORT_QUERY,
    'status=open',
    'status',
    '"open" is not a valid status; allowed: fail, notEvaluated, pass, notApplicable.',
  ],
  [
    REPORT_QUERY,
    'severity=low,HIGH',
    'severity',
    '"HIGH" is not a valid severity; allowed: critical, high, medium, low, info.',
  ],
  [REPORT_QUERY, 'top=5001', 'top', '"5001" is not a valid top; allowed: 1 to 5000.'],
  [REPORT_QUERY, 'top=1.5', 'top', '"1.5" is not a valid top; allowed: 1 to 5000.'],
  [REPORT_QUERY, 'top=', 'top', '"" is not a valid top; allowed: 1 to 5000.'],
  [REPORT_QUERY, 'top=5&top=6', 'top', '"5,6" is not a valid top; allowed: 1 to 5000.'],
  [
    REPORT_QUERY,
    'continuationToken=',
    'continuationToken',
    '"" is not a valid continuationToken; allowed: a token of the page before.',
  ],
  [
    REPORT_QUERY,
    `workspace=a,${'b'.repeat(1001)}`,
    'workspace',
    `"${'b'.repeat(100)}" is not a valid workspace; allowed: up to 1000 characters.`,
  ],
  [REPORT_QUERY, 'format=xml', 'format', '"xml" is not a valid format; allowed: json, html, csv, ocsf, sarif, text.'],
  [HISTORY_QUERY, 'audit=weekly', 'audit', '"weekly" is not a valid audit; allowed: full, signIns.'],
  [
    DIFF_QUERY,
    'from=..',
    'from',
    '".." is not a valid from; allowed: the id of a run, as GET /api/reports lists them.',
  ],
  [
    EXCEPTIONS_QUERY,
    'fingerprint=f0',
    'fingerprint',
    '"f0" is not a valid fingerprint; allowed: 64 hexadecimal digits, as the report shows them.',
  ],
  [NO_QUERY, 'code=a&stauts=fail', 'query', '"stauts" is not a valid query parameter; allowed: code.'],
  [NO_QUERY, '__proto__=1', 'query', '"__proto__" is not a valid query parameter; allowed: code.'],
])('%#: refuses what is wrong by name, and says what is allowed', (schema, query, parameter, message) => {
  const refusal = expect(() => parse(schema, query));
  refusal.toThrow(BadRequestError);
  refusal.toThrow(expect.objectContaining({ parameter, message }) as Error);
});

it('names allowed values one by one for programs', () => {
  expect(() => parse(ALERTS_QUERY, 'state=lost')).toThrow(
    expect.objectContaining({ allowed: ['pending', 'sending', 'sent', 'failed'] }) as Error,
  );
});

it('any query string is understood or refused by name, never anything else', () => {
  const names = fc.oneof(fc.constantFrom(...Object.keys(REPORT_QUERY.shape), '__proto__', ''), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.string())), (pairs) => {
      try {
        parseQuery(REPORT_QUERY, new URLSearchParams(pairs));
      } catch (error) {
        expect(error).toBeInstanceOf(BadRequestError);
      }
    }),
  );
});
