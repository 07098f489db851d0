/** Everything but the tests: format, lint, types, generated files, infrastructure. Runs all and then says what failed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const steps = [
  ['format', bin('prettier'), ['--check', '.']],
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['types', bin('tsc'), ['-p', root]],
  ['generated files', process.execPath, ['scripts/generate.mjs', '--check']],
  ['build', process.execPath, ['scripts/build.mjs', '--sandbox']],
  ...(existsSync(join(root, 'infra/main.bicep'))
    ? [['infrastructure', process.execPath, ['scripts/check-infra.mjs']]]
    : []),
];

const failed = steps.filter(([name, command, args]) => {
  console.log(`- ${name}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${name}: ${error.message}`);
  return status !== 0;
});
console.log(failed.length === 0 ? 'check: all good' : `check: failed: ${failed.map(([name]) => name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
