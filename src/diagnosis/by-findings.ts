/** What the open findings of a report say about a cause: all that is known where no tenant can be read. */
import type { Evidence, Finding } from '../audit/finding';
import { CAUSES, type CauseId } from './causes';
import type { Case } from './case';
import type { Suspicion } from './error-catalogue';
import type { Judgement } from './rule';

/** Which cause a finding of a check tells of; `null`: none yet, as what it warns of has not come. */
const TOLD_BY: Readonly<Record<string, (finding: Finding, now: Date) => CauseId | null>> = {
  'secret-expiry': ({ evidence }, now) => (hasEnded(evidence, now) ? 'secret-expired' : null),
  'certificate-expiry': ({ evidence }, now) => (hasEnded(evidence, now) ? 'certificate-expired' : null),
  'expired-credential-in-use': ({ subject }) =>
    subject.kind === 'certificate' ? 'certificate-expired' : 'secret-expired',
  'invalid-credential-use': () => 'wrong-secret',
  'principal-disabled': ({ subject }) => (subject.kind === 'application' ? 'principal-deleted' : 'principal-disabled'),
  'disabled-principal-sign-in': () => 'principal-disabled',
  'key-vault-credential-expiry': ({ evidence }, now) => {
    if (evidence['state'] === 'missing') {
      return 'vault-secret-missing';
    }
    return evidence['state'] === 'disabled' || hasEnded(evidence, now) ? 'vault-secret-unusable' : null;
  },
  'managed-identity-key-vault-access': ({ evidence }) => {
    if (isEmpty(evidence['unreadableSecrets']) && evidence['reachableFrom'] === 'closed') {
      return 'vault-firewall';
    }
    return isEmpty(evidence['doesNotCount']) ? 'vault-access-missing' : 'vault-permission-model';
  },
  'managed-identity-storage-access': () => 'storage-role-missing',
  'synapse-pipeline-permission': () => 'use-secret-missing',
  'workspace-managed-identity': ({ subject }) =>
    subject.kind === 'workspace' ? 'identity-missing' : 'identity-deleted',
  'user-assigned-identity': ({ evidence }) => {
    if (evidence['identity'] === 'deleted') {
      return 'identity-deleted';
    }
    return evidence['attached'] === false ? 'identity-not-attached' : null;
  },
  'linked-service-authentication': ({ evidence }) => {
    const method = evidence['signIn'];
    const identities = evidence['managedIdentities'];
    if (method === 'missingCredential') {
      return 'credential-missing';
    }
    if (method === 'unknown') {
      return 'authentication-not-stated';
    }
    const wanted = method === 'systemAssignedIdentity' ? 'systemAssigned' : 'userAssigned';
    const isIdentity = method === 'systemAssignedIdentity' || method === 'userAssignedIdentity';
    return isIdentity && identities !== 'both' && identities !== 'unknown' && identities !== wanted
      ? 'identity-not-supported'
      : null;
  },
  'orphaned-role-assignment': () => 'orphaned-assignment',
  'managed-identity-sql-control': () => 'sql-user-missing',
  'federated-credential': () => 'federated-credential-mismatch',
  'blocked-by-policy': () => 'conditional-access',
  'outdated-azure-powershell': () => 'outdated-azure-powershell',
  'authentication-drift': () => 'changed-setting',
  // What it explained of a run explains a pasted error about the same thing.
  'pipeline-authentication-failure': ({ evidence: { cause, certainty } }) =>
    typeof cause === 'string' && Object.hasOwn(CAUSES, cause) && certainty !== 'possible' ? (cause as CauseId) : null,
};

function hasEnded(evidence: Evidence, now: Date): boolean {
  const endsAt = evidence['endsAt'];
  return typeof endsAt === 'string' && endsAt <= now.toISOString();
}

