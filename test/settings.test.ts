import { DEFAULT_ALERT_SETTINGS } from '../src/alerts/alert-settings';
import { readFileSync } from 'node:fs';
import { readOneOffSettings, readSettings, SETTINGS, SettingsError } from '../src/settings';

const healthy = {
  AZURE_TENANT_ID: '72f988bf-86f1-41af-91ab-2d7cd011db47',
  AUDIT_STORAGE_TABLE_ENDPOINT: 'https://account.table.core.windows.net/',
  COMMUNICATION_SERVICES_ENDPOINT: 'https://mail.communication.azure.com',
  MAIL_SENDER: 'auditor@example.com',
  MAIL_RECIPIENTS: 'team@example.com, boss@example.com',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('a complete environment', () => {
  const settings = readSettings(healthy);

  it('is read with the public cloud’s addresses', () => {
    expect(settings.cloud).toMatchObject({
      resourceManager: 'https://management.azure.com',
      graph: 'https://graph.microsoft.com',
      synapseAudience: 'https://dev.azuresynapse.net',
    });
  });

  it('has defaults for everything else', () => {
    expect(settings).toMatchObject({
      schedule: '0 0 2 * * *',
      signInSchedule: '0 20 * * * *',
      trustedNetworks: [],
      subscriptions: undefined,
      timeoutMilliseconds: 25 * 60_000,
      retentionDays: 90,
      tablePrefix: 'SynapseAudit',
    });
  });

  it('keeps its state where the endpoint says, without a trailing slash', () => {
    expect(settings.storage).toEqual({ endpoint: 'https://account.table.core.windows.net' });
  });

  it('splits recipients', () => {
    expect(settings.mail?.recipients).toEqual(['team@example.com', 'boss@example.com']);
  });
});

describe('choices', () => {
  it('takes another cloud’s addresses', () => {
    expect(readSettings({ ...healthy, AZURE_CLOUD: 'AzureUSGovernment' }).cloud.graph).toBe(
      'https://graph.microsoft.us',
    );
  });

  it('lets a single address differ from the cloud’s, keeping its audience', () => {
    const { cloud } = readSettings({ ...healthy, AZURE_RESOURCE_MANAGER_ENDPOINT: 'https://localhost:4443/arm/' });
    expect(cloud.resourceManager).toBe('https://localhost:4443/arm');
    expect(cloud.resourceManagerAudience).toBe('https://management.azure.com');
  });

  it('falls back to the host’s connection string', () => {
    const { AUDIT_STORAGE_TABLE_ENDPOINT: _endpoint, ...rest } = healthy;
    expect(readSettings({ ...rest, AzureWebJobsStorage: 'UseDevelopmentStorage=true' }).storage).toEqual({
      connectionString: 'UseDevelopmentStorage=true',
    });
  });

  it('turns mails off when none of their settings is given', () => {
    const { COMMUNICATION_SERVICES_ENDPOINT: _c, MAIL_SENDER: _s, MAIL_RECIPIENTS: _r, ...rest } = healthy;
    expect(readSettings(rest).mail).toBeUndefined();
  });

  it('counts an empty value as absent', () => {
    expect(readSettings({ ...healthy, AUDIT_SUBSCRIPTIONS: ' ', AUDIT_SCHEDULE: '' })).toMatchObject({
      subscriptions: undefined,
      schedule: '0 0 2 * * *',
    });
  });

  it('takes ranges and single addresses as trusted networks', () => {
    const given = '203.0.113.0/24, 198.51.100.7;2001:db8::/32 2001:db8::1,0.0.0.0/0';
    expect(readSettings({ ...healthy, TRUSTED_NETWORKS: given }).trustedNetworks).toEqual([
      '203.0.113.0/24',
      '198.51.100.7/32',
      '2001:db8::/32',
      '2001:db8::1/128',
      '0.0.0.0/0',
    ]);
  });

  it('takes what people decide about alerts', () => {
    const routes = '[{"minSeverity":"high","to":["soc@example.com"]},{"checkId":"x","to":["a@example.com"]}]';
    const given = {
      ALERT_EXPIRY_STEPS: '60, 7 expired',
      ALERT_MIN_SEVERITY: 'high',
      ALERT_QUIET_HOURS: '0',
      ALERT_OWNERS: 'false',
      ALERT_TAG: 'Contact',
      ALERT_ROUTES: routes,
    };
    expect(readSettings({ ...healthy, ...given }).alerts).toEqual({
      steps: [60, 7, 'expired'],
      minSeverity: 'high',
      quietHours: 0,
      owners: false,
      tag: 'Contact',
      routes: JSON.parse(routes) as unknown,
    });
    expect(readSettings(healthy).alerts).toEqual(DEFAULT_ALERT_SETTINGS);
  });

  it('leaves the options of checks to the checks', () => {
    const { checkOptions } = readSettings({ ...healthy, CHECK_OPTIONS: '{"secret-expiry":{"lowWithinDays":45}}' });
    expect(checkOptions).toEqual({ 'secret-expiry': { lowWithinDays: 45 } });
  });
});

describe('a wrong value', () => {
  it.each([
    ['AZURE_TENANT_ID', 'contoso', /AZURE_TENANT_ID: found "contoso", expected a GUID/],
    ['AZURE_CLOUD', 'AzureGermany', /AZURE_CLOUD: found "AzureGermany".*AzureUSGovernment/],
    ['AUDIT_SCHEDULE', '0 2 * * *', /AUDIT_SCHEDULE: found "0 2 \* \* \*", expected an NCRONTAB expression of six/],
    ['AUDIT_SCHEDULE', '0 0 25 * * *', /AUDIT_SCHEDULE/],
    [
      'SIGN_IN_SCHEDULE',
      '20 * * * *',
      /SIGN_IN_SCHEDULE: found "20 \* \* \* \*", expected an NCRONTAB expression of six/,
    ],
    ['TRUSTED_NETWORKS', '10.0.0.0/8,10.0.0.0/33', /TRUSTED_NETWORKS \(item 2\).*expected a CIDR range such as/],
    ['TRUSTED_NETWORKS', '10.1/16', /TRUSTED_NETWORKS \(item 1\)/],
    ['TRUSTED_NETWORKS', '010.0.0.1', /TRUSTED_NETWORKS \(item 1\)/],
    ['TRUSTED_NETWORKS', 'fe80::1%eth0', /TRUSTED_NETWORKS \(item 1\)/],
    ['TRUSTED_NETWORKS', '2001:db8::/129', /TRUSTED_NETWORKS \(item 1\)/],
    ['TRUSTED_NETWORKS', 'head-office', /TRUSTED_NETWORKS \(item 1\)/],
    ['TRUSTED_NETWORK', '10.0.0.0/8', /TRUSTED_NETWORK is not a setting/],
    ['AUDIT_SUBSCRIPTIONS', `${healthy.AZURE_TENANT_ID},nonsense`, /AUDIT_SUBSCRIPTIONS \(item 2\).*GUID/],
    ['AUDIT_TIMEOUT_MINUTES', '0', /AUDIT_TIMEOUT_MINUTES/],
    ['AUDIT_TIMEOUT_MINUTES', 'soon', /AUDIT_TIMEOUT_MINUTES: found "soon", expected a whole number/],
    [
      'AUDIT_STORAGE_TABLE_ENDPOINT',
      'http://account.table.core.windows.net',
      /AUDIT_STORAGE_TABLE_ENDPOINT.*expected an https address/,
    ],
    ['MICROSOFT_GRAPH_ENDPOINT', 'http://localhost:8080', /MICROSOFT_GRAPH_ENDPOINT.*expected an https address/],
    ['MAIL_TIME_ZONE', 'Europe/Atlantis', /MAIL_TIME_ZONE: found "Europe\/Atlantis", expected the IANA name/],
    ['MAIL_TIME_ZONE', '+01:00', /MAIL_TIME_ZONE.*IANA name/],
    ['AUDIT_BASE_URL', 'http://func-audit.example.com', /AUDIT_BASE_URL.*https/],
    ['AUDIT_BASE_URL', 'nonsense', /AUDIT_BASE_URL.*https/],
    ['AUDIT_BASE_URL', 'https://func-audit.example.com?code=k', /AUDIT_BASE_URL.*without a user, key, query/],
    ['AUDIT_BASE_URL', 'https://me:pw@func-audit.example.com', /AUDIT_BASE_URL.*without a user, key, query/],
    ['MAIL_RECIPIENTS', 'team@example.com;nobody', /MAIL_RECIPIENTS \(item 2\).*mail address/],
    ['REPORT_RETENTION_DAYS', '-1', /REPORT_RETENTION_DAYS/],
    ['AUDIT_TABLE_PREFIX', '1st', /AUDIT_TABLE_PREFIX/],
    ['CHECK_OPTIONS', '{', /CHECK_OPTIONS: found "{", expected JSON/],
    ['CHECK_OPTIONS', '[]', /expected a JSON object/],
    ['ALERT_MIN_SEVERITY', 'info', /ALERT_MIN_SEVERITY: found "info", expected critical, high, medium or low/],
    ['ALERT_EXPIRY_STEPS', '30,soon,-1', /ALERT_EXPIRY_STEPS.*expected days from 1 to 9999.*not "soon", "-1"/],
    ['ALERT_EXPIRY_STEPS', ',', /ALERT_EXPIRY_STEPS.*expected days/],
    ['ALERT_QUIET_HOURS', 'a day', /ALERT_QUIET_HOURS.*expected a whole number/],
    ['ALERT_OWNERS', 'no', /ALERT_OWNERS: found "no", expected true or false/],
    ['ALERT_ROUTES', '[', /ALERT_ROUTES: found "\[", expected JSON/],
    ['ALERT_ROUTES', '{}', /ALERT_ROUTES.*expected a JSON list/],
    [
      'ALERT_ROUTES',
      '[{"to":["soc@example.com"]},{"minSeverity":"worst","to":["nobody"],"check":"x"}]',
      /entry 2, minSeverity: expected one of critical.*entry 2, to\.0: expected a mail address.*entry 2: .*check/,
    ],
    ['ALERT_ROUTES', '[{"to":[]}]', /entry 1, to: expected one address or more/],
    ['ALERT_STEPS', '1', /ALERT_STEPS is not a setting/],
  ])('of %s (%s) is told with what was found and what is expected', (name, value, message) => {
    expect(problemsOf({ ...healthy, [name]: value })).toEqual([expect.stringMatching(message)]);
  });

  it('never shows a connection string', () => {
    const value = 'endpoint=https://mail;accesskee=not-a-real-key';
    const [problem] = problemsOf({ ...healthy, COMMUNICATION_SERVICES_CONNECTION_STRING: value });
    expect(problem).toContain('COMMUNICATION_SERVICES_CONNECTION_STRING: found a value that is not shown');
    expect(problem).not.toContain('not-a-real-key');
  });

  it('is also a reference to Key Vault that the platform could not resolve', () => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/alert-webhook-signing)';
    const webhook = { ALERT_WEBHOOK_URL: 'https://hooks.example.com/abc', ALERT_WEBHOOK_SECRET: reference };
    expect(problemsOf({ ...healthy, ...webhook })).toEqual([
      'ALERT_WEBHOOK_SECRET: found a reference to Key Vault that was not resolved, expected the secret: it must exist, and the identity of the app needs Key Vault Secrets User and a way to the vault.',
    ]);
  });

  it('is told together with all the others in one message', () => {
    const problems = problemsOf({ AZURE_CLOUD: 'x', AUDIT_SHEDULE: '0 0 2 * * *', MAIL_SENDER: 'a@example.com' });
    expect(problems.join('\n')).toMatch(/AZURE_TENANT_ID is missing/);
    expect(problems.join('\n')).toMatch(/AZURE_CLOUD: found "x"/);
    expect(problems.join('\n')).toMatch(/AUDIT_SHEDULE is not a setting/);
    expect(problems.join('\n')).toMatch(/MAIL_RECIPIENTS are missing: mails need all three/);
    expect(problems.join('\n')).toMatch(/AUDIT_STORAGE_TABLE_ENDPOINT is missing/);
    expect(problems).toHaveLength(5);
  });
});

