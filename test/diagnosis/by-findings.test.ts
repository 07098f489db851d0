import type { Evidence, Finding, Subject } from '../../src/audit/finding';
import checks from '../../src/checks';
import { diagnoseRun, diagnoseText } from '../../src/diagnosis/by-report';
import type { CauseId } from '../../src/diagnosis/causes';
import { explain } from '../../src/diagnosis/explain';
import { aWorkspace, NOW } from '../fixtures/facts';
import { aFinding } from '../storage/stored-things';

const ENDED = '2026-11-20T00:00:00.000Z';
const secret = { kind: 'secret', id: 'x', name: 'x' } as const;

/** A check, what it found, the error that is pasted, and the cause that the finding tells of; `null`: of none. */
const TOLD: readonly (readonly [string, Evidence, Subject, string, CauseId | null])[] = [
  ['secret-expiry', { endsAt: ENDED }, secret, 'mise12034', 'secret-expired'],
  ['secret-expiry', { endsAt: '2027-01-01T00:00:00.000Z' }, secret, 'mise12034', null],
  ['certificate-expiry', { endsAt: ENDED }, secret, 'AADSTS700027', 'certificate-expired'],
  ['expired-credential-in-use', {}, secret, 'mise12034', 'secret-expired'],
  ['expired-credential-in-use', {}, { ...secret, kind: 'certificate' }, 'AADSTS700027', 'certificate-expired'],
  ['invalid-credential-use', {}, secret, 'AADSTS7000215', 'wrong-secret'],
  ['principal-disabled', {}, secret, 'AADSTS7000112', 'principal-disabled'],
  ['disabled-principal-sign-in', {}, secret, 'AADSTS7000112', 'principal-disabled'],
  ['key-vault-credential-expiry', { state: 'missing' }, secret, 'SecretNotFound', 'vault-secret-missing'],
  ['key-vault-credential-expiry', { state: 'disabled' }, secret, 'SecretDisabled', 'vault-secret-unusable'],
  [
    'key-vault-credential-expiry',
    { state: 'enabled', endsAt: ENDED },
    secret,
    'SecretDisabled',
    'vault-secret-unusable',
  ],
  ['key-vault-credential-expiry', { state: 'enabled', endsAt: null }, secret, 'SecretDisabled', null],
  [
    'managed-identity-key-vault-access',
    { unreadableSecrets: ['a'], doesNotCount: [] },
    secret,
    'ForbiddenByRbac',
    'vault-access-missing',
  ],
  [
    'managed-identity-key-vault-access',
    { unreadableSecrets: [], doesNotCount: [], reachableFrom: 'closed' },
    secret,
    'ForbiddenByFirewall',
    'vault-firewall',
  ],
  ['managed-identity-storage-access', {}, secret, 'AuthorizationPermissionMismatch', 'storage-role-missing'],
  ['synapse-pipeline-permission', {}, secret, 'credentials/useSecret/action', 'use-secret-missing'],
  [
    'linked-service-authentication',
    { signIn: 'unknown' },
    secret,
    "login failed for user ''",
    'authentication-not-stated',
  ],
  [
    'linked-service-authentication',
    { signIn: 'missingCredential' },
    secret,
    'InvalidCredentialReference',
    'credential-missing',
  ],
  [
    'linked-service-authentication',
    { signIn: 'systemAssignedIdentity', managedIdentities: 'none' },
    secret,
    'managed identity not supported',
    'identity-not-supported',
  ],
  [
    'linked-service-authentication',
    { signIn: 'userAssignedIdentity', managedIdentities: 'systemAssigned' },
    secret,
    'managed identity not supported',
    'identity-not-supported',
  ],
  [
    'linked-service-authentication',
    { signIn: 'systemAssignedIdentity', managedIdentities: 'both' },
    secret,
    'managed identity not supported',
    null,
  ],
  ['managed-identity-sql-control', {}, secret, 'token-identified principal', 'sql-user-missing'],
  ['federated-credential', {}, secret, 'AADSTS700213', 'federated-credential-mismatch'],
  ['blocked-by-policy', {}, secret, 'AADSTS53003', 'conditional-access'],
  ['outdated-azure-powershell', {}, secret, 'mise12034', 'outdated-azure-powershell'],
  ['authentication-drift', {}, secret, 'mise12034', 'changed-setting'],
  ['public-network-access', {}, secret, 'mise12034', null],
];

test.each(TOLD)('%s with %j of %j explains “%s”: %s', (checkId, evidence, subject, text, cause) => {
  const finding = aFinding({ checkId, evidence, subject });
  const { causes } = diagnoseText(text, { now: NOW, findings: [finding], workspace: null });
  const told = causes.filter(({ evidenceFor }) => evidenceFor.length > 0).map(({ id }) => id);
  expect(told).toEqual(cause === null ? [] : [cause]);
});

