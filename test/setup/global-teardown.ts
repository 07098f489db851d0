import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  const directory = process.env['SANDBOX_CERTIFICATES'];
  if (directory) await rm(directory, { recursive: true, force: true });
}
