import { parseSchedule } from '../../../sandbox/host/schedule';

describe('a schedule', () => {
  const next = (expression: string, after: string) => parseSchedule(expression).next(new Date(after)).toISOString();

  it.each([
    [
      '0 30 1 * * *',
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      'every day, in UTC even when clocks change',
    ],
    ['30 1 * * *', '2026-03-28T01:29:59.999Z', '2026-03-28T01:30:00.000Z', 'five fields: without seconds'],
    ['*/15 * * * * *', '2026-03-28T00:00:15.000Z', '2026-03-28T00:00:30.000Z', 'strictly after'],
    ['0 0 9-17 * * mon-fri', '2026-03-27T17:00:00.000Z', '2026-03-30T09:00:00.000Z', 'names and ranges'],
    ['0 0 0 1 * 1', '2026-03-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z', 'both days: a first that is a Monday'],
    ['0 0 0 29 2 *', '2026-03-01T00:00:00.000Z', '2028-02-29T00:00:00.000Z', 'a leap day'],
    ['0 0,30 8 1,15 jan,jul *', '2026-01-15T08:00:00.000Z', '2026-01-15T08:30:00.000Z', 'lists'],
    ['01:00:00', '2026-03-28T00:10:00.000Z', '2026-03-28T01:10:00.000Z', 'a time span between runs'],
  ])('%s after %s is %s: %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it.each([
    '',
    'nightly',
    '* * * *',
    '0 0 0 * * * *',
    '0 60 * * * *',
    '0 0 0 L * *',
    '0 0 0 15W * *',
    '0 0 0 * * 5#2',
    '0 0 0 ? * *',
    '0 0 0 * * 7',
    '0 0 0 * * 1-7',
    '00:00:00',
    '0 0 0 * foo *',
  ])('"%s" is none, as in Azure', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(`"${expression}" is no schedule.`);
  });

  it('that never occurs is refused', () => {
    expect(() => parseSchedule('0 0 0 31 2 *')).toThrow('The schedule "0 0 0 31 2 *" never occurs.');
  });
});
