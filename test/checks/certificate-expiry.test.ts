import certificateExpiry from '../../src/checks/certificate-expiry';
import type { Credential } from '../../src/inventory/model';
import {
  aCertificate,
  anApplication,
  aPrincipalsLinkedService,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aWorkspace,
  guid,
} from '../fixtures/facts';
import { judge, judgeOne, type SomeFacts } from '../fixtures/judge';

function onApplication(...credentials: Credential[]): SomeFacts {
  return {
    applications: [anApplication({ credentials })],
    servicePrincipals: [aServicePrincipal()],
    workspaces: [aWorkspace()],
    synapseRoleAssignments: [aSynapseRoleAssignment()],
  };
}

test('a certificate is judged like a secret, with its own error and commands', () => {
  const verdict = judgeOne(certificateExpiry, onApplication(aCertificate({ endsInDays: 6 })));
  expect(verdict).toMatchObject({ status: 'fail', severity: 'high', subject: { kind: 'certificate' } });
  expect(verdict.message).toBe(
    'Certificate “CN=loader” of application “Nightly loader” expires in 6 days (2026-11-28). From then on every sign-in with it fails (AADSTS700027). The principal has roles that concern 1 workspace: “contoso”.',
  );
  expect(verdict.remediation).toContain(
    `az ad app credential reset --id ${guid(102)} --append --cert @new-certificate.pem`,
  );
  expect(verdict.remediation).toContain(`az ad app credential delete --id ${guid(102)} --key-id ${guid(1002)} --cert`);
});

test('a certificate stops the linked services that sign in with one, not those that sign in with a secret', () => {
  const signIn = { method: 'servicePrincipalCertificate', evidence: [] } as const;
  const facts = {
    ...onApplication(aCertificate({ endsInDays: 6 })),
    linkedServices: [aPrincipalsLinkedService({ signIn })],
  };
  expect(judgeOne(certificateExpiry, facts).message).toContain('1 linked service depends on it: “orders”;');
  expect(judgeOne(certificateExpiry, { ...facts, linkedServices: [aPrincipalsLinkedService()] }).message).toContain(
    'Linked services sign in as the principal with a secret instead: “orders”.',
  );
});

test('secrets are left to the check on secrets', () => {
  expect(judge(certificateExpiry, onApplication(aSecret({ endsInDays: 1 })))).toEqual([]);
});

test('a certificate that was replaced is only to be removed, as a certificate', () => {
  const old = aCertificate({ endsInDays: 3, startedDaysAgo: 360 });
  const fresh = aCertificate({ keyId: guid(1003), startedDaysAgo: 2 });
  const [verdict] = judge(certificateExpiry, onApplication(old, fresh));
  expect(verdict).toMatchObject({ severity: 'low', evidence: { replacedBy: guid(1003) } });
  expect(verdict).toHaveProperty('remediation', expect.stringMatching(/delete --id \S+ --key-id \S+ --cert$/));
});

describe('a SAML signing certificate', () => {
  const signing = aCertificate({ usage: 'samlSigning', endsInDays: 6, startedDaysAgo: 360 });
  const onPrincipal = (...credentials: Credential[]): SomeFacts => ({
    ...onApplication(),
    servicePrincipals: [aServicePrincipal({ credentials })],
  });

  test('stops no linked service', () => {
    const method = 'servicePrincipalCertificate';
    const linkedServices = [aPrincipalsLinkedService({ signIn: { method, evidence: [] } })];
    const { message, evidence } = judgeOne(certificateExpiry, { ...onPrincipal(signing), linkedServices });
    expect(message).not.toContain('inked service');
    expect(evidence['linkedServices']).toEqual([]);
    const bySecret = { ...onPrincipal(signing), linkedServices: [aPrincipalsLinkedService()] };
    expect(judgeOne(certificateExpiry, bySecret).message).not.toContain('inked service');
  });

  test('is one finding for the pair, about single sign-on', () => {
    const verdict = judgeOne(certificateExpiry, onPrincipal(signing));
    expect(verdict.message).toBe(
      'SAML signing certificate (the pair counts as one) “CN=loader” of service principal “Nightly loader” expires in 6 days (2026-11-28). From then on single sign-on to the application fails, as its signatures are refused. The principal has roles that concern 1 workspace: “contoso”.',
    );
    expect(verdict.remediation).toMatch(/^In the portal open Enterprise applications .* Add a new certificate/);
  });

  test('that was replaced leaves to see that the new one is active', () => {
    const [verdict] = judge(
      certificateExpiry,
      onPrincipal(signing, aCertificate({ keyId: guid(1003), usage: 'samlSigning', startedDaysAgo: 2 })),
    );
    expect(verdict).toMatchObject({ severity: 'low' });
    expect(verdict).toHaveProperty(
      'remediation',
      expect.stringContaining('See that the new certificate is the active one'),
    );
  });

  test('is not replaced by a certificate for signing in', () => {
    const [verdict] = judge(
      certificateExpiry,
      onPrincipal(signing, aCertificate({ keyId: guid(1003), startedDaysAgo: 2 })),
    );
    expect(verdict).toMatchObject({ severity: 'high' });
  });
});