/** Causes that only the tenant shows need a finding that names what the error names. */
const NAMED: readonly (readonly [string, Evidence, Subject['kind'], string, CauseId])[] = [
  [
    'managed-identity-key-vault-access',
    { unreadableSecrets: ['a'], doesNotCount: ['Owner'] },
    'linkedService',
    'ForbiddenByRbac',
    'vault-permission-model',
  ],
  [
    'workspace-managed-identity',
    {},
    'workspace',
    "Authentication failed for 'Microsoft.ManagedIdentity'",
    'identity-missing',
  ],
  [
    'workspace-managed-identity',
    {},
    'identity',
    "Authentication failed for 'Microsoft.ManagedIdentity'",
    'identity-deleted',
  ],
  [
    'user-assigned-identity',
    { identity: 'exists', attached: false },
    'workspaceCredential',
    "Authentication failed for 'Microsoft.ManagedIdentity'",
    'identity-not-attached',
  ],
  [
    'user-assigned-identity',
    { identity: 'deleted', attached: false },
    'workspaceCredential',
    "Authentication failed for 'Microsoft.ManagedIdentity'",
    'identity-deleted',
  ],
  ['orphaned-role-assignment', {}, 'roleAssignment', 'AuthorizationPermissionMismatch', 'orphaned-assignment'],
  ['principal-disabled', {}, 'application', 'AADSTS700016', 'principal-deleted'],
  [
    'pipeline-authentication-failure',
    { cause: 'role-propagation', certainty: 'certain' },
    'vault',
    'ForbiddenByRbac',
    'role-propagation',
  ],
];

test.each(NAMED)('%s with %j of a %s explains “%s” of the same thing: %s', (checkId, evidence, kind, text, cause) => {
  const finding = aFinding({ checkId, evidence, subject: { id: '/x/contosothing', kind, name: 'x' } });
  const pasted = (error: string) =>
    diagnoseText(error, { now: NOW, findings: [finding], workspace: null }).causes.find(({ id }) => id === cause);
  expect(pasted(`${text} https://contosothing.vault.azure.net`)).toMatchObject({ certainty: 'likely' });
  expect(pasted(`${text} https://contosoother.vault.azure.net`)).toBeUndefined();
});

test('what the check itself called only possible explains nothing', () => {
  const finding = aFinding({
    checkId: 'pipeline-authentication-failure',
    evidence: { cause: 'secret-expired', certainty: 'possible' },
  });
  const { causes } = diagnoseText('mise12034', { now: NOW, findings: [finding], workspace: null });
  expect(causes.filter(({ evidenceFor }) => evidenceFor.length > 0)).toEqual([]);
});

test('every check that is asked exists, and so does its way of telling', () => {
  const ids = new Set(checks.map(({ id }) => id));
  expect([...TOLD, ...NAMED].map(([id]) => id).filter((id) => !ids.has(id))).toEqual([]);
});

test('a finding of a principal that Synapse does not use is only possible', () => {
  const finding = aFinding({ evidence: { endsAt: ENDED, usedBySynapse: false } });
  const { causes } = diagnoseText('mise12034', { now: NOW, findings: [finding], workspace: null });
  expect(causes.find(({ id }) => id === 'secret-expired')).toMatchObject({ certainty: 'possible', about: null });
});

describe('a run that was explained', () => {
  const ofRun = (evidence: Evidence, changes: Partial<Finding> = {}) =>
    aFinding({
      checkId: 'pipeline-authentication-failure',
      scope: aWorkspace().id,
      evidence: { runIds: ['run-1'], ...evidence },
      ...changes,
    });

  test('comes back as it was, other causes and what was ruled out included', () => {
    const answer = diagnoseRun(
      'run-1',
      [
        aFinding(),
        ofRun({
          cause: 'storage-firewall',
          certainty: 'likely',
          because: 'the firewall of “lake” does not let it in',
          errors: ['Data Lake Storage: forbidden'],
          codes: ['X'],
          evidenceFor: ['a'],
          evidenceAgainst: ['b'],
          otherCauses: ['role-propagation (possible): too late', 'nonsense', 'unheard-of (likely): x'],
          ruledOut: ['the workspace has no managed identity: It has one.', 'nonsense'],
          couldNotLookAt: ['Firewalls'],
        }),
      ],
      'contoso',
    );
    expect(answer).toMatchObject({
      basis: 'inventory',
      isAuthentication: true,
      errors: [{ id: 'storage-forbidden' }],
      codes: ['X'],
      causes: [
        {
          id: 'storage-firewall',
          certainty: 'likely',
          sentence: 'the firewall of “lake” does not let it in',
          evidenceFor: ['a'],
          evidenceAgainst: ['b'],
        },
        { id: 'role-propagation', certainty: 'possible', sentence: 'too late' },
      ],
      ruledOut: [{ id: 'identity-missing', why: 'It has one.' }],
      couldNotLookAt: [{ what: 'Firewalls', permission: null }],
    });
    expect(answer?.answer).toMatch(/^Likely cause: the firewall of “lake” does not let it in\./);
  });

  test('of another version of the report has what can be read of it', () => {
    expect(diagnoseRun('run-1', [ofRun({ cause: 'unheard-of', certainty: 7 })], null)).toMatchObject({
      causes: [],
      errors: [],
    });
    expect(
      diagnoseRun('run-1', [ofRun({ cause: 'secret-expired', certainty: 'sure' })], null)?.causes[0],
    ).toMatchObject({
      certainty: 'possible',
      sentence: 'the client secret of the service principal has expired',
    });
  });

  test('is none of another check’s, nor of another workspace’s', () => {
    expect(diagnoseRun('run-1', [ofRun({}, { checkId: 'secret-expiry' })], null)).toBeUndefined();
    expect(diagnoseRun('run-1', [ofRun({})], 'other')).toBeUndefined();
  });
});

test('without findings nothing is called open, with none everything is as the error says', () => {
  const failure = { text: 'AADSTS7000222', errorCodes: [], pipeline: null, at: null };
  const known = { now: NOW, tenantId: null, workspace: null, sources: {}, drift: null };
  expect(explain(failure, { ...known, findings: [] })).toMatchObject({ basis: 'report', couldNotLookAt: [] });
});
