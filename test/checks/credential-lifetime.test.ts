import credentialLifetime from '../../src/checks/credential-lifetime';
import type { Credential, CredentialLimit } from '../../src/inventory/model';
import {
  aCertificate,
  anApplication,
  anAppManagementPolicy,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aWorkspace,
  guid,
  inDays,
  NOW,
} from '../fixtures/facts';
import { judge, judgeOne, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const of = (...credentials: Credential[]): SomeFacts => ({
  applications: [anApplication({ credentials })],
  servicePrincipals: [aServicePrincipal()],
  workspaces: [aWorkspace()],
  synapseRoleAssignments: [aSynapseRoleAssignment()],
  appManagementPolicies: [anAppManagementPolicy()],
});
/** Valid for that many days, of which ten are gone. */
const lasting = (days: number, changes: Partial<Credential> = {}): Credential =>
  aSecret({ startedDaysAgo: 10, endsInDays: days - 10, ...changes });
const judged = (credential: Credential, options: unknown = {}): FlatVerdict =>
  judgeOne(credentialLifetime, of(credential), { options });

test('a secret for a year passes', () => {
  expect(judged(lasting(365))).toMatchObject({
    status: 'pass',
    subject: { id: `${guid(101)}/${guid(1001)}`, kind: 'secret', name: 'Nightly loader / ci-2026' },
    message:
      'Secret “ci-2026” of application “Nightly loader” is valid for 365 days (until 2027-11-12), within the 365 that the option maxDays allows.',
    evidence: { lifetimeDays: 365, limitDays: 365, tenantPolicy: 'read' },
  });
});

describe('a secret without end', () => {
  const endless = aSecret({ endsAt: null });

  test('fails', () => {
    expect(judged(endless)).toMatchObject({
      status: 'fail',
      severity: 'medium',
      message:
        'Secret “ci-2026” of application “Nightly loader” never ends: whoever has seen it can sign in for ever, and nothing makes anybody replace it. The principal has roles that concern 1 workspace: “contoso”.',
      evidence: { validUntil: null, lifetimeDays: null, workspaces: ['contoso'] },
    });
  });

  test('is replaced by one that ends in time, then removed', () => {
    expect(judged(endless).remediation).toBe(
      [
        'Add one that ends in time beside it:',
        `az ad app credential reset --id ${guid(102)} --append --display-name rotated-2026-11-22 --end-date 2027-11-22`,
        'Switch whoever signs in with this one (the sign-in log shows its key id), then remove it:',
        `az ad app credential delete --id ${guid(102)} --key-id ${guid(1001)}`,
      ].join('\n'),
    );
  });
});

describe('a credential that lasts too long fails low', () => {
  test.each<[string, Credential, FlatVerdict['status']]>([
    ['a secret of a leap year', lasting(366), 'pass'],
    ['a secret of 367 days', lasting(367), 'fail'],
    ['a certificate of two years', lasting(731, { kind: 'certificate' }), 'pass'],
    ['a certificate of 732 days', lasting(732, { kind: 'certificate' }), 'fail'],
    ['a SAML signing certificate of three years', lasting(1096, { kind: 'certificate', usage: 'samlSigning' }), 'pass'],
    ['a SAML signing certificate of 1,097 days', lasting(1097, { kind: 'certificate', usage: 'samlSigning' }), 'fail'],
  ])('%s: %s', (_, credential, status) => {
    expect(judged(credential)).toMatchObject({ status, severity: status === 'fail' ? 'low' : null });
  });

  test('and it is said by how much and for how long', () => {
    expect(judged(lasting(400)).message).toBe(
      'Secret “ci-2026” of application “Nightly loader” is valid for 400 days (until 2027-12-17); the option maxDays allows 365. Until then everybody who has seen it can sign in. The principal has roles that concern 1 workspace: “contoso”.',
    );
  });

  test.each([
    ['maxDays', lasting(100)],
    ['maxCertificateDays', lasting(100, { kind: 'certificate' })],
    ['maxSamlDays', lasting(100, { kind: 'certificate', usage: 'samlSigning' })],
  ])('by the option %s', (option, credential) => {
    expect(judged(credential, { [option]: 98 })).toMatchObject({
      status: 'fail',
      evidence: { limitDays: 98, limitSetBy: `the option ${option}` },
    });
    expect(judged(credential, { [option]: 99 }).status).toBe('pass');
  });

  test('with the way that fits its kind', () => {
    expect(judged(aCertificate({ endsAt: null })).remediation).toMatch(
      /--append --cert @new-certificate\.pem[^]*--key-id \S+ --cert$/,
    );
    expect(judged(aCertificate({ endsAt: null, usage: 'samlSigning' })).remediation).toContain('SAML certificates');
    const servicePrincipals = [aServicePrincipal({ credentials: [aSecret({ endsAt: null })] })];
    const [onPrincipal] = judge(credentialLifetime, { ...of(), servicePrincipals });
    expect(onPrincipal).toMatchObject({
      remediation: expect.stringContaining(`az ad sp credential reset --id ${guid(103)}`) as string,
    });
  });
});

test('where the start is not known, what is left counts', () => {
  expect(judged(aSecret({ startsAt: null, endsInDays: 366 }))).toMatchObject({
    status: 'pass',
    message: expect.stringContaining('is valid for another 366 days') as string,
    evidence: { validFrom: null },
  });
  expect(judged(aSecret({ startsAt: null, endsInDays: 367 })).status).toBe('fail');
});

test('what has ended is not judged: its end is another check’s', () => {
  expect(
    judge(
      credentialLifetime,
      of(aSecret({ endsAt: NOW }), aSecret({ keyId: guid(1003), startedDaysAgo: 900, endsInDays: -1 })),
    ),
  ).toEqual([]);
});

describe('nothing in Synapse uses the principal', () => {
  const unused = { ...of(aSecret({ endsAt: null })), synapseRoleAssignments: [] };

  test('ranks one step lower', () => {
    expect(judgeOne(credentialLifetime, unused)).toMatchObject({
      severity: 'low',
      message: expect.stringContaining('No role that concerns Synapse is known.') as string,
    });
  });

  test('as does one that never signed in to this tenant', () => {
    expect(judgeOne(credentialLifetime, { ...unused, servicePrincipals: [] }).severity).toBe('low');
  });

  test.each(['synapseRoleAssignments', 'azureRoleAssignments', 'workspaces', 'groups', 'storageAccounts'] as const)(
    'but not while %s are incomplete',
    (source) => {
      expect(judgeOne(credentialLifetime, unused, { incomplete: [source] }).severity).toBe('medium');
    },
  );
});

describe('the tenant’s own policy', () => {
  const limit = (changes: Partial<CredentialLimit> = {}): CredentialLimit => ({
    kind: 'secret',
    maxDays: 90,
    createdAfter: null,
    ...changes,
  });
  const underPolicy = (limits: CredentialLimit[], facts: SomeFacts = of(lasting(100))): FlatVerdict =>
    judgeOne(credentialLifetime, {
      ...facts,
      appManagementPolicies: [anAppManagementPolicy({ applicationLimits: limits })],
    });

  test('counts where it is stricter', () => {
    expect(underPolicy([limit()])).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('; the tenant’s app management policy allows 90.') as string,
      evidence: { limitDays: 90, limitSetBy: 'the tenant’s app management policy' },
      remediation: expect.stringContaining('--end-date 2027-02-20') as string,
    });
  });

  test('leaves the word to the option where both allow the same', () => {
    const verdict = underPolicy([limit({ maxDays: 365 })]);
    expect(verdict.evidence['limitSetBy']).toBe('the option maxDays');
  });

  test.each<[string, CredentialLimit]>([
    ['is laxer', limit({ maxDays: 1000 })],
    ['is about certificates', limit({ kind: 'certificate' })],
    ['is for younger applications', limit({ createdAfter: inDays(-100) })],
    ['begins in the moment the application was made', limit({ createdAfter: inDays(-900) })],
  ])('does not count where it %s', (_, one) => {
    expect(underPolicy([one])).toMatchObject({ status: 'pass', evidence: { limitDays: 365 } });
  });

  test('counts for applications made after its date, and not where that is unknown', () => {
    const since = limit({ createdAfter: inDays(-901) });
    expect(underPolicy([since]).status).toBe('fail');
    const undated = { ...of(), applications: [anApplication({ createdAt: null, credentials: [lasting(100)] })] };
    expect(underPolicy([since], undated).status).toBe('pass');
    expect(underPolicy([limit()], undated).status).toBe('fail');
  });

  test('has limits of its own for service principals', () => {
    const facts = {
      ...of(),
      servicePrincipals: [aServicePrincipal({ credentials: [lasting(100)] })],
    };
    expect(underPolicy([limit()], facts).status).toBe('pass');
    const appManagementPolicies = [anAppManagementPolicy({ servicePrincipalLimits: [limit()] })];
    expect(judgeOne(credentialLifetime, { ...facts, appManagementPolicies }).status).toBe('fail');
    const dated = [anAppManagementPolicy({ servicePrincipalLimits: [limit({ createdAfter: inDays(-901) })] })];
    const elsewhere = { ...facts, applications: [], appManagementPolicies: dated };
    expect(judgeOne(credentialLifetime, elsewhere).status).toBe('pass');
  });

  test('leaves SAML signing certificates alone', () => {
    const saml = of(lasting(100, { kind: 'certificate', usage: 'samlSigning' }));
    expect(underPolicy([limit({ kind: 'certificate' })], saml).status).toBe('pass');
  });

  test('that could not be read is unknown, and a pass says so', () => {
    const verdict = judgeOne(credentialLifetime, of(lasting(100)), { incomplete: ['appManagementPolicies'] });
    expect(verdict).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(
        /Whether the tenant’s own policy allows less is unknown, as it could not be read\.$/,
      ) as string,
      evidence: { tenantPolicy: 'unknown (subscription production could not be read)' },
    });
  });
});
