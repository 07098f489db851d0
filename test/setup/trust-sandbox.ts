/**
 * Makes TLS clients of the tests trust the authority of this run, and no other: NODE_EXTRA_CA_CERTS is only read when a
 * process starts, which the test runner's processes did long ago.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';

const trusting = Symbol.for('synapse-authentication-auditor.trusting');
const directory = process.env['SANDBOX_CERTIFICATES'];

// Node's own modules are shared by the test files of one process: wrap once.
if (directory && !(trusting in tls.createSecureContext)) {
  const ca = readFileSync(join(directory, 'ca.pem'), 'utf8');
  const original = tls.createSecureContext;
  tls.createSecureContext = Object.assign((options?: tls.SecureContextOptions) => original({ ca, ...options }), {
    [trusting]: true,
  });
}
