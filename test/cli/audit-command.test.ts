/** `npm run audit` as it is built, as a process: on simulated tenants, and signed in to one in each way. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/azure/server';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { DRIFT_CHECK } from '../../src/audit/baseline';
import type { ShownReport } from '../../src/report/shown-report';
import { buildAuditCommand, cleanUp, runCommand, type RunningCommand } from '../sandbox/run-command';
import { startTestSandbox } from '../setup/start-test-sandbox';

beforeAll(buildAuditCommand);
afterEach(cleanUp);

const audit = (args: readonly string[], environment = {}, files = {}): RunningCommand =>
  runCommand('audit', args, environment, files);
const reportIn = (text: string) => JSON.parse(text) as ShownReport;

async function nothingLeftOf(command: RunningCommand): Promise<void> {
  await command.gone();
  expect(command.leftovers()).toEqual([]);
}

describe('on a simulated tenant', () => {
  it('ends with 0 for a clean one, the report on one stream and what it does on the other', async () => {
    const command = audit(['--scenario', 'healthy'], {}, { 'local.settings.json': 'not for simulated tenants' });
    expect(await command.ended).toBe(0);
    expect(command.output()).toMatch(/^Overall {3}clean [^]*\nOff {7}authentication-drift\n$/);
    const lines = command.errors().split('\n');
    expect(lines[0]).toMatch(/^Auditing the tenant [0-9a-f-]{36}\.$/);
    expect(lines.slice(1, -2).filter((line) => !/^✓ .+: \d+ \d+ ms$/.test(line))).toEqual([]);
    expect(lines.slice(-2)).toEqual([
      '1 check did not run, so that nobody looked at what they judge: authentication-drift.',
      'Exit code 0: no finding of high severity or above.',
    ]);
    await nothingLeftOf(command);
  });

  it('ends with 1 for one with severe findings, and prints JSON and nothing else', async () => {
    const command = audit(['--format', 'json', '--scenario=contoso', '--quiet', '--check', 'secret-expiry']);
    expect(await command.ended).toBe(1);
    expect(command.errors()).toBe('');
    const report = reportIn(command.output());
    expect(report).toMatchObject({ overall: 'attention', lastComplete: null });
    expect(report.checksOff).toContain(DRIFT_CHECK);
    expect(report.findings).toHaveLength(Object.values(report.totals).reduce((sum, count) => sum + count));
  });

  it('ends with 2 for one that refuses to be read, and leaves report and summary', async () => {
    const command = audit(['--scenario', 'forbidden', '--format=json', '--output', 'report.json']);
    expect(await command.ended).toBe(2);
    expect(reportIn(readFileSync(join(command.directory, 'report.json'), 'utf8')).overall).toBe('incomplete');
    expect(command.output()).toMatch(/^Overall {3}incomplete /);
    expect(command.errors()).toMatch(/\nExit code 2: something could not be evaluated; no finding of high .*\.$/);
  });
});

describe('signed in', () => {
  let sandbox: Sandbox;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    sandbox = await startTestSandbox('contoso');
    settings = { ...sandbox.environment, NODE_EXTRA_CA_CERTS: sandbox.caFile };
  });
  afterAll(() => sandbox.close());

  const QUICK = ['--check', 'firewall-open', '--format', 'json'];

  it('goes by local.settings.json and the environment, and audits no more than it is told to', async () => {
    const [subscription, other] = [guidOf('sub:corporate'), guidOf('sub:retail')];
    const Values = { AZURE_TENANT_ID: 'wrong', AUDIT_SUBSCRIPTIONS: `${subscription},${other}`, AUDIT_STORAGE: 'x' };
    const command = audit([...QUICK, '--subscription', subscription, '--fail-on', 'info'], settings, {
      'local.settings.json': JSON.stringify({ Values }),
    });
    expect(await command.ended).toBe(1);
    const report = reportIn(command.output());
    expect(report.checks.map(({ id }) => id)).toEqual(['firewall-open']);
    const scopes = new Set(report.findings.map(({ subject }) => subject.id.split('/')[2]));
    expect([...scopes]).toEqual([subscription]);
    expect(command.errors()).toContain('No setting of the auditor, and ignored: AUDIT_STORAGE');
  });

  it('takes the tenant of the sign-in where no setting names one, and says so', async () => {
    const { AZURE_TENANT_ID: tenant = '', ...rest } = settings;
    const command = audit(QUICK, rest);
    expect(await command.ended).toBe(1);
    expect(reportIn(command.output()).tenantId).toBe(tenant);
    expect(command.errors()).toContain(`Auditing the tenant ${tenant}, which the sign-in is one to.`);
  });

  it('signs in as az does, to the tenant of the setting', async () => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER, ...rest } = settings;
    // In place of the Azure CLI: hands out a token, and notes what it was asked for.
    const az = `#!${process.execPath}
      const at = process.argv.indexOf('--resource') + 1;
      const url = process.env.IDENTITY + '?api-version=2019-08-01&resource=' + process.argv[at];
      fetch(url, { headers: { 'x-identity-header': process.env.HEADER } })
        .then((answer) => answer.json())
        .then(({ access_token, expires_on }) => {
          require('node:fs').appendFileSync(process.env.HOME + '/asked', process.argv.slice(2).join(' ') + '\\n');
          console.log(JSON.stringify({ accessToken: access_token, expires_on: Number(expires_on) }));
        });`;
    const signedIn = { ...rest, IDENTITY: IDENTITY_ENDPOINT ?? '', HEADER: IDENTITY_HEADER ?? '' };
    const directory = mkdtempSync(join(tmpdir(), 'az-'));
    writeFileSync(join(directory, 'az'), az, { mode: 0o755 });
    const command = audit(QUICK, { ...signedIn, PATH: `${directory}:${process.env['PATH']}` });
    expect(await command.ended).toBe(1);
    expect(reportIn(command.output()).overall).toBe('attention');
    const tenant = String(settings['AZURE_TENANT_ID']);
    expect(readFileSync(join(command.directory, 'asked'), 'utf8')).toMatch(
      new RegExp(`^account get-access-token .*--resource https://management.azure.com --tenant ${tenant}\\n$`),
    );
    rmSync(directory, { recursive: true });
  });

  it('ends in silence where nobody reads what it prints', async () => {
    const command = audit(QUICK, settings);
    command.child.stdout?.destroy();
    expect(await command.ended).toBe(1);
    expect(command.errors()).toMatch(/^Auditing [^]*\nExit code 1: .*\.$/);
  });

  (existsSync('/dev/full') ? it : it.skip)('ends with 3 where the report cannot be written', async () => {
    const command = audit([...QUICK, '--quiet', '--output', '/dev/full'], settings);
    expect(await command.ended).toBe(3);
    expect(command.errors()).toMatch(/^--output \/dev\/full: it cannot be written: ENOSPC.*\.$/);
    expect(command.output()).toBe('');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ['an option is wrong', ['--fail-on', 'severe'], {}, /^--fail-on: expected one of .*\.$/],
    ['the report has nowhere to go', ['--output', '.'], {}, /^--output \.: it is a directory\.$/],
    [
      'settings are wrong',
      [],
      { AZURE_TENANT_ID: 'contoso', AUDIT_SUBSCRIPTIONS: 'mine' },
      /^2 settings are wrong or missing:\n {2}- AZURE_TENANT_ID: .*\n {2}- AUDIT_SUBSCRIPTIONS .*\nSee docs\/settings\.md.*$/,
    ],
    ['nobody is signed in', [], { IDENTITY_ENDPOINT: '' }, /^Nobody is signed in to Azure\. Run az login.*\.$/],
    [
      'the sign-in is refused',
      [],
      { IDENTITY_HEADER: 'wrong' },
      /^The sign-in to Azure failed: .*X-IDENTITY-HEADER is wrong.* Run az login.*\.$/,
    ],
    ['there is no such scenario', ['--scenario', 'nowhere'], {}, /^There is no scenario "nowhere": .*\.$/],
  ])('ends with 3 and says what is wrong when %s', async (_, args, change, message) => {
    sandbox.forget();
    const command = audit(args, { ...settings, ...change });
    expect(await command.ended).toBe(3);
    expect(command.errors()).toMatch(message);
    expect(command.output()).toBe('');
    expect(sandbox.requests().filter(({ service }) => service !== 'identity')).toEqual([]);
    await nothingLeftOf(command);
  });

  it('ends with 3 and one line where something breaks that nobody waits for', async () => {
    const NODE_OPTIONS = '--require ./break.cjs';
    const files = { 'break.cjs': "setTimeout(() => { throw new Error('broken\\n##vso[task.complete]'); }, 1);" };
    const command = audit(QUICK, { ...settings, NODE_OPTIONS }, files);
    expect(await command.ended).toBe(3);
    expect(command.errors()).toMatch(/^(Auditing the tenant .*\n)?The audit failed: broken # #vso\[task\.complete\]$/);
  });
});

it('explains itself', async () => {
  const command = audit(['--help']);
  expect(await command.ended).toBe(0);
  expect(command.output()).toMatch(/^usage: npm run audit -- \[options\]\n/);
  expect(command.errors()).toBe('');
});

it('is what npm runs, with its exit code', () => {
  const args = ['run', '--silent', 'audit', '--', '--fail-on', 'severe'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: join(__dirname, '../..'), encoding: 'utf8' });
  expect(stderr).toMatch(/^--fail-on: expected .*\.\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(3);
});

describe('interrupted', () => {
  const slow = JSON.stringify({
    extends: 'healthy',
    faults: [{ service: 'arm', path: '.', delayMilliseconds: 600_000, times: 'always' }],
  });

  const WAYS: Readonly<Record<string, (command: RunningCommand) => unknown>> = {
    'by Ctrl-C': ({ child }) => process.kill(-child.pid!, 'SIGINT'),
    'by a signal to itself only': ({ child }) => child.kill('SIGTERM'),
  };

  it.each(Object.entries(WAYS))('%s leaves no process and no file', async (_, interrupt) => {
    const command = audit(['--scenario', './slow.json'], {}, { 'slow.json': slow });
    await command.printed(/Auditing the tenant/);
    interrupt(command);
    expect(await command.ended).toBe(130);
    expect(command.output()).toBe('');
    await nothingLeftOf(command);
  });
});
