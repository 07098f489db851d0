/** The report, as `GET /api/report` answers it. Within a `schemaVersion` fields are added, never changed or taken away. */
import * as z from 'zod';
import type { ShownFinding } from '../../audit/exceptions';
import type { Finding, Subject, SubjectKind } from '../../audit/finding';
import type { CheckSummary, CoverageGap, ReportHeader } from '../../audit/report';
import {
  SCOPE_KINDS,
  SOURCE_NAMES,
  type NotCollectedReason,
  type ScopeKind,
  type SourceName,
} from '../../inventory/sources';
import type { ShownReport } from '../../report/shown-report';
import { describes } from './agreement';
import {
  changes,
  count,
  instant,
  nextExpiry,
  overall,
  runId,
  runReference,
  severities,
  severity,
  status,
  totals,
} from './fields';
import { named } from './named';

const SUBJECT_KINDS = [
  'tenant',
  'subscription',
  'workspace',
  'logAnalytics',
  'secret',
  'certificate',
  'roleAssignment',
  'servicePrincipal',
  'user',
  'identity',
  'sqlPool',
  'firewallRule',
  'application',
  'federatedCredential',
  'vault',
  'storageAccount',
  'key',
  'linkedService',
  'workspaceCredential',
  'setting',
  'policy',
  'address',
  'sqlLogin',
] as const satisfies readonly SubjectKind[];

const NOT_COLLECTED = [
  'forbidden',
  'throttled',
  'truncated',
  'noData',
  'upstream',
  'unreachable',
  'cancelled',
  'unlicensed',
  'failed',
] as const satisfies readonly NotCollectedReason[];

const sourceNames = z.enum(SOURCE_NAMES as readonly [SourceName, ...SourceName[]]);
const scopeKinds = z.enum(Object.keys(SCOPE_KINDS) as [ScopeKind, ...ScopeKind[]]);
const reason = z.enum(NOT_COLLECTED);

export const subjectKind = z.enum(SUBJECT_KINDS);

const subject = describes<Subject>()(
  z.object({
    id: z.string().describe("The provider's own key; never a name."),
    kind: subjectKind,
    name: z.string().describe('For people. Untrusted text.'),
    link: z.exactOptional(z.string()).describe('Its page in the portal.'),
  }),
);

const exception = z
  .object({ id: z.string(), reason: z.string(), author: z.string(), until: instant })
  .describe('What keeps alerts about it silent now.');

const findingFields = {
  fingerprint: z.string().describe('The same problem has the same one in every report.'),
  checkId: z.string(),
  status,
  severity,
  subject,
  message: z.string().describe('The fact, with names and numbers. Untrusted text.'),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
  remediation: z.string().describe('What to do; empty where nothing is to be done.'),
  scope: z.string().describe('Id of the tenant, subscription or workspace whose reading it rests on.'),
  firstSeen: z.exactOptional(instant).describe('When it was first seen so.'),
  worsened: z
    .exactOptional(z.object({ at: instant, from: severity }))
    .describe('When it last got more severe since it was first seen, and what it was before.'),
  because: z.exactOptional(z.enum([...NOT_COLLECTED, 'checkThrew'])).describe('Why it was not evaluated.'),
  sources: z.exactOptional(z.array(sourceNames)).describe('The sources that were missing.'),
};

export const storedFinding = named('Finding', describes<Finding>()(z.object(findingFields)));

const shownFinding = named(
  'ShownFinding',
  describes<ShownFinding>()(z.object({ ...findingFields, exception: z.exactOptional(exception) })),
);

const gap = describes<CoverageGap>()(
  z.object({
    because: reason,
    message: z.string(),
    permission: z.string().describe('What is missing, and where it is granted.'),
    scopes: z.array(z.object({ kind: scopeKinds, name: z.string(), because: reason })),
  }),
);

const check = describes<CheckSummary>()(
  z.object({
    id: z.string(),
    title: z.string().describe('The wanted state.'),
    severity,
    why: z.string(),
    remediation: z.array(z.string()),
    link: z.string(),
    totals,
  }),
);

const headerFields = {
  schemaVersion: z.literal(1),
  runId,
  previousRunId: z.string().nullable().describe('The report before, which `changes` compares with.'),
  startedAt: instant,
  finishedAt: instant,
  fullAuditAt: instant.describe('Start of the last audit of everything, which audits of sign-ins carry over from.'),
  signInsAt: instant.nullable().describe('Start of the last audit of sign-ins; null where no check of theirs is on.'),
  signInPeriod: z.object({ from: instant, to: instant }).nullable(),
  tenantId: z.string(),
  overall,
  coverage: z
    .partialRecord(sourceNames, z.union([z.literal('collected'), gap]))
    .describe('What was read, and what was not and why, by source.'),
  totals,
  severities,
  changes,
  nextExpiry,
  checks: z.array(check),
  checksOff: z.array(z.string()).describe('Checks that are switched off: nobody looked.'),
  alertsFailing: z
    .object({ alerts: count, reason: z.string() })
    .nullable()
    .describe('Earlier alerts that did not arrive when this run ended.'),
};

describes<ReportHeader>()(z.object(headerFields));

export const report = named(
  'Report',
  describes<ShownReport>()(
    z.object({
      ...headerFields,
      lastComplete: runReference.describe('The last report that lacks nothing.'),
      findings: z.array(shownFinding).describe('A page of them, the most telling first.'),
      continuationToken: z.exactOptional(z.string()).describe('For the next page; absent on the last one.'),
    }),
  ),
);