function isEmpty(value: Evidence[string] | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** What checks of a cause could not look at: their findings say why. */
export function blindFindings({ known }: Case, causes: readonly CauseId[]): readonly Finding[] {
  const checks = new Set(CHECKS.filter(([, told]) => told.some((cause) => causes.includes(cause))).map(([id]) => id));
  return (known.findings ?? []).filter(({ status, checkId }) => status === 'notEvaluated' && checks.has(checkId));
}

/** Checks with the causes that they may tell of. */
const CHECKS: readonly (readonly [string, readonly CauseId[]])[] = [
  ['secret-expiry', ['secret-expired']],
  ['certificate-expiry', ['certificate-expired']],
  ['principal-disabled', ['principal-disabled', 'principal-deleted']],
  ['key-vault-credential-expiry', ['vault-secret-missing', 'vault-secret-unusable']],
  ['managed-identity-key-vault-access', ['vault-access-missing', 'vault-permission-model', 'vault-firewall']],
  ['managed-identity-storage-access', ['storage-role-missing']],
  ['synapse-pipeline-permission', ['use-secret-missing', 'synapse-role-missing']],
  ['workspace-managed-identity', ['identity-missing', 'identity-deleted', 'identity-not-ready']],
  ['user-assigned-identity', ['identity-not-attached', 'identity-deleted']],
  ['linked-service-authentication', ['identity-not-supported', 'credential-missing', 'authentication-not-stated']],
  ['orphaned-role-assignment', ['orphaned-assignment']],
];

/**
 * Findings that name what the error names say that it is so here. Others of the cause are shown as possible, and as
 * likely where there is but one and the error names nothing at all.
 */
export function judgeByFindings(one: Case, cause: CauseId, base: Suspicion[1]): Judgement {
  const { known } = one;
  const all = (known.findings ?? []).filter(
    (finding) => finding.status === 'fail' && TOLD_BY[finding.checkId]?.(finding, known.now) === cause,
  );
  const clues = cluesIn(one);
  const about = all.filter((finding) => clues.some((clue) => mentions(finding, clue)));
  const [first, ...more] = about.length > 0 ? about : all;
  const saysNothing = clues.length === 0;
  if (first === undefined || (about.length === 0 && (!saysNothing || base === 'onlyIfSeen'))) {
    return null;
  }
  const isIt = about.length > 0;
  const onlyOne = more.length === 0 && first.evidence['usedBySynapse'] !== false;
  return {
    seen: {
      certainty: isIt
        ? base === 'certain'
          ? 'certain'
          : 'likely'
        : base === 'certain'
          ? 'certain'
          : onlyOne
            ? 'likely'
            : 'possible',
      evidenceFor: [first, ...more].slice(0, 3).map(({ message }) => `Open finding: ${message}`),
      ...(!isIt && { evidenceAgainst: ['The error names nothing by which to tell whether it is this one.'] }),
      ...((isIt || onlyOne) && {
        about: { key: first.subject.id, kind: first.subject.kind, name: first.subject.name },
        remedy: [first.remediation],
      }),
    },
  };
}

/**
 * Findings without those of other workspaces than the named one, where one is named; what concerns the whole tenant stays.
 * @param workspace name, compared without case
 */
export function findingsIn(findings: readonly Finding[], workspace: string | null): readonly Finding[] {
  const end = `/workspaces/${workspace?.toLowerCase() ?? ''}`;
  return workspace === null
    ? findings
    : findings.filter(({ scope }) => !scope.includes('/microsoft.synapse/workspaces/') || scope.endsWith(end));
}

function cluesIn({ error, failure }: Case): readonly string[] {
  return [
    ...error.applicationIds,
    ...error.principalIds,
    ...error.otherIds,
    ...error.resources.filter((name) => name.length > 3),
    ...(failure.pipeline === null ? [] : [`/${failure.pipeline.toLowerCase()}`]),
  ];
}

function mentions({ subject, evidence }: Finding, clue: string): boolean {
  const values = [subject.id, subject.name, ...Object.values(evidence).flat()];
  return values.some((value) => {
    const text = typeof value === 'string' ? value.toLowerCase() : '';
    // A pipeline is named `workspace/pipeline`: another one may begin alike.
    return clue.startsWith('/') ? text.endsWith(clue) : text.includes(clue);
  });
}
