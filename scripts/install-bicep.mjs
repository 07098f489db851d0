/**
 * Puts the Bicep compiler into a cache folder of the user, in the version that the templates are checked with, and prints
 * its path. It is a NuGet package for Linux on x64 and needs the .NET SDK, 10 or newer; elsewhere `az bicep install` does.
 * Does nothing where it is already there.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKAGE = 'Azure.Bicep.CommandLine.linux-x64';
const VERSION = '0.49.2';

/** Where this script leaves the compiler. */
export const CACHED_BICEP = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'synapse-authentication-auditor/bicep',
  VERSION,
  'bicep',
);

/** .NET refuses to start on a machine without ICU; neither tool needs a culture. */
export const DOTNET_ENVIRONMENT = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!existsSync(CACHED_BICEP)) {
    install();
  }
  console.log(CACHED_BICEP);
}

function install() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail('only Linux on x64 is served by this script; elsewhere run az bicep install.');
  }
  mkdirSync(dirname(CACHED_BICEP), { recursive: true });
  // Beside its destination, so that the compiler appears there in one move, whole.
  const draft = mkdtempSync(`${dirname(CACHED_BICEP)}.draft-`);
  try {
    const { status, error, stdout, stderr } = spawnSync(
      'dotnet',
      ['package', 'download', `${PACKAGE}@${VERSION}`, '--output', draft],
      { encoding: 'utf8', env: { ...DOTNET_ENVIRONMENT, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' } },
    );
    if (error || status !== 0) {
      fail(`dotnet package download failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
    }
    const binary = join(draft, PACKAGE.toLowerCase(), VERSION, 'tools/bicep');
    chmodSync(binary, 0o755);
    renameSync(binary, CACHED_BICEP);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function fail(reason) {
  throw new Error(`Bicep ${VERSION} was not installed: ${reason}`);
}
