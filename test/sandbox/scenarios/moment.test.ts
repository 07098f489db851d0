import { isMoment, momentAfter, momentOf } from '../../../sandbox/scenarios/moment';

const NOW = new Date('2026-03-01T12:00:00Z');

test.each([
  ['+12d', '2026-03-13T12:00:00.000Z'],
  ['-300d', '2025-05-05T12:00:00.000Z'],
  ['-2h', '2026-03-01T10:00:00.000Z'],
  ['+30m', '2026-03-01T12:30:00.000Z'],
  ['-40s', '2026-03-01T11:59:20.000Z'],
  ['2027-01-31', '2027-01-31T00:00:00.000Z'],
  ['2299-12-31T23:59:59Z', '2299-12-31T23:59:59.000Z'],
])('%s is %s', (text, expected) => {
  expect(isMoment(text)).toBe(true);
  expect(momentOf(text, NOW).toISOString()).toBe(expected);
});

test.each(['tomorrow', '12d', '+12 d', '+1y', '2026-99-99', ''])('"%s" is no moment', (text) => {
  expect(isMoment(text)).toBe(false);
});

test.each([
  ['-5h', 40_000, '-17960s'],
  ['-1m', 60_000, '+0s'],
  ['+1h', 3_600_000, '+7200s'],
  ['2026-03-01T12:00:00Z', 90_000, '2026-03-01T12:01:30.000Z'],
])('%s and %d ms is %s', (text, milliseconds, expected) => {
  expect(momentAfter(text, milliseconds)).toBe(expected);
});
