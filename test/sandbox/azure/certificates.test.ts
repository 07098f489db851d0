import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificates } from '../../../sandbox/azure/certificates';

describe('the certificates of a sandbox', () => {
  let directory: string;
  beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'certificates-test-'))));
  afterAll(() => rm(directory, { recursive: true }));

  test('the server certificate is for localhost and 127.0.0.1 and comes from the authority', async () => {
    const { caPem, cert } = await createCertificates(directory);
    const server = new X509Certificate(cert);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkHost('example.com')).toBeUndefined();
    expect(server.verify(new X509Certificate(caPem).publicKey)).toBe(true);
  });

  test('a second call in the same directory loads what the first one made', async () => {
    expect(await createCertificates(directory)).toEqual(await createCertificates(directory));
  });
});
