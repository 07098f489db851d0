import { localDay, moment } from '../../src/alerts/mail-time';

describe('a moment', () => {
  it.each([
    ['UTC', '2026-11-28T09:00:00Z', '2026-11-28 09:00 UTC'],
    ['Europe/Berlin', '2026-11-28T09:00:00Z', '2026-11-28 10:00 UTC+1 (09:00 UTC)'],
    ['Europe/Berlin', '2026-07-28T09:00:00Z', '2026-07-28 11:00 UTC+2 (09:00 UTC)'],
    ['Europe/Berlin', '2026-11-27T23:30:00Z', '2026-11-28 00:30 UTC+1 (2026-11-27 23:30 UTC)'],
    ['America/New_York', '2026-01-01T03:00:00Z', '2025-12-31 22:00 UTC-5 (2026-01-01 03:00 UTC)'],
    ['Asia/Kolkata', '2026-11-28T09:00:00Z', '2026-11-28 14:30 UTC+5:30 (09:00 UTC)'],
    ['Europe/London', '2026-11-28T09:00:00Z', '2026-11-28 09:00 UTC'],
    ['Europe/London', '2026-07-28T09:00:00Z', '2026-07-28 10:00 UTC+1 (09:00 UTC)'],
  ])('in %s', (zone, iso, expected) => {
    expect(moment(new Date(iso), zone)).toBe(expected);
  });

  it('is told in UTC where no zone is given', () => {
    expect(moment(new Date('2026-11-28T09:00:00Z'))).toBe('2026-11-28 09:00 UTC');
  });

  it('at midnight is 00:00, not 24:00', () => {
    expect(moment(new Date('2026-11-27T23:00:00Z'), 'Europe/Berlin')).toContain('2026-11-28 00:00 ');
  });
});

describe('a day', () => {
  it('is the one in the zone', () => {
    expect(localDay(new Date('2026-11-27T23:30:00Z'), 'Europe/Berlin')).toBe('2026-11-28');
    expect(localDay(new Date('2026-11-27T23:30:00Z'))).toBe('2026-11-27');
  });
});
