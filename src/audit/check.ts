import type * as z from 'zod';
import type { KeyVault, Period, Workspace } from '../inventory/model';
import type { SignInWatch } from '../inventory/sign-ins';
import type { SourceName, Sources } from '../inventory/sources';
import type { Drift } from './baseline';
import type { Evidence, Severity, Subject } from './finding';

/** What a check says about one subject. It cannot say "not evaluated": only the runner can, because only it knows. */
export type Verdict = VerdictBase &
  (
    | { readonly status: 'pass' }
    | {
        readonly status: 'fail';
        readonly severity: Severity;
        /** The exact command, REST call or portal step that mends this subject. */
        readonly remediation: string;
      }
  );

interface VerdictBase {
  readonly subject: Subject;
  /** A sentence with names and numbers: what is the case, and what follows. */
  readonly message: string;
  readonly evidence: Evidence;
  /** Where a tenant-wide check judges something that was read from one subscription or workspace: that scope's id. */
  readonly scope?: string;
}

/** The data of the sources a check requires: complete for the scope it is called for. */
export type Facts<R extends SourceName> = { readonly [S in R]: readonly Sources[S][] };

/**
 * The data of a source a check only uses to say more (who is affected, how urgent): it may be incomplete, and then
 * `missing` names what could not be read. A check must never turn an incomplete use into a pass or a lower severity.
 */
export interface Enrichment<T> {
  readonly data: readonly T[];
  readonly complete: boolean;
  /** Names of the scopes that could not be read. */
  readonly missing: readonly string[];
}
export type Enrichments<U extends SourceName> = { readonly [S in U]: Enrichment<Sources[S]> };

export interface CheckContext<O> {
  readonly now: Date;
  readonly tenantId: string;
  /** Base address of the Azure portal of this cloud, without trailing slash. */
  readonly portal: string;
  /** Base address of Microsoft Graph in this cloud, without trailing slash. */
  readonly graph: string;
  readonly options: O;
  /** What changed since the baseline, in the scopes that could be read; for checks that say {@link CheckBase.usesDrift}. */
  readonly drift: Drift;
  /** For checks that read logs. */
  readonly signIns: SignInContext;
}

/** What checks on sign-ins know beside the rows. */
export interface SignInContext {
  /** Which the rows are of, both ends included. */
  readonly period: Period;
  readonly watch: SignInWatch;
  /** CIDR ranges of the setting `TRUSTED_NETWORKS`: what comes from there is nobody unknown. */
  readonly trustedNetworks: readonly string[];
}

/** What every check says of itself; one file, one check, `id` = file name, never reused. */
export interface CheckDescription {
  readonly id: string;
  /** The desired state: "Secrets are rotated before they expire". */
  readonly title: string;
  /** The severity of a typical failure, and of being blind to it; a verdict sets its own. */
  readonly severity: Severity;
  /** What breaks, and why one should care. */
  readonly why: string;
  /** General steps; a failing verdict carries its own exact ones. */
  readonly remediation: readonly string[];
  /** Documentation of the rule. */
  readonly link: string;
  /** What it finds, by id in MITRE ATT&CK; left out where it finds no attacks. https://attack.mitre.org/techniques */
  readonly techniques?: readonly string[];
}

interface CheckBase<R extends SourceName, U extends SourceName, O extends z.ZodObject> extends CheckDescription {
  readonly requires: readonly R[];
  readonly uses?: readonly U[];
  /** It goes by what changed, too, which is not known before everything is read. */
  readonly usesDrift?: true;
  /** zod object; every field has a default and a description. Overridden by the setting `CHECK_OPTIONS`. */
  readonly options: O;
}

/** Called once; scoped sources come joined over all scopes that could be read. The runner reports the others. */
export interface TenantCheck<R extends SourceName, U extends SourceName, O extends z.ZodObject> extends CheckBase<
  R,
  U,
  O
> {
  /**
   * The check judges scope by scope of itself, so that it is called even where a source of the whole tenant could not be
   * read; what is missing is reported all the same. It must conclude nothing from absence.
   */
  readonly partial?: true;
  evaluate(facts: Facts<R>, context: CheckContext<z.infer<O>>, uses: Enrichments<U>): Verdict[];
}

/** Called once for each workspace all of whose required sources could be read. */
export interface WorkspaceCheck<R extends SourceName, U extends SourceName, O extends z.ZodObject> extends CheckBase<
  R,
  U,
  O
> {
  evaluate(workspace: Workspace, facts: Facts<R>, context: CheckContext<z.infer<O>>, uses: Enrichments<U>): Verdict[];
}

/**
 * Called for each workspace with each vault that it uses: those its linked services name, or the one with the customer's
 * key it is encrypted with. Sources that are read vault by vault hold the facts of that vault, and Azure role assignments
 * are those of its subscription, so that a vault nobody could read leaves the others judged.
 */
export interface VaultCheck<R extends SourceName, U extends SourceName, O extends z.ZodObject> extends CheckBase<
  R | 'keyVaults',
  U,
  O
> {
  readonly vaults: VaultUse;
  evaluate(
    place: VaultInUse,
    facts: Facts<R | 'keyVaults'>,
    context: CheckContext<z.infer<O>>,
    uses: Enrichments<U>,
  ): Verdict[];
}

export type VaultUse = 'linkedServices' | 'customerManagedKey';

export interface VaultInUse {
  readonly workspace: Workspace;
  readonly vault: KeyVault;
}

/** A check as the runner holds it: the types of sources and options are checked where it is defined, then erased. */
export type Check = CheckDescription & {
  readonly requires: readonly SourceName[];
  readonly uses: readonly SourceName[];
  readonly usesDrift?: true;
  readonly options: z.ZodObject;
} & (
    | {
        readonly per: 'tenant';
        readonly partial?: true;
        evaluate(facts: Facts<SourceName>, context: CheckContext<unknown>, uses: Enrichments<SourceName>): Verdict[];
      }
    | {
        readonly per: 'workspace';
        evaluate(
          workspace: Workspace,
          facts: Facts<SourceName>,
          context: CheckContext<unknown>,
          uses: Enrichments<SourceName>,
        ): Verdict[];
      }
    | {
        readonly per: 'vault';
        readonly vaults: VaultUse;
        evaluate(
          place: VaultInUse,
          facts: Facts<SourceName>,
          context: CheckContext<unknown>,
          uses: Enrichments<SourceName>,
        ): Verdict[];
      }
  );

/** Defines a check over the whole tenant. A check that reads a source it did not declare does not compile. */
export function defineTenantCheck<R extends SourceName, O extends z.ZodObject, U extends SourceName = never>(
  check: TenantCheck<R, U, O>,
): Check {
  return { uses: [], ...check, per: 'tenant' };
}

/** Defines a check that judges workspace by workspace, so that one unreadable workspace leaves the others judged. */
export function defineWorkspaceCheck<R extends SourceName, O extends z.ZodObject, U extends SourceName = never>(
  check: WorkspaceCheck<R, U, O>,
): Check {
  return { uses: [], ...check, per: 'workspace' };
}

/** Defines a check that judges how a workspace uses a vault, vault by vault. */
export function defineVaultCheck<R extends SourceName, O extends z.ZodObject, U extends SourceName = never>(
  check: VaultCheck<R, U, O>,
): Check {
  return { uses: [], ...check, per: 'vault' };
}
