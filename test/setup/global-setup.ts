import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificates } from '../../sandbox/azure/certificates';

/** Makes the certificates of this run once; every test file finds them by SANDBOX_CERTIFICATES. */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-certificates-'));
  process.env['SANDBOX_CERTIFICATES'] = directory;
  await createCertificates(directory);
}
