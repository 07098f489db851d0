import * as z from 'zod';
import { defineTenantCheck, type Check } from '../../src/audit/check';
import { chooseChecks } from '../../src/audit/choose-checks';

const aCheck = (id: string, options: z.ZodObject = z.strictObject({})): Check =>
  defineTenantCheck({
    id,
    title: 'Something holds',
    severity: 'high',
    why: 'Because.',
    remediation: ['Do it'],
    link: 'https://learn.microsoft.com/',
    requires: ['applications'],
    options,
    evaluate: () => [],
  });
const limit = z.strictObject({
  maxDays: z.number().default(30),
  nested: z.strictObject({ on: z.boolean() }).optional(),
});
const all = [aCheck('first', limit), aCheck('second'), aCheck('third')];

const chosen = (given: Readonly<Record<string, unknown>>) => {
  const { checks, ...rest } = chooseChecks(all, given);
  return { ...rest, ids: checks.map(({ id }) => id) };
};

test('without a word every check runs with its defaults', () => {
  expect(chosen({})).toEqual({
    ids: ['first', 'second', 'third'],
    off: [],
    options: { first: { maxDays: 30 }, second: {}, third: {} },
    problems: [],
  });
});

test('a check has the options that are given, and is off where it is given false', () => {
  expect(chosen({ first: { maxDays: 9 }, second: false })).toEqual({
    ids: ['first', 'third'],
    off: ['second'],
    options: { first: { maxDays: 9 }, third: {} },
    problems: [],
  });
});

test('checks that do not exist are a problem that names those that do', () => {
  expect(chosen({ fourth: {}, fifth: false, first: {} }).problems).toEqual([
    'expected check ids, but fourth, fifth is none (known: first, second, third)',
  ]);
});

test('no check at all is a problem', () => {
  expect(chosen({ first: false, second: false, third: false })).toMatchObject({
    ids: [],
    problems: ['expected that at least one check stays on'],
  });
});

test('every wrong option is a problem that names check and option', () => {
  expect(chosen({ first: { maxDays: '9', nested: { on: 1 } }, second: 3 }).problems).toEqual([
    expect.stringMatching(/^expected valid options: first\.maxDays: ./),
    expect.stringMatching(/^expected valid options: first\.nested\.on: ./),
    expect.stringMatching(/^expected valid options: second: ./),
  ]);
});
