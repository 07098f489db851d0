import { parseTimeSpan } from '../../../sandbox/host/time-span';

describe('a time span', () => {
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;

  it.each([
    ['00:30:00', 30 * MINUTE],
    ['23:59:59', DAY - 1000],
    ['1.02:00:00', DAY + 2 * HOUR],
    ['24:00:00', 24 * DAY],
    ['25:06:07', 25 * DAY + 6 * HOUR + 7 * MINUTE],
    ['10:00:00:01', 10 * DAY + 1000],
  ])('%s has %i ms', (text, milliseconds) => {
    expect(parseTimeSpan(text)).toBe(milliseconds);
  });

  it.each(['', '30', '00:30', '00:60:00', '00:00:60', '25:24:00', '-1', '1:2:3:4:5', '0 0 0 * * *'])(
    '"%s" is none',
    (text) => {
      expect(parseTimeSpan(text)).toBeUndefined();
    },
  );
});