describe('schema, sample and documentation', () => {
  const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as { Values: Record<string, string> };
  const documented = readFileSync('docs/settings.md', 'utf8')
    .match(/^\| `(\w+)`/gm)
    ?.map((row) => row.slice(3, -1));

  it('name the same settings', () => {
    const names = Object.keys(SETTINGS).sort();
    const { FUNCTIONS_WORKER_RUNTIME: runtime, ...values } = sample.Values;
    expect(runtime).toBe('node');
    expect(Object.keys(values).sort()).toEqual(names);
    expect(documented?.sort()).toEqual(names);
  });

  it('agree that the sample is valid', () => {
    expect(() => readSettings(sample.Values)).not.toThrow();
  });
});

describe('the settings of a one-off audit', () => {
  it('are none at all, where whoever is signed in has a tenant', () => {
    expect(readOneOffSettings({})).toEqual({
      tenantId: undefined,
      identityClientId: undefined,
      cloud: readSettings(healthy).cloud,
      subscriptions: undefined,
      logWorkspaceIds: [],
      trustedNetworks: [],
      failedRunsMilliseconds: 86_400_000,
      timeoutMilliseconds: 25 * 60_000,
      checkOptions: {},
    });
  });

  it('are those of the app where the app has them', () => {
    const environment = {
      ...healthy,
      AZURE_TENANT_ID: healthy.AZURE_TENANT_ID.toUpperCase(),
      AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
      AZURE_CLOUD: 'AzureChinaCloud',
      AUDIT_SUBSCRIPTIONS: '11111111-2222-3333-4444-55555555555A',
      AUDIT_TIMEOUT_MINUTES: '5',
      CHECK_OPTIONS: '{"secret-expiry":false}',
      MICROSOFT_GRAPH_ENDPOINT: 'https://localhost/graph/',
      LOG_ANALYTICS_WORKSPACE_IDS: '11111111-2222-3333-4444-555555555555',
      TRUSTED_NETWORKS: '203.0.113.7',
    };
    const read = readOneOffSettings(environment);
    expect(readSettings(environment)).toMatchObject(read);
    expect(read).toMatchObject({
      subscriptions: ['11111111-2222-3333-4444-55555555555a'],
      timeoutMilliseconds: 300_000,
    });
  });

  it('are not those of storage and mails, right or wrong', () => {
    expect(readOneOffSettings({ MAIL_SENDER: 'nobody', AUDIT_SCHEDULE: 'now', AUDIT_SUBSCRIPTION: 'x' })).toEqual(
      readOneOffSettings({}),
    );
  });

  it('are refused with every problem at once', () => {
    expect(() => readOneOffSettings({ AZURE_TENANT_ID: 'contoso', AUDIT_TIMEOUT_MINUTES: '0' })).toThrow(
      expect.objectContaining({
        name: 'SettingsError',
        problems: [
          'AZURE_TENANT_ID: found "contoso", expected a GUID such as 11111111-2222-3333-4444-555555555555.',
          expect.stringMatching(/^AUDIT_TIMEOUT_MINUTES: found "0", /),
        ],
      }),
    );
  });
});
