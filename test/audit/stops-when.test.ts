import { FAILING_NOW, stopOf } from '../../src/audit/stops-when';
import checks from '../../src/checks';
import { aSecretFinding, aWorkspaceFinding, inDays, NOW } from '../alerts/changes';

describe('what stops when', () => {
  it.each([
    [-40, 'failing'],
    [0, 'failing'],
    [0.01, 'day'],
    [1, 'day'],
    [1.01, 'week'],
    [7, 'week'],
    [7.01, 'fortnight'],
    [14, 'fortnight'],
    [14.01, 'month'],
    [30, 'month'],
    [30.01, 'later'],
  ])('a credential that ends in %d days: %s', (days, stop) => {
    expect(stopOf(aSecretFinding({ evidence: { endsAt: inDays(days) } }), NOW)).toBe(stop);
  });

  it('nothing does with a credential that is replaced, even where it has expired', () => {
    const evidence = { endsAt: inDays(-3), replacedBy: 'bbbbbbbb-0000-4000-8000-000000000002' };
    expect(stopOf(aSecretFinding({ evidence }), NOW)).toBe('attention');
    expect(stopOf(aSecretFinding({ evidence: { ...evidence, replacedBy: null } }), NOW)).toBe('failing');
  });

  it('a disabled secret in a vault does now, whenever it would end', () => {
    for (const days of [5, 300]) {
      const evidence = { endsAt: inDays(days), state: 'disabled' };
      expect(stopOf(aSecretFinding({ checkId: 'key-vault-credential-expiry', evidence }), NOW)).toBe('failing');
    }
  });

  it('what cannot do its work does now, but not where little depends on it', () => {
    expect(stopOf(aWorkspaceFinding(), NOW)).toBe('failing');
    expect(stopOf(aWorkspaceFinding({ severity: 'low' }), NOW)).toBe('attention');
  });

  it('a weak setting does not stop', () => {
    expect(stopOf(aWorkspaceFinding({ checkId: 'firewall-open' }), NOW)).toBe('attention');
  });

  it('what a detection found is a security event', () => {
    const evidence = { technique: 'T1110.003' };
    expect(stopOf(aWorkspaceFinding({ checkId: 'password-spray', evidence }), NOW)).toBe('events');
  });

  it('names checks that there are', () => {
    const ids = checks.map(({ id }) => id);
    expect([...FAILING_NOW].filter((id) => !ids.includes(id))).toEqual([]);
  });
});
