import checks from '../src/checks';
import { loadChecks, verifyCheckOptions } from '../src/load-checks';
import { SettingsError } from '../src/settings';

const problemsOf = async (start: Promise<unknown>): Promise<readonly string[]> => {
  try {
    await start;
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.problems;
    }
    throw error;
  }
  return [];
};

describe('the checks of an audit', () => {
  it('are all of them with their defaults where nothing is said', async () => {
    const chosen = await loadChecks({});
    expect(chosen.checks).toEqual(checks);
    expect(chosen.off).toEqual([]);
    expect(chosen.options['secret-expiry']).toMatchObject({ lowWithinDays: 30, mediumWithinDays: 14 });
  });

  it('take what is given, and keep their other defaults', async () => {
    const { options } = await loadChecks({ 'secret-expiry': { lowWithinDays: 45 } });
    expect(options['secret-expiry']).toMatchObject({ lowWithinDays: 45, mediumWithinDays: 14 });
    expect(options['certificate-expiry']).toMatchObject({ lowWithinDays: 30 });
  });

  it('are without those that are switched off', async () => {
    const chosen = await loadChecks({ 'firewall-open': false });
    expect(chosen.checks).toEqual(checks.filter(({ id }) => id !== 'firewall-open'));
    expect(chosen.off).toEqual(['firewall-open']);
    expect(chosen.options).not.toHaveProperty('firewall-open');
  });
});

describe('the start of the app', () => {
  it.each([undefined, '', ' ', '{}', '{"secret-expiry":{"lowWithinDays":45},"firewall-open":false}'])(
    'goes on with CHECK_OPTIONS %j',
    async (text) => {
      await expect(verifyCheckOptions(text)).resolves.toBeUndefined();
    },
  );

  it.each([
    ['{"secret-expirey":{}}', /^CHECK_OPTIONS: found ".*secret-expirey is none \(known: .*secret-expiry/],
    ['{"secret-expirey":false}', /secret-expirey is none/],
    ['{"secret-expiry":{"lowWithinDays":"x"}}', /secret-expiry\.lowWithinDays/],
    ['{"secret-expiry":{"warn":1}}', /secret-expiry.*warn/],
    ['{"secret-expiry":true}', /expected valid options: secret-expiry: /],
    [
      JSON.stringify(Object.fromEntries(checks.map(({ id }) => [id, false]))),
      /expected that at least one check stays on/,
    ],
  ])('ends with CHECK_OPTIONS %s', async (text, problem) => {
    expect(await problemsOf(verifyCheckOptions(text))).toEqual([expect.stringMatching(problem)]);
  });

  it('tells what is wrong with the options together with what is wrong with other settings', async () => {
    const wrong = new SettingsError(['AZURE_TENANT_ID is missing.']);
    expect(await problemsOf(verifyCheckOptions('{"x":{},"secret-expiry":{"lowWithinDays":"x"}}', wrong))).toEqual([
      'AZURE_TENANT_ID is missing.',
      expect.stringMatching(/x is none/),
      expect.stringMatching(/secret-expiry\.lowWithinDays/),
    ]);
  });

  it('ends where another setting is wrong, and says once that the options are no JSON', async () => {
    const wrong = new SettingsError(['CHECK_OPTIONS: found "{", expected JSON.']);
    expect(await problemsOf(verifyCheckOptions('{', wrong))).toEqual(wrong.problems);
  });
});
