import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuditor, buildCommands, cleanUp, runCommand, START_APP, type RunningCommand } from './run-command';

describe('npm start', () => {
  let directory: string;

  beforeAll(() => {
    buildCommands();
    directory = mkdtempSync(join(tmpdir(), 'start-test-'));
  });
  afterEach(cleanUp);
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** A small tenant whose settings make the app's audit behave so. */
  function scenario(audit: string): string {
    const file = join(directory, `${audit.replaceAll(' ', '-')}.json`);
    writeFileSync(file, JSON.stringify({ extends: 'healthy', settings: { AUDIT: audit } }));
    return file;
  }

  const start = (audit: string, ...args: string[]) =>
    runCommand('start', ['--app', START_APP, '--scenario', scenario(audit), '--port', '0', ...args]);

  async function nothingLeftOf(command: RunningCommand): Promise<void> {
    await command.gone();
    expect(command.leftovers()).toEqual([]);
  }

  it('--once runs the audit, prints and writes the whole report, and leaves nothing behind', async () => {
    const report = join(directory, 'report.json');
    const command = start('succeeds', '--once', '--report', report);
    expect(await command.ended).toBe(0);
    expect(command.errors()).toBe('');
    expect(command.output()).toMatch(
      /✓ Simulated Azure .*\n✓ Storage .*\n✓ Local Functions host .*\n {4}audit at work: source users\n✓ nightly-audit \d+\.\d s\n✓ sign-in-audit \d+\.\d s\n/,
    );
    expect(command.output()).toMatch(/high \(2\)[^]*The first page\.[^]*The second page\.[^]*Overall {3}attention/);
    const written = JSON.parse(readFileSync(report, 'utf8')) as Record<string, unknown>;
    expect(written['findings']).toMatchObject([{ message: 'The first page.' }, { message: 'The second page.' }]);
    expect(written).not.toHaveProperty('continuationToken');
    await nothingLeftOf(command);
  });

  it('serves the report until Ctrl-C, with settings and nothing else as its environment', async () => {
    const command = start('succeeds');
    await command.printed(/Ctrl-C stops everything/);
    const [, url = ''] = /(http:\/\/localhost:\d+)\/api\/report\s/.exec(command.output()) ?? [];
    expect((await fetch(`${url}/api/report`)).status).toBe(200);
    const environment = (await (await fetch(`${url}/api/environment`)).json()) as Record<string, string>;
    expect(environment).toMatchObject({
      AUDIT: 'succeeds',
      MICROSOFT_GRAPH_ENDPOINT: expect.stringMatching(/^https:\/\/localhost:\d+\/graph$/),
      AzureWebJobsStorage: expect.stringMatching(/TableEndpoint=http:\/\/127\.0\.0\.1:\d+/),
      NODE_EXTRA_CA_CERTS: expect.any(String),
    });
    expect(environment).not.toHaveProperty('TMPDIR');
    command.signalGroup('SIGINT');
    expect(await command.ended).toBe(0);
    await nothingLeftOf(command);
  });

  it.each([
    ['the audit fails', 'fails', 'nightly-audit did not finish: Storage cannot be reached.'],
    [
      'the audit of sign-ins fails',
      'fails on sign-ins',
      'sign-in-audit did not finish: Log Analytics cannot be reached.',
    ],
    ['a setting is wrong', 'bad setting', 'The setting MAIL_SENDER is wrong.'],
  ])('ends with one line when %s', async (_, audit, message) => {
    const command = start(audit);
    expect(await command.ended).toBe(1);
    expect(command.errors()).toBe(message);
    await nothingLeftOf(command);
  });

  it('ends with one line when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const command = start('succeeds', '--port', String(port));
    expect(await command.ended).toBe(1);
    other.close();
    expect(command.errors()).toBe(`Port ${port} is in use. Name another one with --port.`);
    await nothingLeftOf(command);
  });

  it.each([
    ['an unknown scenario', ['--scenario', 'nowhere'], 1, /^There is no scenario "nowhere": .*$/],
    [
      'a scenario file that is not there',
      ['--scenario', './nowhere.json'],
      1,
      /^The scenario file .*nowhere\.json .*$/,
    ],
    ['a report in a directory that is not there', ['--report', 'a/b.json'], 1, /^--report a\/b\.json: .*$/],
    ['an unknown option', ['--onse'], 2, /^Unknown option '--onse'.*\n\nusage: /],
  ])('refuses %s before it starts anything', async (_, args, code, message) => {
    const command = runCommand('start', args);
    expect(await command.ended).toBe(code);
    expect(command.errors()).toMatch(message);
    expect(command.output()).toBe('');
    await nothingLeftOf(command);
  });

  it('ends with one line when the local host ends by itself', async () => {
    const command = start('succeeds');
    await command.printed(/Ctrl-C stops everything/);
    const [, url = ''] = /(http:\/\/localhost:\d+)\/api\/report\s/.exec(command.output()) ?? [];
    await Promise.allSettled([fetch(`${url}/api/crash`)]);
    expect(await command.ended).toBe(1);
    expect(command.errors()).toBe('The local host ended.');
    await nothingLeftOf(command);
  });

  describe('interrupted', () => {
    const MOMENTS = {
      'at once': /^/,
      'while storage starts': /Simulated Azure/,
      'while the host starts': /Storage/,
      'during the audit': /audit at work/,
    };
    const WAYS: Readonly<Record<string, (command: RunningCommand) => void>> = {
      'by Ctrl-C twice': (command) => {
        command.signalGroup('SIGINT');
        command.signalGroup('SIGINT');
      },
      'by a signal to itself only': (command) => void command.child.kill('SIGTERM'),
    };
    const cases = Object.entries(MOMENTS).flatMap(([when, pattern]) =>
      Object.entries(WAYS).map(([how, interrupt]) => [when, how, pattern, interrupt] as const),
    );

    it.each(cases)('%s %s leaves no process and no file', async (_, __, pattern, interrupt) => {
      const command = start('lasts', '--once');
      await command.printed(pattern);
      interrupt(command);
      expect(await command.ended).not.toBe(0);
      expect(command.errors()).toBe('');
      await nothingLeftOf(command);
    });

    it('by SIGKILL takes the local host with it', async () => {
      const command = start('lasts', '--once');
      await command.printed(/audit at work/);
      command.child.kill('SIGKILL');
      await command.gone();
      expect(command.output()).toContain('audit at work');
    });
  });
});

