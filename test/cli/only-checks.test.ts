import { chooseChecks, type ChosenChecks } from '../../src/audit/choose-checks';
import checks from '../../src/checks';
import { onlyChecks } from '../../src/cli/only-checks';

const chosen = (given: Readonly<Record<string, unknown>> = {}): ChosenChecks => chooseChecks(checks, given);
const refused = (message: string): Error => expect.objectContaining({ name: 'CannotRunError', message }) as Error;

it('leaves the choice of the settings as it is where none is named', () => {
  expect(onlyChecks(chosen(), [])).toEqual(chosen());
});

it('runs those that are named, calls all others off, and keeps their options', () => {
  const settings = chosen({ 'firewall-open': false, 'secret-expiry': { lowWithinDays: 45 } });
  const only = onlyChecks(settings, ['certificate-expiry', 'secret-expiry', 'secret-expiry']);
  expect(only.checks.map(({ id }) => id)).toEqual(['certificate-expiry', 'secret-expiry']);
  expect([...only.off].sort()).toEqual(
    checks.map(({ id }) => id).filter((id) => id !== 'certificate-expiry' && id !== 'secret-expiry'),
  );
  expect(only.options['secret-expiry']).toMatchObject({ lowWithinDays: 45 });
});

const IDS = checks.map(({ id }) => id).join(', ');

it.each([
  ['secret-expirey', `--check: "secret-expirey" is none; did you mean secret-expiry? There are: ${IDS}.`],
  ['mfa', `--check: "mfa" is none. There are: ${IDS}.`],
  ['', `--check: "" is none. There are: ${IDS}.`],
  ['firewall-open', '--check firewall-open: it is switched off by the setting CHECK_OPTIONS.'],
  [
    'authentication-drift',
    '--check authentication-drift: it compares with what an earlier audit stored, and a one-off audit knows of none.',
  ],
])('refuses %j, also beside one that can run', (id, message) => {
  expect(() => onlyChecks(chosen({ 'firewall-open': false }), ['secret-expiry', id])).toThrow(refused(message));
});

it('refuses settings that leave nothing to run', () => {
  const off = checks.filter(({ id }) => id !== 'authentication-drift').map(({ id }) => [id, false] as const);
  expect(() => onlyChecks(chosen(Object.fromEntries(off)), [])).toThrow(
    refused('CHECK_OPTIONS leaves no check on that a one-off audit can run.'),
  );
});
