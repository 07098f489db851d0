import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a TLS server and the clients that should trust it need. */
export interface Certificates {
  /** Where the authority's certificate is, for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  readonly caPem: string;
  /** Private key and certificate of the server, PEM. */
  readonly key: string;
  readonly cert: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;

/**
 * The certificates kept in a directory, made there where there are none: an authority that is thrown away at once (its
 * key is never written) and a certificate of it for `localhost` and `127.0.0.1`, good for a week.
 */
export async function createCertificates(directory: string): Promise<Certificates> {
  const file = (name: string): string => join(directory, name);
  if (!existsSync(file('cert.pem'))) {
    const { ca, key, cert } = await generate();
    await writeFile(file('ca.pem'), ca);
    await writeFile(file('key.pem'), key, { mode: 0o600 });
    // Last: whoever sees it sees the others.
    await writeFile(file('cert.pem'), cert);
  }
  const [caPem, key, cert] = await Promise.all(
    ['ca.pem', 'key.pem', 'cert.pem'].map((name) => readFile(file(name), 'utf8')),
  );
  if (!caPem || !key || !cert) throw new Error(`The certificates in ${directory} are empty.`);
  return { caFile: file('ca.pem'), caPem, key, cert };
}

async function generate(): Promise<{ ca: string; key: string; cert: string }> {
  // Loaded here, after the polyfill it asks for, and only where certificates are made.
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as never);
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 7 * DAY) };

  const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Sandbox throw-away authority',
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });

  const serverKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const server = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey), 'PRIVATE KEY');
  return { ca: authority.toString('pem'), key, cert: server.toString('pem') };
}
