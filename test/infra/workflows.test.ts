/** The pipelines on GitHub: what they may do, what they run, and that they cannot be talked into anything else. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const ROOT = join(__dirname, '../..');
const WORKFLOWS = join(ROOT, '.github/workflows');

type Permissions = Readonly<Record<string, string>>;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly permissions?: Permissions;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

function parse(path: string): unknown {
  const document = parseDocument(readFileSync(path, 'utf8'), { strict: true, uniqueKeys: true });
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

const workflowOf = (name: string) => parse(join(WORKFLOWS, `${name}.yml`)) as Workflow;
const stepsOf = (workflow: Workflow) => Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps);
const runsOf = (workflow: Workflow) => stepsOf(workflow).flatMap(({ run = '' }) => run.split('\n'));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The jobs that may do more than read, and what. */
const MORE_THAN_READING: Readonly<Record<string, Permissions>> = {
  'codeql/analyze': { contents: 'read', 'security-events': 'write' },
  'deploy/deploy': { contents: 'read', 'id-token': 'write' },
  'release/release': { contents: 'write', 'id-token': 'write', attestations: 'write' },
};

const names = readdirSync(WORKFLOWS).map((file) => file.replace(/\.yml$/, ''));

test('there are those that are needed', () => {
  expect(names.sort()).toEqual(['check', 'codeql', 'deploy', 'release']);
});

describe.each(names)('%s', (name) => {
  const text = readFileSync(join(WORKFLOWS, `${name}.yml`), 'utf8');

  it('may read, and a job no more than is listed', () => {
    const { permissions, jobs } = workflowOf(name);
    expect(permissions).toEqual({ contents: 'read' });
    for (const [id, job] of Object.entries(jobs)) {
      expect(job.permissions).toEqual(MORE_THAN_READING[`${name}/${id}`]);
    }
  });

  it('uses actions of a fixed version, from owners that are known', () => {
    const jobs = Object.values(workflowOf(name).jobs);
    const used = [...jobs, ...stepsOf(workflowOf(name))].flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    const known = /^(\.\/\.github\/workflows\/check\.yml|(actions|github|Azure)\/[\w/-]+@(v\d+|[0-9a-f]{40}))$/;
    expect(used.filter((action) => !known.test(action))).toEqual([]);
  });

  it('knows no secret, and leaves no token behind', () => {
    expect(text).not.toMatch(/secrets\s*[.[]|secrets:\s*inherit/);
    const checkouts = stepsOf(workflowOf(name)).filter(({ uses = '' }) => uses.startsWith('actions/checkout'));
    for (const checkout of checkouts) {
      expect(checkout.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('puts no expression into a command, and lets no stranger’s code run with rights', () => {
    expect(runsOf(workflowOf(name)).filter((line) => line.includes('${{'))).toEqual([]);
    expect(Object.keys(workflowOf(name).on)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pull_request_target|workflow_run)$/) as string]),
    );
  });

  it('ends in good time', () => {
    for (const job of Object.values(workflowOf(name).jobs)) {
      expect(job.uses ?? job['timeout-minutes']).toBeDefined();
    }
  });

  it('runs what there is', () => {
    const lines = runsOf(workflowOf(name)).join('\n');
    const called = [...lines.matchAll(/\bnpm (?:run ([\w:]+)|(test|start))/g)].map(([, run, own]) => run ?? own ?? '');
    expect(called.filter((script) => !(script in scripts))).toEqual([]);
    const files = [...lines.matchAll(/\bnode ([\w/.-]+)/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('pull requests', () => {
  const check = workflowOf('check');

  it('are tested on the versions of Node.js that are supported, as .ci/run does', () => {
    const own = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    const others = [...own.matchAll(/test_on_node (\d+)$/gm)].map(([, version]) => Number(version));
    expect(check.jobs['test']?.strategy?.matrix['node']).toEqual([20, ...others]);
    expect(check.on).toHaveProperty('pull_request');
    expect(runsOf(check)).toEqual(expect.arrayContaining(['npm ci', 'npm test']));
  });

  it('are checked with the Bicep compiler', () => {
    const lines = (check.jobs['check']?.steps ?? []).map(({ run, uses }) => run ?? uses ?? '');
    expect(lines.indexOf('node scripts/install-bicep.mjs')).toBeGreaterThan(lines.indexOf('actions/setup-dotnet@v5'));
    expect(lines.at(-1)).toBe('npm run check');
  });
});

describe('a deployment', () => {
  const deploy = workflowOf('deploy');

  it('is of an environment that protects itself, with a token of GitHub', () => {
    expect(deploy.jobs['deploy']?.environment).toBe('${{ inputs.environment }}');
    expect(runsOf(deploy).join('\n')).toMatch(/azd auth login .*--federated-credential-provider github/s);
    expect(runsOf(deploy).join('\n')).not.toContain('client-secret');
  });

  it('provisions, and then deploys', () => {
    expect(runsOf(deploy).filter((line) => /^azd (provision|deploy)/.test(line))).toEqual([
      'azd provision --no-prompt',
      'azd deploy --no-prompt',
    ]);
  });
});

describe('a release', () => {
  const release = workflowOf('release');
  const lines = runsOf(release);

  it('waits for all checks', () => {
    expect(release.jobs['release']).toMatchObject({ needs: 'check' });
    expect(release.jobs['check']?.uses).toBe('./.github/workflows/check.yml');
  });

  it('packs what infra/README.md packs', () => {
    const [, files] = /^zip -X build\/package\.zip (.*)$/m.exec(lines.join('\n')) ?? [];
    expect(files).toBe('host.json package.json dist/*.js dist/*.txt');
    expect(readFileSync(join(ROOT, 'infra/README.md'), 'utf8')).toContain(`zip -X build/package.zip ${files}\n`);
  });

  it('says what it is made of, and is signed for with all that is published', () => {
    expect(lines.join('\n')).toMatch(/npm sbom --sbom-format cyclonedx .*> build\/sbom\.cdx\.json/);
    const attest = stepsOf(release).find(({ uses = '' }) => uses.startsWith('actions/attest-build-provenance@'));
    const attested = String(attest?.with?.['subject-path']).trim().split('\n');
    const published =
      lines
        .join(' ')
        .split('gh release create')[1]
        ?.match(/build\/[\w.-]+/g) ?? [];
    expect(published.filter((file) => !file.endsWith('SHA256SUMS'))).toEqual(attested);
  });
});

test('dependencies and actions are kept up to date', () => {
  const { updates } = parse(join(ROOT, '.github/dependabot.yml')) as { updates: Record<string, unknown>[] };
  expect(updates).toMatchObject([
    { 'package-ecosystem': 'npm', directory: '/', schedule: { interval: 'weekly' } },
    { 'package-ecosystem': 'github-actions', directory: '/', schedule: { interval: 'weekly' } },
  ]);
});
