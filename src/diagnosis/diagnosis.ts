/** What failed, what is known of the tenant, and what comes out: the types of the diagnosis. */
import type { Drift } from '../audit/baseline';
import type { Enrichments } from '../audit/check';
import type { Finding, SubjectKind } from '../audit/finding';
import type { Workspace } from '../inventory/model';
import type { SourceName } from '../inventory/sources';
import type { CauseId } from './causes';
import type { Certainty } from './error-catalogue';

/** What explaining looks at. Each part may be missing: that lowers certainty and never makes anything up. */
export const DIAGNOSIS_SOURCES = [
  'pipelines',
  'datasets',
  'linkedServices',
  'workspaceCredentials',
  'applications',
  'servicePrincipals',
  'deletedServicePrincipals',
  'groups',
  'synapseRoleAssignments',
  'azureRoleAssignments',
  'storageAccounts',
  'userAssignedIdentities',
  'keyVaults',
  'keyVaultSecrets',
  'entraOnlyAuthentication',
  'managedIdentitySqlControl',
  'activityLog',
  'servicePrincipalSignIns',
  'managedIdentitySignIns',
] as const satisfies readonly SourceName[];
export type DiagnosisSource = (typeof DIAGNOSIS_SOURCES)[number];

/** A run that failed, or a text that somebody pasted. All of it is untrusted. */
export interface Failure {
  readonly text: string;
  readonly errorCodes: readonly string[];
  /** `null`: unknown. */
  readonly pipeline: string | null;
  /** When it failed; `null`: unknown. */
  readonly at: Date | null;
}

export interface Knowledge {
  readonly now: Date;
  /** `null`: unknown. */
  readonly tenantId: string | null;
  readonly workspace: Workspace | null;
  /** What of the tenant was read; a source that is absent was not asked for. */
  readonly sources: Partial<Enrichments<DiagnosisSource>>;
  /** What changed since the baseline; `null`: unknown. */
  readonly drift: Drift | null;
  /** Open findings of the latest report; `null`: there is none. */
  readonly findings: readonly Finding[] | null;
}

/** What a cause is about: its `key` is the provider’s, so that the same cause of many runs is one. */
export interface About {
  readonly key: string;
  readonly kind: SubjectKind;
  /** For people; untrusted text. */
  readonly name: string;
}

export interface Cause {
  readonly id: CauseId;
  readonly certainty: Certainty;
  /** What is the case, with names where they are known. */
  readonly sentence: string;
  readonly evidenceFor: readonly string[];
  readonly evidenceAgainst: readonly string[];
  /** Where to look, while it is not certain; empty otherwise. */
  readonly look: string;
  /** Commands and steps, one a line. */
  readonly remedy: string;
  /** Documentation. */
  readonly source: string;
  /** `null`: not known. */
  readonly about: About | null;
}

export interface RuledOut {
  readonly id: CauseId;
  readonly title: string;
  readonly why: string;
}

export interface NotLookedAt {
  readonly what: string;
  /** What the auditor’s identity needs for it; `null`: nothing that can be granted. */
  readonly permission: string | null;
}

export interface Diagnosis {
  /** What it goes by: what was read of the tenant, the open findings of a report, or nothing but the error. */
  readonly basis: 'inventory' | 'report' | 'errorAlone';
  /** `null`: the error is not known here. */
  readonly isAuthentication: boolean | null;
  readonly errors: readonly {
    readonly id: string;
    readonly title: string;
    readonly certain: string;
    readonly open: string;
    readonly source: string;
  }[];
  /** `AADSTS7000222`, `SQL 18456/8`. */
  readonly codes: readonly string[];
  /** What the error names, untrusted text; of a run that was explained before nothing. */
  readonly named: {
    /** `null`: it names none. */
    readonly activity: string | null;
    readonly applicationIds: readonly string[];
    readonly principalIds: readonly string[];
    readonly tenantIds: readonly string[];
    readonly hosts: readonly string[];
  };
  /** The likeliest first. */
  readonly causes: readonly Cause[];
  readonly ruledOut: readonly RuledOut[];
  readonly couldNotLookAt: readonly NotLookedAt[];
  /** Of the first cause; what to do where there is none. */
  readonly remedy: string;
  /** The text was longer than what is looked at. */
  readonly clipped: boolean;
}
