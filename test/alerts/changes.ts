import type { Change } from '../../src/audit/compare';
import { fingerprint, type Finding } from '../../src/audit/finding';
import type { MailRun } from '../../src/alerts/mail-content';
import type { SourceName } from '../../src/inventory/sources';

export const NOW = new Date('2026-11-22T02:13:00Z');
export const TENANT = '11111111-1111-4111-8111-111111111111';
export const PORTAL = 'https://portal.azure.com';
export const SALES =
  '/subscriptions/22222222-2222-4222-8222-222222222222/resourcegroups/rg-data/providers/microsoft.synapse/workspaces/synw-sales';

export function inDays(days: number): string {
  return new Date(NOW.getTime() + days * 86_400_000).toISOString();
}

export function aRun(overrides: Partial<MailRun> = {}): MailRun {
  return {
    runId: '20261122T021000Z-0a1b2c3d',
    baseRunId: '20261121T021000Z-4e5f6a7b',
    finishedAt: NOW,
    tenantId: TENANT,
    overall: 'attention',
    totals: { fail: 4, notEvaluated: 0, pass: 120, notApplicable: 2 },
    severities: { critical: 0, high: 1, medium: 1, low: 2, info: 0 },
    portal: PORTAL,
    ...overrides,
  };
}

/** A secret of an application that two workspaces depend on, six days before its end. */
export function aSecretFinding(overrides: Partial<Finding> = {}): Finding {
  const subject = overrides.subject ?? {
    id: 'aaaaaaaa-0000-4000-8000-000000000001/bbbbbbbb-0000-4000-8000-000000000001',
    kind: 'secret',
    name: 'Nightly loader / ci-2024',
    link: `${PORTAL}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/cccccccc`,
  };
  return {
    fingerprint: fingerprint('secret-expiry', subject.id),
    checkId: 'secret-expiry',
    status: 'fail',
    severity: 'high',
    subject,
    message:
      'Secret “ci-2024” of application “Nightly loader” expires in 6 days (2026-11-28). From then on every sign-in with it fails (AADSTS7000222).',
    evidence: {
      endsAt: inDays(6),
      daysLeft: 6,
      owners: ['Ada Lovelace'],
      workspaces: ['synw-sales', 'synw-finance'],
      roles: ['Synapse Contributor on synw-sales', 'Synapse User on synw-finance'],
    },
    remediation:
      'Add a new credential beside the old one:\naz ad app credential reset --id cccccccc-0000-4000-8000-000000000001 --append --display-name rotated-2026-11-22\nPut it wherever the old one is read, and see that sign-ins succeed. Then remove the old one:\naz ad app credential delete --id cccccccc-0000-4000-8000-000000000001 --key-id bbbbbbbb-0000-4000-8000-000000000001',
    scope: TENANT,
    ...overrides,
  };
}

/** Another secret, told apart by a number. */
export function anotherSecret(number: number, overrides: Partial<Finding> = {}): Finding {
  const id = `aaaaaaaa-0000-4000-8000-${String(number).padStart(12, '0')}/key`;
  return aSecretFinding({ subject: { id, kind: 'secret', name: `Application ${number} / key` }, ...overrides });
}

/** A problem of a workspace, without a date. */
export function aWorkspaceFinding(overrides: Partial<Finding> = {}): Finding {
  const subject = overrides.subject ?? { id: SALES, kind: 'workspace', name: 'synw-sales' };
  return {
    fingerprint: fingerprint('managed-identity-storage-access', subject.id),
    checkId: 'managed-identity-storage-access',
    status: 'fail',
    severity: 'high',
    subject,
    message: 'The managed identity of workspace “synw-sales” may not write to its default storage “lakesales”.',
    evidence: { role: 'Reader' },
    remediation:
      'Assign the role:\naz role assignment create --assignee-object-id dddddddd --role "Storage Blob Data Contributor"',
    scope: SALES,
    ...overrides,
  };
}

/** What the runner says of a check that could not read its sources for a workspace. */
export function aBlindFinding(checkId: string, sources: readonly SourceName[], workspace = 'synw-sales'): Finding {
  const scope = SALES.replace('synw-sales', workspace);
  return {
    fingerprint: fingerprint(checkId, `scope:${scope}`),
    checkId,
    status: 'notEvaluated',
    severity: 'high',
    subject: { id: scope, kind: 'workspace', name: workspace, link: `${PORTAL}/#@${TENANT}/resource${scope}` },
    message: `Not evaluated for workspace ${workspace}: GET /roleAssignments answered 403 Unauthorized.`,
    evidence: { missingSources: sources },
    remediation: 'Grant the auditor’s identity: everything.',
    scope,
    because: 'forbidden',
    sources,
  };
}

export function opened(finding: Finding): Change {
  return { kind: 'opened', finding, firstSeen: NOW.toISOString() };
}

export function worsened(finding: Finding, from: Finding['severity']): Change {
  return { kind: 'worsened', finding, firstSeen: inDays(-20), from };
}

export function resolved(finding: Finding): Change {
  return { kind: 'resolved', finding, firstSeen: inDays(-9) };
}
