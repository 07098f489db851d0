import federatedCredential from '../../src/checks/federated-credential';
import {
  aCertificate,
  aFederatedCredential,
  anApplication,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aWorkspace,
  guid,
} from '../fixtures/facts';
import { anInventory, flat, judge, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const healthy: SomeFacts = {
  applications: [anApplication()],
  servicePrincipals: [aServicePrincipal()],
  workspaces: [aWorkspace()],
  synapseRoleAssignments: [aSynapseRoleAssignment()],
  federatedCredentials: [aFederatedCredential()],
};
const verdicts = (facts: SomeFacts, options: unknown = {}): FlatVerdict[] =>
  judge(federatedCredential, facts, { options }).map(flat);
const [CREDENTIAL, APPLICATION] = [0, 1];

test('one that can match, of an application without secret, passes twice: as such and for the secret', () => {
  expect(verdicts(healthy)).toMatchObject([
    {
      status: 'pass',
      subject: {
        id: `${guid(101)}/federatedIdentityCredentials/${guid(901)}`,
        kind: 'federatedCredential',
        name: 'Nightly loader / production',
        link: expect.stringContaining(`appId/${guid(102)}`) as string,
      },
      message:
        'Federated credential “production” of application “Nightly loader” can match tokens of https://token.actions.githubusercontent.com. The principal has roles that concern 1 workspace: “contoso”.',
      evidence: { faults: [], twins: [] },
    },
    {
      status: 'pass',
      subject: { id: guid(101), kind: 'application', name: 'Nightly loader' },
      message: 'Application “Nightly loader” has 1 federated credential and no valid secret.',
    },
  ]);
});

describe('one that can match no token', () => {
  const wrong = {
    ...healthy,
    federatedCredentials: [aFederatedCredential({ subject: 'repo:contoso/data:refs/heads/main' })],
  };

  test('fails with what is wrong and what stops', () => {
    expect(verdicts(wrong)[CREDENTIAL]).toMatchObject({
      status: 'fail',
      severity: 'medium',
      message: expect.stringMatching(
        /^Federated credential “production” of application “Nightly loader” can match no token: the subject .*\. Sign-ins of that workload are refused\. /,
      ) as string,
      evidence: { subject: 'repo:contoso/data:refs/heads/main', faults: [expect.stringContaining('refs/heads/main')] },
    });
  });

  test('is mended by a command that keeps what is right', () => {
    expect(verdicts(wrong)[CREDENTIAL]?.remediation).toContain(
      `az ad app federated-credential update --id ${guid(102)} --federated-credential-id ${guid(901)} --parameters '{"issuer":"https://token.actions.githubusercontent.com","subject":"<sub>","audiences":["api://AzureADTokenExchange"]}'`,
    );
    const issuer = { ...healthy, federatedCredentials: [aFederatedCredential({ issuer: 'x' })] };
    expect(verdicts(issuer)[CREDENTIAL]?.remediation).toContain(
      '{"issuer":"<iss>","subject":"repo:contoso/data:environment:production",',
    );
  });

  test('is not told a subject where an expression is matched', () => {
    const flexible = { ...healthy, federatedCredentials: [aFederatedCredential({ subject: null, audiences: ['x'] })] };
    expect(verdicts(flexible)[CREDENTIAL]?.remediation).not.toContain('"subject"');
  });

  test('may be right by an audience of one’s own', () => {
    const own = { ...healthy, federatedCredentials: [aFederatedCredential({ audiences: ['urn:own'] })] };
    expect(verdicts(own)[CREDENTIAL]?.status).toBe('fail');
    expect(verdicts(own, { audiences: ['urn:own'] })[CREDENTIAL]?.status).toBe('pass');
    expect(verdicts(own, { audiences: ['urn:other', 'urn:own'] })[CREDENTIAL]?.status).toBe('pass');
  });

  test('has to have some audience that is right', () => {
    expect(federatedCredential.options.safeParse({ audiences: [] }).success).toBe(false);
  });

  test('says all that is wrong', () => {
    const both = { ...healthy, federatedCredentials: [aFederatedCredential({ issuer: '', audiences: ['x'] })] };
    const { message, evidence } = verdicts(both)[CREDENTIAL]!;
    expect(evidence['faults']).toHaveLength(2);
    expect(message).toContain(`can match no token: ${(evidence['faults'] as string[]).join('; ')}.`);
  });
});

test('two for the same workload fail low: only one can be spelt as the token is', () => {
  const twins = [
    aFederatedCredential(),
    aFederatedCredential({ id: guid(902), name: 'again', subject: 'repo:Contoso/data:environment:production' }),
    aFederatedCredential({ id: guid(903), name: 'other', subject: 'repo:contoso/data:pull_request' }),
  ];
  const all = verdicts({ ...healthy, federatedCredentials: twins });
  expect(all.map(({ status, severity }) => [status, severity])).toEqual([
    ['fail', 'low'],
    ['fail', 'low'],
    ['pass', null],
    ['pass', null],
  ]);
  expect(all[0]).toMatchObject({
    message: expect.stringContaining('and “again” mean the same issuer and subject') as string,
    evidence: { twins: ['again'] },
    remediation: expect.stringContaining(
      `federated-credential delete --id ${guid(102)} --federated-credential-id ${guid(901)}`,
    ) as string,
  });
});

test('the same workload may be trusted by two applications', () => {
  const facts = {
    ...healthy,
    applications: [anApplication(), anApplication({ id: guid(111), appId: guid(112) })],
    servicePrincipals: [aServicePrincipal(), aServicePrincipal({ id: guid(113), appId: guid(112) })],
    synapseRoleAssignments: [aSynapseRoleAssignment(), aSynapseRoleAssignment({ principalId: guid(113) })],
    federatedCredentials: [aFederatedCredential(), aFederatedCredential({ id: guid(902), applicationId: guid(111) })],
  };
  expect(verdicts(facts).map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass']);
});

describe('a secret beside a federated credential', () => {
  const withSecrets = (...credentials: ReturnType<typeof aSecret>[]): SomeFacts => ({
    ...healthy,
    applications: [anApplication({ credentials })],
  });

  test('fails low while it is valid, with the command that removes it', () => {
    expect(verdicts(withSecrets(aSecret()))[APPLICATION]).toMatchObject({
      status: 'fail',
      severity: 'low',
      message:
        'Application “Nightly loader” has 1 federated credential and still 1 valid secret (“ci-2026”): each can be stolen and used from anywhere, though it is no longer needed. The principal has roles that concern 1 workspace: “contoso”.',
      evidence: { validSecrets: ['ci-2026'], keyIds: [guid(1001)] },
      remediation: expect.stringContaining(
        `az ad app credential delete --id ${guid(102)} --key-id ${guid(1001)}`,
      ) as string,
    });
  });

  test.each([
    ['ends in a millisecond', aSecret({ endsInDays: 1 / 86_400_000 }), 'fail'],
    ['ends now', aSecret({ endsInDays: 0 }), 'pass'],
    ['never ends', aSecret({ endsAt: null }), 'fail'],
    ['is a certificate', aCertificate(), 'pass'],
  ])('that %s: %s', (_, credential, status) => {
    expect(verdicts(withSecrets(credential))[APPLICATION]?.status).toBe(status);
  });

  test('without a name is named by its key id', () => {
    expect(verdicts(withSecrets(aSecret({ displayName: null })))[APPLICATION]?.evidence['validSecrets']).toEqual([
      guid(1001),
    ]);
  });

  test('on the service principal counts as well, and is removed there', () => {
    const facts = { ...healthy, servicePrincipals: [aServicePrincipal({ credentials: [aSecret()] })] };
    expect(verdicts(facts)[APPLICATION]?.remediation).toContain(
      `az ad sp credential delete --id ${guid(103)} --key-id ${guid(1001)}`,
    );
  });

  test('stays needed while no federated credential can match, and that is said', () => {
    const facts = { ...withSecrets(aSecret()), federatedCredentials: [aFederatedCredential({ issuer: '' })] };
    const verdict = verdicts(facts)[APPLICATION];
    expect(verdict?.message).toContain('though federation, once it works, makes it needless');
    expect(verdict?.remediation).toMatch(/^Correct a federated credential first/);
  });

  test.each([
    ['one of two can match', aFederatedCredential({ id: guid(902), name: 'broken', issuer: '' })],
    [
      'one of two twins can match',
      aFederatedCredential({ id: guid(902), name: 'twin', subject: 'repo:Contoso/data:environment:production' }),
    ],
  ])('is needless where %s', (_, second) => {
    const facts = { ...withSecrets(aSecret()), federatedCredentials: [aFederatedCredential(), second] };
    const verdict = verdicts(facts).at(-1)!;
    expect(verdict.message).toContain('though it is no longer needed');
    expect(verdict.evidence['federatedCredentials']).toEqual(['production', second.name]);
    expect(verdict.remediation).toMatch(/^See in the sign-in log .*\n.* where AppId == "\S+102" \| summarize /);
  });
});

describe('is not judged:', () => {
  test.each<[string, SomeFacts]>([
    ['an application without federated credentials', { ...healthy, federatedCredentials: [] }],
    ['one that Synapse does not use', { ...healthy, synapseRoleAssignments: [] }],
    ['one whose service principal is gone', { ...healthy, servicePrincipals: [] }],
  ])('%s', (_, facts) => {
    expect(verdicts(facts)).toEqual([]);
  });

  test('anything where the credentials could not be read', () => {
    const inventory = anInventory(healthy, [aWorkspace()], { federatedCredentials: 'everywhere' });
    expect(run(federatedCredential, inventory)).toMatchObject([
      {
        status: 'notEvaluated',
        sources: ['federatedCredentials'],
        remediation: expect.stringContaining('Application.Read.All') as string,
      },
    ]);
  });
});
