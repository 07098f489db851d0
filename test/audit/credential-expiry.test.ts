import fc from 'fast-check';
import { expiryOptions, expirySeverity, replacementOf } from '../../src/audit/credential-expiry';
import { SEVERITIES } from '../../src/audit/finding';
import { aCertificate, aSecret, DAY, guid, inDays, NOW } from '../fixtures/facts';

const options = expiryOptions.parse({});

describe('expirySeverity', () => {
  test.each([
    [30, 1, null],
    [30, 0, 'low'],
    [14, 1, 'low'],
    [14, 0, 'medium'],
    [7, 1, 'medium'],
    [7, 0, 'high'],
    [1, 1, 'high'],
    [1, 0, 'critical'],
    [0, 0, 'critical'],
    [-400, 0, 'critical'],
  ])('with %d days and %d ms to go it is %s', (days, ms, severity) => {
    expect(expirySeverity(days * DAY + ms, options)).toBe(severity);
  });

  test('never gets milder as time passes', () => {
    const rank = (ms: number): number => {
      const severity = expirySeverity(ms, options);
      return severity === null ? SEVERITIES.length : SEVERITIES.indexOf(severity);
    };
    const remaining = fc.integer({ min: -40 * DAY, max: 40 * DAY });
    fc.assert(
      fc.property(remaining, fc.nat({ max: 80 * DAY }), (ms, passed) => {
        expect(rank(ms - passed)).toBeLessThanOrEqual(rank(ms));
      }),
    );
  });
});

describe('options', () => {
  test('have the steps 30, 14, 7 and 1', () => {
    expect(options).toEqual({ lowWithinDays: 30, mediumWithinDays: 14, highWithinDays: 7, criticalWithinDays: 1 });
  });

  test.each([
    { lowWithinDays: 13 },
    { mediumWithinDays: 6 },
    { highWithinDays: 0.5 },
    { criticalWithinDays: -1 },
    { lowWithinDay: 30 },
  ])('%j is refused', (wrong) => {
    expect(expiryOptions.safeParse(wrong).success).toBe(false);
  });

  test('that do not descend are told as such', () => {
    expect(expiryOptions.safeParse({ lowWithinDays: 13 }).error?.issues).toMatchObject([
      { message: expect.stringContaining('The days must descend from lowWithinDays') as string },
    ]);
  });

  test.each([{ mediumWithinDays: 30 }, { mediumWithinDays: 7 }, { highWithinDays: 1 }])(
    'may let two steps fall together: %j',
    (equal) => {
      expect(expiryOptions.safeParse(equal).success).toBe(true);
    },
  );
});

describe('replacementOf', () => {
  const ending = aSecret({ endsInDays: 5, startedDaysAgo: 360 });
  const newer = aSecret({ keyId: guid(1003), endsInDays: 300, startedDaysAgo: 2 });
  const replacement = (...others: (typeof newer)[]): string | undefined =>
    replacementOf(ending, [ending, ...others], NOW, options)?.keyId;

  test('is a newer one that is valid and not due', () => {
    expect(replacement(newer)).toBe(newer.keyId);
  });

  test('is the newest of several', () => {
    expect(replacement({ ...newer, keyId: guid(1), startsAt: inDays(-3) }, newer)).toBe(newer.keyId);
  });

  test('may have no end', () => {
    expect(replacement({ ...newer, endsAt: null })).toBe(newer.keyId);
  });

  test('may start this very moment, but not later', () => {
    expect(replacement({ ...newer, startsAt: NOW })).toBe(newer.keyId);
    expect(replacement({ ...newer, startsAt: inDays(0, 1) })).toBeUndefined();
  });

  test('must outlast the warning window', () => {
    expect(replacement({ ...newer, endsAt: inDays(30, 1) })).toBe(newer.keyId);
    expect(replacement({ ...newer, endsAt: inDays(30) })).toBeUndefined();
  });

  test('must be made later, as an older one that lasts longer may serve somebody else', () => {
    expect(replacement({ ...newer, startsAt: inDays(-360, 1) })).toBe(newer.keyId);
    expect(replacement({ ...newer, startsAt: inDays(-360) })).toBeUndefined();
    expect(replacement({ ...newer, startsAt: null })).toBeUndefined();
    expect(replacementOf({ ...ending, startsAt: null }, [newer], NOW, options)).toBe(newer);
  });

  test('must end later', () => {
    const late = { ...ending, endsAt: inDays(60) };
    expect(replacementOf(late, [{ ...newer, endsAt: inDays(60, 1) }], NOW, options)).not.toBeNull();
    expect(replacementOf(late, [{ ...newer, endsAt: inDays(60) }], NOW, options)).toBeNull();
  });

  test('is of the same kind and usage', () => {
    expect(replacement(aCertificate({ startedDaysAgo: 2 }))).toBeUndefined();
    const signing = aCertificate({ usage: 'samlSigning', endsInDays: 5, startedDaysAgo: 360 });
    const signIn = aCertificate({ keyId: guid(1004), startedDaysAgo: 2 });
    expect(replacementOf(signing, [signing, signIn], NOW, options)).toBeNull();
  });
});
