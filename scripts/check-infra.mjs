/**
 * Compiles and lints infra/ with the real Bicep compiler, takes no warning, and checks what must hold of the template
 * (scripts/infra-secrets.ts) and of what it would deploy with these or those options (scripts/infra-rules.ts). Leaves the
 * compiled template and the predictions in build/infra/.
 *
 * Where there is no compiler it says how to get one. That fails only with CI=true: who changes no template need not
 * install it, and CI sees to it that nothing gets in unchecked.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CACHED_BICEP, DOTNET_ENVIRONMENT } from './install-bicep.mjs';

const root = join(import.meta.dirname, '..');
const output = join(root, 'build/infra');

/** Options that people choose, by name: variables of the azd environment, and what the rules then expect. */
const TENANT = '11111111-2222-3333-4444-555555555555';
const SUBSCRIPTION = '22222222-3333-4444-5555-666666666666';
const OTHERS = ['33333333-4444-5555-6666-777777777777', '44444444-5555-6666-7777-888888888888'];
const NOTHING = {
  mails: false,
  webhook: false,
  privateNetwork: false,
  locks: false,
  accessLogs: true,
  operators: 0,
  subscriptions: [SUBSCRIPTION],
  settings: { AUDIT_SUBSCRIPTIONS: SUBSCRIPTION },
};
/** None is a default, and no two are the same. */
const SETTINGS = {
  AUDIT_SCHEDULE: '0 1 1 * * *',
  SIGN_IN_SCHEDULE: '0 2 * * * *',
  WATCH_SCHEDULE: '0 3 * * * *',
  AUDIT_TIMEOUT_MINUTES: '4',
  LOG_ANALYTICS_WORKSPACE_IDS: OTHERS.join(','),
  TRUSTED_NETWORKS: '203.0.113.0/24,198.51.100.7',
  CHECK_OPTIONS: '{"secret-expiry":{"lowWithinDays":45}}',
  REPORT_RETENTION_DAYS: '5',
  MAIL_PER_MINUTE: '6',
  MAIL_PER_HOUR: '7',
  MAIL_TIME_ZONE: 'Europe/Berlin',
  ALERT_MIN_SEVERITY: 'high',
  ALERT_EXPIRY_STEPS: '8,expired',
  ALERT_QUIET_HOURS: '9',
  ALERT_OWNERS: 'false',
  ALERT_TAG: 'Contact',
  ALERT_ROUTES: '[{"minSeverity":"high","to":["soc@example.com"]}]',
  ALERT_WEBHOOK_FORMAT: 'slack',
};
const VARIANTS = {
  defaults: [{}, NOTHING],
  mails: [
    { MAIL_RECIPIENTS: 'team@example.com' },
    { ...NOTHING, mails: true, operators: 1, settings: { MAIL_RECIPIENTS: 'team@example.com' } },
  ],
  settings: [SETTINGS, { ...NOTHING, settings: SETTINGS }],
  operations: [
    { OPERATIONS_RECIPIENTS: 'a@example.com, b@example.com', ACCESS_LOGS: 'false' },
    { ...NOTHING, accessLogs: false, operators: 2 },
  ],
  private: [{ PRIVATE_NETWORK: 'true' }, { ...NOTHING, privateNetwork: true }],
  everything: [
    {
      MAIL_RECIPIENTS: 'team@example.com',
      MAIL_DOMAIN: 'alerts.example.com',
      MAIL_DOMAIN_VERIFIED: 'true',
      ALERT_WEBHOOK: 'true',
      ALERT_WEBHOOK_URL: 'https://hooks.example.com/',
      ALERT_WEBHOOK_SIGNED: 'true',
      ALERT_WEBHOOK_SECRET: 'for the check of the templates',
      PRIVATE_NETWORK: 'true',
      RESOURCE_LOCKS: 'true',
      AUDITED_SUBSCRIPTIONS: OTHERS.join(', '),
    },
    {
      mails: true,
      webhook: true,
      privateNetwork: true,
      locks: true,
      accessLogs: true,
      operators: 1,
      subscriptions: OTHERS,
      settings: { AUDIT_SUBSCRIPTIONS: OTHERS.join(',') },
    },
  ],
};

const bicep = findBicep();
const problems = [...(bicep === undefined ? withoutCompiler() : await checkTemplates(bicep)), ...checkPackage()];
for (const problem of problems) {
  console.error(problem);
}
process.exitCode = problems.length === 0 ? 0 : 1;

