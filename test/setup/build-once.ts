import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/**
 * Bundles with scripts/build.mjs what several test files start, once in a run of the tests: what is built does not change
 * while they run. Two files that come at the same time both build, which does no harm.
 */
export function buildOnce(...tools: string[]): void {
  const note = join(process.env['SANDBOX_CERTIFICATES'] ?? '', ['built', ...tools].join(' ').replaceAll('/', '-'));
  if (!existsSync(note)) {
    execFileSync(process.execPath, ['scripts/build.mjs', ...tools], { cwd: ROOT });
    writeFileSync(note, '');
  }
}
