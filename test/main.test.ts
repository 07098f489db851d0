import type { SettingsError } from '../src/settings';

const healthy = {
  AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
};
const environment = process.env;
const recorded: string[] = [];
const hooks = new Map<string, () => unknown>();

/** What the host sees of the app when it loads it with these settings. */
async function load(settings: Readonly<Record<string, string>>): Promise<void> {
  recorded.length = 0;
  hooks.clear();
  process.env = { ...healthy, ...settings };
  jest.resetModules();
  const record = (trigger: string) => (name: string) => recorded.push(`${trigger} ${name}`);
  const hook = (name: string) => (callback: () => unknown) => hooks.set(name, callback);
  jest.doMock('@azure/functions', () => ({
    ...jest.requireActual<object>('@azure/functions'),
    app: {
      timer: record('timer'),
      storageQueue: record('queue'),
      http: record('http'),
      hook: { appStart: hook('appStart'), appTerminate: hook('appTerminate') },
    },
  }));
  await import('../src/main');
}
const start = () => Promise.resolve(hooks.get('appStart')?.());

afterAll(() => {
  process.env = environment;
});

describe('the app', () => {
  it('registers its functions and starts', async () => {
    await load({});
    expect(recorded).toEqual([
      'timer nightly-audit',
      'timer sign-in-audit',
      'queue requested-audit',
      'http report',
      'http reports',
      'http report-diff',
      'http status',
      'http metrics',
      'http alerts',
      'http retry-alert',
      'http exceptions',
      'http add-exception',
      'http remove-exception',
      'http audit',
      'http openapi',
      'http diagnose',
    ]);
    await expect(start()).resolves.toBeUndefined();
    expect([...hooks.keys()]).toContain('appTerminate');
  });

  it('delivers alerts where mails are on', async () => {
    await load({
      COMMUNICATION_SERVICES_ENDPOINT: 'https://mail.example.com',
      MAIL_SENDER: 'auditor@example.com',
      MAIL_RECIPIENTS: 'team@example.com',
    });
    expect(recorded).toContain('timer deliver-alerts');
    expect(recorded).toContain('timer watch-audits');
  });

  it('delivers alerts where there is a webhook alone', async () => {
    await load({ ALERT_WEBHOOK_URL: 'https://hooks.example.com/abc' });
    expect(recorded).toContain('timer deliver-alerts');
  });

  it('registers nothing with a wrong setting, and ends its start with every problem', async () => {
    await load({ AZURE_TENANT_ID: 'contoso', CHECK_OPTIONS: '{"secret-expirey":{}}' });
    expect(recorded).toEqual([]);
    const error = await start().catch((reason: unknown) => reason as SettingsError);
    expect((error as SettingsError).problems).toEqual([
      expect.stringMatching(/^AZURE_TENANT_ID: found "contoso"/),
      expect.stringMatching(/^CHECK_OPTIONS: .*secret-expirey is none/),
    ]);
  });
});
