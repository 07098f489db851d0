import { expiredUse, isExpired } from '../../src/audit/expired-credentials';
import type { SignIns, WatchedCredential } from '../../src/inventory/sign-ins';
import { aWatch, aWatchedCredential, minutesAgo, someSignIns } from '../fixtures/sign-ins';

const APPLICATION = someSignIns().applicationId;
const expired = (change: Partial<WatchedCredential> = {}) =>
  aWatchedCredential({ endsAt: '2026-11-20T00:00:00.000Z', ...change });
const valid = (change: Partial<WatchedCredential> = {}) =>
  aWatchedCredential({ endsAt: '2027-11-20T00:00:00.000Z', ...change });

const useOf = (credentials: readonly WatchedCredential[], change: Partial<SignIns>) =>
  expiredUse(aWatch({ credentials }))(someSignIns({ result: '7000222', ...change }));

describe('an expired secret', () => {
  test('is that which the log names, known or not', () => {
    expect(useOf([expired()], { credentialKeyId: 'key-1' })).toEqual({
      applicationId: APPLICATION,
      keyId: 'key-1',
      kind: 'secret',
      credential: expired(),
    });
    expect(useOf([], { credentialKeyId: 'key-9' })).toMatchObject({ keyId: 'key-9', kind: 'secret', credential: null });
  });

  test('is the only expired one where the log names none', () => {
    const others = [valid({ keyId: 'key-2' }), expired({ keyId: 'key-3', kind: 'certificate' })];
    const elsewhere = expired({ keyId: 'key-4', applicationId: 'other' });
    expect(useOf([expired(), ...others, elsewhere], {})).toMatchObject({ keyId: 'key-1' });
  });

  test('is one of several, or one that nobody knows', () => {
    expect(useOf([expired(), expired({ keyId: 'key-2' })], {})).toMatchObject({ keyId: null, kind: 'secret' });
    expect(useOf([valid()], {})).toMatchObject({ keyId: null });
    expect(useOf([], {})).toMatchObject({ keyId: null });
  });

  test('is of the principal where the log tells no application', () => {
    expect(useOf([], { applicationId: '' })?.applicationId).toBe(someSignIns().principalId);
  });
});

describe('a refused certificate', () => {
  const certificate = (change: Partial<WatchedCredential> = {}) => expired({ kind: 'certificate', ...change });
  const refused = (credentials: readonly WatchedCredential[], change: Partial<SignIns> = {}) =>
    useOf(credentials, { result: '700027', ...change });

  test('that the log names has expired, or is refused for something else', () => {
    expect(refused([certificate()], { credentialKeyId: 'key-1' })).toMatchObject({
      keyId: 'key-1',
      kind: 'certificate',
    });
    expect(refused([certificate()], { credentialKeyId: 'key-1', result: '50012' })).toMatchObject({ keyId: 'key-1' });
    expect(refused([certificate({ endsAt: null })], { credentialKeyId: 'key-1' })).toBeNull();
    expect(refused([certificate()], { credentialKeyId: 'key-9' })).toBeNull();
  });

  test('that the log does not name has expired where all of the application have', () => {
    expect(refused([certificate()])).toMatchObject({ keyId: 'key-1' });
    expect(refused([certificate(), certificate({ keyId: 'key-2' })])).toMatchObject({
      keyId: null,
      kind: 'certificate',
    });
    expect(refused([certificate(), valid({ kind: 'certificate', keyId: 'key-2' })])).toBeNull();
    expect(refused([certificate()], { result: '50012' })).toBeNull();
    expect(refused([expired()])).toBeNull();
  });

  test('had not expired before it ended', () => {
    expect(refused([certificate({ endsAt: minutesAgo(59).toISOString() })])).toBeNull();
    expect(refused([certificate({ endsAt: minutesAgo(60).toISOString() })])).not.toBeNull();
  });
});

test.each(['0', '7000215', '700016', '50126'])('%s is none', (result) => {
  expect(useOf([expired()], { result, credentialKeyId: 'key-1' })).toBeNull();
});

test('what never ends never expires', () => {
  expect(isExpired(aWatchedCredential({ endsAt: null }), minutesAgo(0))).toBe(false);
});
