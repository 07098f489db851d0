/** What is deployed: the bundle and two files, complete and nothing more. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseTimeSpan } from '../../sandbox/host/time-span';
import { readSettings } from '../../src/settings';
import { buildHost, endHosts, runHost } from '../sandbox/host/run-host';
import { buildAuditor } from '../sandbox/run-command';

const TENANT = '11111111-2222-3333-4444-555555555555';
const ROOT = join(__dirname, '../..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const jsonOf = (path: string) => JSON.parse(textOf(path)) as Record<string, unknown>;

let empty: string;
let bundle: readonly string[];

beforeAll(() => {
  buildAuditor();
  buildHost();
  empty = mkdtempSync(join(tmpdir(), 'package-test-'));
  execFileSync('git', ['init', '--quiet', '--bare', join(empty, 'git')]);
  mkdirSync(join(empty, 'tree'));
  bundle = ['main.js', ...partsOf('main.js')];
});
afterAll(() => {
  rmSync(empty, { recursive: true });
});

/** What a file of the bundle loads of the bundle, at once or later: parts of earlier builds may lie beside it. */
function partsOf(file: string, known = new Set([file])): string[] {
  const parts = requiredBy(file).flatMap((name) => /^\.\/(.+)$/.exec(name)?.[1] ?? []);
  return parts.flatMap((part) => {
    if (known.has(part)) {
      return [];
    }
    known.add(part);
    return [part, ...partsOf(part, known)];
  });
}

function requiredBy(file: string): string[] {
  return [...textOf(`dist/${file}`).matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
}

/** Those of these paths that git, and azd as it does, would leave after .funcignore. */
function withoutIgnored(paths: readonly string[]): string[] {
  const [git, tree] = [join(empty, 'git'), join(empty, 'tree')];
  const lines = execFileSync(
    'git',
    [`--git-dir=${git}`, `--work-tree=${tree}`, '-c', `core.excludesFile=${join(ROOT, '.funcignore')}`].concat([
      'check-ignore',
      '--no-index',
      '--stdin',
      '--verbose',
      '--non-matching',
    ]),
    { input: paths.join('\n'), encoding: 'utf8' },
  );
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([rule = '']) => rule === '::' || rule.includes(':!'))
    .map(([, path = '']) => path);
}

describe('the package', () => {
  it('is the bundle, its licences, host.json and package.json', () => {
    // Of every folder a file, and one that lies deeper.
    const around = readdirSync(ROOT).flatMap((name) =>
      statSync(join(ROOT, name)).isDirectory() ? [`${name}/main.ts`, `${name}/inner/main.js`] : [name],
    );
    expect(around).toEqual(
      expect.arrayContaining(['README.md', 'src/main.ts', 'sandbox/main.ts', 'node_modules/main.ts']),
    );
    const secret = ['local.settings.json', '.env', '.azure/production/.env', 'Makefile.txt'];
    const built = readdirSync(join(ROOT, 'dist')).map((name) => `dist/${name}`);
    const packaged = withoutIgnored([...new Set([...around, ...secret, ...built])]);
    expect(packaged.filter((path) => !/^dist\/[^/]+\.(js|txt)$/.test(path)).sort()).toEqual([
      'host.json',
      'package.json',
    ]);
    expect(packaged).toEqual(expect.arrayContaining(bundle.map((name) => `dist/${name}`)));
  });

  it('is no larger than docs/deployment.md says', () => {
    const [, ceiling] = /at most (\d+(?:\.\d+)?) MB unpacked/.exec(textOf('docs/deployment.md')) ?? [];
    const bytes = bundle.reduce((sum, name) => sum + statSync(join(ROOT, 'dist', name)).size, 0);
    expect(bytes / 1e6).toBeLessThan(Number(ceiling));
    expect(bytes / 1e6).toBeGreaterThan(Number(ceiling) / 2);
  });

  it('asks for nothing but itself and Node.js', () => {
    const foreign = bundle.flatMap(requiredBy).filter((name) => !name.startsWith('./') && !isBuiltin(name));
    expect(foreign).toEqual([]);
    expect(bundle.length).toBeGreaterThan(10);
  });

  it('has an entry that the host finds', () => {
    expect(jsonOf('package.json')['main']).toBe('dist/main.js');
  });

  describe('in a folder of its own', () => {
    let app: string;

    beforeAll(() => {
      app = join(empty, 'app');
      mkdirSync(join(app, 'dist'), { recursive: true });
      for (const path of ['host.json', 'package.json', ...bundle.map((name) => `dist/${name}`)]) {
        cpSync(join(ROOT, path), join(app, path));
      }
    });
    afterAll(endHosts);

    it('starts, and answers without any storage', async () => {
      const host = await runHost({ app, environment: { AZURE_TENANT_ID: TENANT, SCHEDULE: '' } });
      expect(host.errors()).toBe('');
      const answer = await fetch(`${host.url}/api/report`);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      host.child.kill('SIGTERM');
      await host.ended;
      expect(host.output()).toMatch(/nightly-audit: timer 0 0 2 \* \* \*/);
    });

    it('finds all that it loads later', () => {
      // Opens a browser for sign-ins that the app does not offer, and cannot be CommonJS.
      const parts = bundle.slice(1).filter((name) => !name.startsWith('open-'));
      const load = `for (const part of ${JSON.stringify(parts)}) require('./dist/' + part); console.log('all')`;
      const env = { PATH: process.env['PATH'] };
      expect(execFileSync(process.execPath, ['-e', load], { cwd: app, env, encoding: 'utf8' })).toBe('all\n');
    });
  });
});

describe('host.json', () => {
  const host = jsonOf('host.json') as {
    version: string;
    functionTimeout: string;
    extensionBundle: { id: string; version: string };
    logging: { applicationInsights: { samplingSettings: { excludedTypes: string } } };
  };

  it('has known parts only', () => {
    // https://learn.microsoft.com/azure/azure-functions/functions-host-json
    expect(Object.keys(host).sort()).toEqual([
      'extensionBundle',
      'extensions',
      'functionTimeout',
      'logging',
      'version',
    ]);
    expect(host.version).toBe('2.0');
  });

  it('takes the bundle that has queue triggers', () => {
    expect(host.extensionBundle).toEqual({
      id: 'Microsoft.Azure.Functions.ExtensionBundle',
      version: expect.stringMatching(/^\[4\.\*, 5\.0\.0\)$/) as string,
    });
  });

  it('lets an audit end by itself, deliver and clean up', () => {
    const { timeoutMilliseconds } = readSettings({
      AZURE_TENANT_ID: TENANT,
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    });
    expect(parseTimeSpan(host.functionTimeout)).toBeGreaterThanOrEqual(timeoutMilliseconds + 5 * 60_000);
  });

  it('drops no line that the alert rules go by', () => {
    expect(host.logging.applicationInsights.samplingSettings.excludedTypes.split(';')).toEqual(
      expect.arrayContaining(['Trace', 'Request', 'Exception']),
    );
  });
});

test('the licences of what is bundled are with it', () => {
  const named = bundle.flatMap((name) =>
    textOf(`dist/${name}`).includes('LEGAL.txt') ? [`${basename(name)}.LEGAL.txt`] : [],
  );
  expect(named).toContain('main.js.LEGAL.txt');
  expect(readdirSync(join(ROOT, 'dist'))).toEqual(expect.arrayContaining(named));
});
