import { DEPLOYED_SETTINGS, findWrongSettings, findWrongValues, LEFT_OUT } from '../../scripts/infra-settings';
import { SETTINGS } from '../../src/settings';

test('all settings of the app are deployed but those left out, which are settings with a reason', () => {
  const known = Object.keys(SETTINGS);
  expect(known.filter((name) => !DEPLOYED_SETTINGS.includes(name)).sort()).toEqual(Object.keys(LEFT_OUT).sort());
  expect(known).toEqual(expect.arrayContaining(Object.keys(LEFT_OUT)));
  expect(findWrongSettings(DEPLOYED_SETTINGS)).toEqual([]);
});

test.each([
  [
    'the connection string of the host’s storage',
    [...DEPLOYED_SETTINGS, 'AzureWebJobsStorage'],
    'App setting AzureWebJobsStorage is left out: a connection string holds a key; the host and the app sign in with the identity.',
  ],
  [
    'a misspelt setting',
    [...DEPLOYED_SETTINGS, 'AUDIT_SCEDULE'],
    'App setting AUDIT_SCEDULE is neither the auditor’s nor the host’s.',
  ],
  [
    'a setting of the app left out',
    DEPLOYED_SETTINGS.filter((name) => name !== 'MAIL_TIME_ZONE'),
    'App setting MAIL_TIME_ZONE is missing.',
  ],
  [
    'a setting of the host left out',
    DEPLOYED_SETTINGS.filter((name) => name !== 'AzureWebJobsStorage__credential'),
    'App setting AzureWebJobsStorage__credential is missing.',
  ],
])('%s is a problem', (_name, names, problem) => {
  expect(findWrongSettings(names)).toEqual([problem]);
});

test('values are what was asked for, and the app takes them; what is known later is believed', () => {
  const given = {
    AUDIT_SCHEDULE: '0 0 2 * * *',
    MAIL_PER_HOUR: '',
    ALERT_ROUTES: '[]',
    AZURE_CLOUD: '[environment().name]',
    AzureWebJobsStorage__credential: 'managedidentity',
  };
  expect(findWrongValues(given, { AUDIT_SCHEDULE: '0 0 2 * * *' })).toEqual([]);
  expect(findWrongValues({ ...given, ALERT_ROUTES: '[{}]' }, { AUDIT_SCHEDULE: '0 0 3 * * *' })).toEqual([
    'App setting ALERT_ROUTES would be refused: "[{}]".',
    'App setting AUDIT_SCHEDULE is "0 0 2 * * *", not "0 0 3 * * *".',
  ]);
});