describe('npm start with the auditor itself', () => {
  beforeAll(() => {
    buildAuditor();
    buildCommands();
  });
  afterEach(cleanUp);

  it.each([
    ['healthy', 'clean'],
    ['contoso', 'attention'],
    ['forbidden', 'incomplete'],
  ])('finishes, and says that the tenant %s is %s', async (scenario, overall) => {
    const command = runCommand('start', ['--once', '--scenario', scenario]);
    expect(await command.ended).toBe(0);
    expect(command.errors()).toBe('');
    expect(command.output()).toMatch(new RegExp(`\\nOverall {3}${overall} `));
    await command.gone();
  });
});

describe('npm run start:live', () => {
  let app: string;

  beforeAll(() => {
    buildCommands();
    app = mkdtempSync(join(tmpdir(), 'live-test-'));
    const entry = JSON.stringify(join(START_APP, 'main.js'));
    writeFileSync(join(app, 'package.json'), '{"main":"main.js"}');
    writeFileSync(join(app, 'host.json'), '{"version":"2.0"}');
    writeFileSync(join(app, 'main.js'), `require(${entry});`);
  });
  afterEach(cleanUp);
  afterAll(() => {
    rmSync(app, { recursive: true });
  });

  it('asks for local.settings.json where there is none', async () => {
    const command = runCommand('start-live', ['--app', app]);
    expect(await command.ended).toBe(1);
    expect(command.errors()).toBe(
      `${join(app, 'local.settings.json')} does not exist: copy local.settings.sample.json to it and fill it in.`,
    );
  });

  it('serves the app with its settings, those of the shell first, and state on disk', async () => {
    const Values = {
      TENANT: 'from the file',
      SCHEDULE: 'from the file',
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    };
    writeFileSync(join(app, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values }));
    const command = runCommand('start-live', ['--app', app, '--port', '0'], { SCHEDULE: 'from the shell' });
    await command.printed(/Ctrl-C stops\./);
    const [, url = ''] = /Serving (http:\/\/localhost:\d+)/.exec(command.output()) ?? [];
    expect(await (await fetch(`${url}/api/environment`)).json()).toMatchObject({
      TENANT: 'from the file',
      SCHEDULE: 'from the shell',
      AzureWebJobsStorage: expect.stringMatching(/TableEndpoint=http:\/\/127\.0\.0\.1:\d+/),
    });
    command.signalGroup('SIGINT');
    expect(await command.ended).toBe(0);
    await command.gone();
    expect(command.output()).toContain(`Storage (Azurite) in ${join(app, '.azurite')}`);
  });
});