/** Ours first: with another version, other warnings may come. */
function findBicep() {
  const name = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  return [
    CACHED_BICEP,
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
    join(process.env.AZURE_CONFIG_DIR || join(homedir(), '.azure'), 'bin', name),
    join(homedir(), '.azd/bin', name),
  ].find((path) => existsSync(path));
}

function withoutCompiler() {
  const advice = 'No Bicep compiler: run node scripts/install-bicep.mjs or az bicep install.';
  if (process.env.CI === 'true') {
    return [advice];
  }
  console.warn(`${advice} The templates were not checked.`);
  return [];
}

async function checkTemplates(compiler) {
  mkdirSync(output, { recursive: true });
  // Each goes through the modules as well.
  const complaints = [
    ...run(compiler, ['lint', 'infra/main.bicepparam']),
    ...run(compiler, ['build', 'infra/main.bicep', '--outfile', join(output, 'main.json')]),
  ];
  if (complaints.length > 0) {
    return complaints;
  }
  const [{ findLeaks }, { findProblems }] = await bundleRules(['infra-secrets', 'infra-rules']);
  const alerts = Object.fromEntries(
    readdirSync(join(root, 'infra/queries')).map((name) => [
      name.replace(/\.kql$/, ''),
      readFileSync(join(root, 'infra/queries', name), 'utf8'),
    ]),
  );
  return [
    ...findLeaks(readJson(join(output, 'main.json'))),
    ...Object.entries(VARIANTS).flatMap(([name, [environment, options]]) => {
      const { problems, predicted } = predict(compiler, name, environment);
      return [...problems, ...(predicted === undefined ? [] : findProblems(predicted, options, alerts))].map(
        (problem) => `${name}: ${problem}`,
      );
    }),
  ];
}

/** What would be deployed with the parameters as the azd environment gives them. Nothing is asked of Azure. */
function predict(compiler, name, environment) {
  const folder = join(output, name);
  mkdirSync(folder, { recursive: true });
  const parameters = readFileSync(join(root, 'infra/main.bicepparam'), 'utf8');
  writeFileSync(join(folder, 'main.bicepparam'), parameters.replace("'main.bicep'", "'../../../infra/main.bicep'"));
  const problems = run(
    compiler,
    ['snapshot', join(folder, 'main.bicepparam'), '--mode', 'overwrite']
      .concat(['--tenant-id', TENANT, '--subscription-id', SUBSCRIPTION])
      .concat(['--location', 'westeurope']),
    environment,
  );
  if (problems.length > 0) {
    return { problems, predicted: undefined };
  }
  const { predictedResources, diagnostics } = readJson(join(folder, 'main.snapshot.json'));
  return { problems: diagnostics.map((diagnostic) => JSON.stringify(diagnostic)), predicted: predictedResources };
}

/** The variables of this shell may hold parameters, even secrets: the compiler sees none of them. */
function run(compiler, args, environment = {}) {
  const { PATH, HOME, TMPDIR, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT } = DOTNET_ENVIRONMENT;
  const { status, error, stdout, stderr } = spawnSync(compiler, args, {
    cwd: root,
    encoding: 'utf8',
    env: { PATH, HOME, TMPDIR, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT, ...environment },
  });
  // Warnings leave the exit code at 0.
  const complaint = error?.message ?? `${stdout}${stderr}`.trim();
  return complaint || status !== 0 ? [complaint || `The Bicep compiler ended with ${status}.`] : [];
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The rules know the app's own settings and permissions, so they are bundled with it. */
async function bundleRules(names) {
  await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `scripts/${name}.ts`),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir: join(root, 'build/scripts'),
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
  return Promise.all(names.map((name) => import(pathToFileURL(join(root, `build/scripts/${name}.mjs`)).href)));
}

/** Asks git, in an empty repository, which files .funcignore lets into the package. */
function checkPackage() {
  const empty = mkdtempSync(join(tmpdir(), 'package-'));
  const git = (...args) => {
    const { status, error, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    if (error || status !== 0) throw new Error(`git ${args[0]}: ${error?.message ?? stderr.trim()}`);
    return stdout;
  };
  try {
    git('init', '--quiet', '--bare', empty);
    const where = [`--git-dir=${empty}`, `--work-tree=${root}`, '-c', 'core.excludesFile='];
    return git(...where, 'ls-files', '--others', '--exclude-from=.funcignore')
      .split('\n')
      .filter((file) => file !== '' && !/^(dist\/[^/]+\.(js|txt)|host\.json|package\.json)$/.test(file))
      .map((file) => `.funcignore lets ${file} into the package.`);
  } finally {
    rmSync(empty, { recursive: true });
  }
}
