/**
 * Compiles infra/ with the real Bicep compiler, takes no warning, and checks what must hold of the result
 * (scripts/infra-rules.ts). Leaves the compiled templates in build/infra/.
 *
 * Where there is no compiler it says how to get one. That fails only with CI=true: who changes no template need not
 * install it, and CI sees to it that nothing gets in unchecked.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CACHED_BICEP, DOTNET_ENVIRONMENT } from './install-bicep.mjs';

const root = join(import.meta.dirname, '..');
const output = join(root, 'build/infra');

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

/** Compiling the parameters compiles main.bicep and all its modules with them, and lints them. */
async function checkTemplates(compiler) {
  const { status, error, stdout, stderr } = spawnSync(compiler, ['build-params', 'infra/main.bicepparam', '--stdout'], {
    cwd: root,
    encoding: 'utf8',
    env: DOTNET_ENVIRONMENT,
  });
  // Warnings leave the exit code at 0.
  const complaint = error?.message ?? stderr.trim();
  if (complaint || status !== 0) {
    return [complaint || `The Bicep compiler ended with ${status}.`];
  }
  const { templateJson, parametersJson } = JSON.parse(stdout);
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'main.json'), templateJson);
  writeFileSync(join(output, 'main.parameters.json'), parametersJson);
  const { findProblems } = await import(pathToFileURL(await bundleRules()).href);
  return findProblems(JSON.parse(templateJson));
}

/** The rules know the app's own settings and permissions, so they are bundled with it. */
async function bundleRules() {
  const outfile = join(root, 'build/scripts/infra-rules.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['scripts/infra-rules.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  return outfile;
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
      .filter((file) => file !== '' && !/^(dist\/.*|host\.json|package\.json)$/.test(file))
      .map((file) => `.funcignore lets ${file} into the package.`);
  } finally {
    rmSync(empty, { recursive: true });
  }
}
