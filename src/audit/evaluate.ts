/**
 * Runs checks over an inventory. The guards live here and nowhere else: a check is called only with data that was read
 * whole; every scope that was not becomes a "not evaluated" finding that names what is missing.
 */
import { subscriptionIn } from '../inventory/arm-id';
import type { Workspace } from '../inventory/model';
import { dataOf, scopeOfWorkspace } from '../inventory/scopes';
import type { CollectedScope, Inventory, NotCollectedReason, Scope, SourceName, Sources } from '../inventory/sources';
import { SCOPE_KINDS, SOURCES } from '../inventory/sources';
import type { Drift } from './baseline';
import { scopeById } from './lookup';
import type { Check, CheckContext, Enrichment, Enrichments, Facts, SignInContext, VaultInUse, Verdict } from './check';
import { fingerprint, isWorse, type Finding, type Subject } from './finding';
import { keyVaultOf, vaultName, vaultsNamedBy } from '../inventory/vaults';
import { keyVaultsLink, resourceLink } from './links';

export interface EvaluationContext {
  readonly now: Date;
  readonly tenantId: string;
  /** Base address of the Azure portal of this cloud, without trailing slash. */
  readonly portal: string;
  /** Base address of Microsoft Graph in this cloud, without trailing slash. */
  readonly graph: string;
  /** Options by check id, already validated and completed with the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Both are left out where they are not known yet: checks that go by them are judged later then. */
  readonly drift?: Drift;
  readonly signIns?: SignInContext;
}

interface Gap {
  readonly source: SourceName;
  readonly scope: Scope;
  readonly because: NotCollectedReason;
  readonly message: string;
}

/** Judges everything; each check yields at least one finding. Order is not significant. */
export function evaluate(checks: readonly Check[], inventory: Inventory, context: EvaluationContext): Finding[] {
  return checks.flatMap((check) => {
    const findings =
      check.per === 'tenant'
        ? evaluateTenant(check, inventory, context)
        : evaluateWorkspaces(check, inventory, context);
    return mergeBySubject(findings);
  });
}

/**
 * All that {@link evaluate} looks at for a check: what it asks for, and what says where that is. An inventory of these
 * sources alone gives the same findings as the whole one.
 */
export function sourcesOf(check: Check): readonly SourceName[] {
  const own = [...check.requires, ...check.uses];
  if (check.per === 'tenant') {
    return own;
  }
  const ofVaults = check.per === 'vault' && check.vaults === 'linkedServices';
  return [
    ...new Set<SourceName>([
      ...own,
      'workspaces',
      ...(own.includes('azureRoleAssignments') ? (['storageAccounts', 'keyVaults'] as const) : []),
      ...(ofVaults ? (['linkedServices'] as const) : []),
    ]),
  ];
}

function evaluateTenant(
  check: Check & { per: 'tenant' },
  inventory: Inventory,
  context: EvaluationContext,
): readonly Finding[] {
  const tenant: Scope = { kind: 'tenant', id: context.tenantId, name: context.tenantId };
  const gaps = check.requires.flatMap((source) => gapsOf(source, inventory, tenant));
  const blind = check.partial ? [] : gaps.filter((gap) => gap.scope.kind === 'tenant');
  if (blind.length > 0) {
    return [notEvaluated(check, tenant, blind, context)];
  }
  const facts = Object.fromEntries(
    check.requires.map((s) => [s, dataOf(scopesOf(s, inventory))]),
  ) as unknown as Facts<SourceName>;
  const judged = guard(check, tenant, context, () =>
    check.evaluate(facts, checkContext(check, context), enrichmentsOf(check, inventory, tenant)),
  );
  const gapFindings = groupByScope(gaps).map(([scope, own]) => notEvaluated(check, scope, own, context));
  return judged.length + gapFindings.length > 0 ? [...judged, ...gapFindings] : [notApplicable(check, tenant, context)];
}

function evaluateWorkspaces(
  check: Check & { per: 'workspace' | 'vault' },
  inventory: Inventory,
  context: EvaluationContext,
): readonly Finding[] {
  const tenant: Scope = { kind: 'tenant', id: context.tenantId, name: context.tenantId };
  const unlisted = gapsOf('workspaces', inventory, tenant);
  const findings = groupByScope(unlisted).map(([scope, own]) => notEvaluated(check, scope, own, context));
  const workspaces = dataOf(inventory.workspaces);
  for (const workspace of workspaces) {
    findings.push(
      ...(check.per === 'vault'
        ? evaluateVaults(check, workspace, inventory, context)
        : evaluateWorkspace(check, workspace, inventory, context)),
    );
  }
  return findings.length > 0 ? findings : [notApplicable(check, tenant, context)];
}

function evaluateWorkspace(
  check: Check & { per: 'workspace' },
  workspace: Workspace,
  inventory: Inventory,
  context: EvaluationContext,
): readonly Finding[] {
  const scope = scopeOfWorkspace(workspace);
  const { facts, gaps } = readFor(check, { workspace }, inventory);
  if (gaps.length > 0) {
    return [notEvaluated(check, scope, gaps, context)];
  }
  const judged = guard(check, scope, context, () =>
    check.evaluate(
      workspace,
      facts,
      checkContext(check, context),
      enrichmentsOf(check, inventory, scope, { workspace }),
    ),
  );
  return judged.length > 0 ? judged : [notApplicable(check, scope, context)];
}

function evaluateVaults(
  check: Check & { per: 'vault' },
  workspace: Workspace,
  inventory: Inventory,
  context: EvaluationContext,
): readonly Finding[] {
  const scope = scopeOfWorkspace(workspace);
  const namers = check.vaults === 'linkedServices' ? concerning('linkedServices', { workspace }, inventory) : [];
  const gaps = toGaps('linkedServices', namers);
  if (gaps.length > 0) {
    return [notEvaluated(check, scope, gaps, context)];
  }
  const hosts =
    check.vaults === 'linkedServices' ? vaultsNamedBy(dataOf(namers)) : [keyVaultOf(workspace)].flatMap((v) => v ?? []);
  const findings = hosts.flatMap((host) => evaluateVault(check, { workspace, host }, inventory, context));
  return findings.length > 0 ? findings : [notApplicable(check, scope, context)];
}

function evaluateVault(
  check: Check & { per: 'vault' },
  place: Place & { readonly host: string },
  inventory: Inventory,
  context: EvaluationContext,
): readonly Finding[] {
  const { workspace, host } = place;
  const scope = scopeOfWorkspace(workspace);
  const { facts, gaps } = readFor(check, place, inventory);
  const [vault] = facts.keyVaults;
  if (gaps.length > 0 || vault === undefined) {
    const inWorkspace: Scope = { kind: 'vault', id: `${workspace.id}/vaults/${host}`, name: vaultName(host) };
    // What hides a vault from one workspace's check may hide what was found wrong with it.
    return [{ ...notEvaluated(check, inWorkspace, gaps, context), scope: workspace.id }];
  }
  const used: VaultInUse = { workspace, vault };
  return guard(check, scope, context, () =>
    check.evaluate(used, facts, checkContext(check, context), enrichmentsOf(check, inventory, scope, place)),
  );
}

/** What a check requires in a place, and what is missing of it. */
function readFor(check: Check, place: Place, inventory: Inventory) {
  const read = check.requires.map((source) => [source, concerning(source, place, inventory)] as const);
  return {
    facts: Object.fromEntries(read.map(([s, scopes]) => [s, dataOf(scopes)])) as unknown as Facts<SourceName>,
    gaps: read.flatMap(([source, scopes]) => toGaps(source, scopes)),
  };
}

/** Calls a check; what it throws blinds this scope only, and is said. */
function guard(check: Check, scope: Scope, context: EvaluationContext, call: () => Verdict[]): readonly Finding[] {
  let verdicts: Verdict[];
  try {
    verdicts = call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        ...baseOfScope(check, scope, context),
        status: 'notEvaluated',
        severity: check.severity,
        message: `The check ${check.id} failed on ${describe(scope)}: ${reason}`,
        remediation: 'This is a defect of the auditor. Report it with the version and this message.',
        because: 'checkThrew',
        sources: [],
      },
    ];
  }
  // Written out, as tens of thousands of them are made.
  return verdicts.map((verdict) => ({
    fingerprint: fingerprint(check.id, verdict.subject.id),
    checkId: check.id,
    status: verdict.status,
    severity: verdict.status === 'fail' ? verdict.severity : 'info',
    subject: verdict.subject,
    message: verdict.message,
    evidence: verdict.evidence,
    remediation: verdict.status === 'fail' ? verdict.remediation : '',
    scope: verdict.scope ?? scope.id,
  }));
}

function notEvaluated(check: Check, scope: Scope, gaps: readonly Gap[], context: EvaluationContext): Finding {
  const sources = [...new Set(gaps.map((gap) => gap.source))];
  const reasons = [...new Set(gaps.map((gap) => gap.message))];
  const forbidden = gaps.some((gap) => gap.because === 'forbidden');
  const permissions = [...new Set(sources.map((s) => `${SOURCES[s].permission} (${SOURCES[s].grantedIn})`))];
  return {
    ...baseOfScope(check, scope, context),
    status: 'notEvaluated',
    severity: check.severity,
    message: `Not evaluated for ${describe(scope)}: ${reasons.join(' ')}`,
    evidence: { missingSources: sources },
    remediation: forbidden
      ? `Grant the auditor’s identity: ${permissions.join('; ')}.`
      : 'Nothing to grant as far as known: the next run tries again. If it stays, look at the reason above.',
    because: gaps[0]?.because ?? 'failed',
    sources,
  };
}

function notApplicable(check: Check, scope: Scope, context: EvaluationContext): Finding {
  return {
    ...baseOfScope(check, scope, context),
    status: 'notApplicable',
    severity: 'info',
    message: `Nothing to judge in ${describe(scope)}: no such subject exists.`,
    remediation: '',
  };
}

type Base = Pick<Finding, 'fingerprint' | 'checkId' | 'subject' | 'evidence' | 'scope'>;

/** What the runner itself says of a scope must not be mistaken for a check's finding about the same workspace. */
function baseOfScope(check: Check, scope: Scope, context: EvaluationContext): Base {
  return {
    fingerprint: fingerprint(check.id, `scope:${scope.id}`),
    checkId: check.id,
    subject: subjectOf(scope, context),
    evidence: {},
    scope: scope.id,
  };
}

function checkContext(check: Check, context: EvaluationContext): CheckContext<unknown> {
  const options = context.options[check.id] ?? check.options.parse({});
  return {
    now: context.now,
    tenantId: context.tenantId,
    portal: context.portal,
    graph: context.graph,
    options,
    get drift() {
      return known(context.drift, 'what changed');
    },
    get signIns() {
      return known(context.signIns, 'whose sign-ins were read');
    },
  };
}

/** A check that goes by what it does not say it needs would otherwise judge by nothing. */
function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new Error(`it is not known yet ${what}`);
  }
  return value;
}

/** Scopes of a source that were not read; a source that was never collected is one gap over the tenant. */
function gapsOf(source: SourceName, inventory: Inventory, tenant: Scope): readonly Gap[] {
  const scopes = scopesOf(source, inventory);
  return scopes === undefined ? [neverCollected(source, tenant)] : toGaps(source, scopes);
}

function scopesOf<S extends SourceName>(
  source: S,
  inventory: Inventory,
): readonly CollectedScope<Sources[S]>[] | undefined {
  return inventory[source];
}

function toGaps(source: SourceName, scopes: readonly CollectedScope<unknown>[]): readonly Gap[] {
  return scopes.flatMap(({ scope, result }) =>
    result.ok ? [] : [{ source, scope, because: result.because, message: result.message }],
  );
}

function neverCollected(source: SourceName, scope: Scope): Gap {
  return { source, scope, because: 'upstream', message: `${SOURCES[source].title} were not collected in this run.` };
}

/** What a check is called for. */
interface Place {
  readonly workspace: Workspace;
  /** Host of the vault that the workspace uses. */
  readonly host?: string | undefined;
}

/** The scopes of a source that a workspace, or one vault of it, depends on; a scope nobody read stands there as a gap. */
function concerning<S extends SourceName>(
  source: S,
  { workspace, host }: Place,
  inventory: Inventory,
): readonly CollectedScope<Sources[S]>[] {
  const all = scopesOf(source, inventory);
  const scope = scopeOfWorkspace(workspace);
  const missing = (gapScope: Scope): CollectedScope<Sources[S]> => {
    const { because, message } = neverCollected(source, gapScope);
    return { scope: gapScope, result: { ok: false, because, message } };
  };
  if (all === undefined) {
    return [missing(scope)];
  }
  const pick = (id: string): CollectedScope<Sources[S]> => scopeById(all, id) ?? missing(scope);
  switch (SOURCES[source].scope) {
    // Logs of a workspace may be anywhere: its own in one place, sign-ins in another.
    case 'logAnalytics':
    case 'tenant':
      return all;
    case 'workspace':
      return [pick(workspace.id)];
    case 'subscription':
      return subscriptionsOf(source, { workspace, host }, inventory).map(pick);
    case 'vault':
      return host === undefined ? all : [pick(host)];
  }
}

/** Azure role assignments count where the vault is, or the workspace and its storage; identities where they live. */
function subscriptionsOf(source: SourceName, { workspace, host }: Place, inventory: Inventory): readonly string[] {
  const vault = host === undefined ? undefined : scopeById(inventory.keyVaults, host)?.result;
  if (source === 'azureRoleAssignments' && vault?.ok === true) {
    return [...new Set(vault.data.map(({ id }) => subscriptionIn(id)))];
  }
  const ids = [workspace.subscriptionId];
  if (source === 'azureRoleAssignments') {
    const storage = scopeById(inventory.storageAccounts, workspace.id)?.result;
    ids.push(...(storage?.ok === true ? storage.data.map((account) => subscriptionIn(account.id)) : []));
  }
  if (source === 'userAssignedIdentities') {
    ids.push(...workspace.identity.userAssigned.map((identity) => subscriptionIn(identity.id)));
  }
  return [...new Set(ids)];
}

function enrichmentsOf(check: Check, inventory: Inventory, scope: Scope, place?: Place): Enrichments<SourceName> {
  const entries = check.uses.map((source): [SourceName, Enrichment<unknown>] => {
    const scopes = place === undefined ? (scopesOf(source, inventory) ?? []) : concerning(source, place, inventory);
    const gaps = inventory[source] === undefined ? [neverCollected(source, scope)] : toGaps(source, scopes);
    return [
      source,
      { data: dataOf(scopes), complete: gaps.length === 0, missing: gaps.map((gap) => describe(gap.scope)) },
    ];
  });
  return Object.fromEntries(entries) as unknown as Enrichments<SourceName>;
}

function groupByScope(gaps: readonly Gap[]): readonly (readonly [Scope, readonly Gap[]])[] {
  const groups = new Map<string, readonly [Scope, Gap[]]>();
  for (const gap of gaps) {
    const group = groups.get(gap.scope.id) ?? [gap.scope, []];
    group[1].push(gap);
    groups.set(gap.scope.id, group);
  }
  return [...groups.values()];
}

/** One finding a subject: where a check judged it twice (a credential on application and principal), the worse counts. */
function mergeBySubject(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const known = merged.get(finding.fingerprint);
    if (known === undefined || outranks(finding, known)) {
      merged.set(finding.fingerprint, finding);
    }
  }
  return [...merged.values()];
}

/** What the runner itself says has subjects of its own, so that only a pass and a failure can meet. */
function outranks(a: Finding, b: Finding): boolean {
  return a.status === b.status ? isWorse(a.severity, b.severity) : a.status === 'fail';
}

function subjectOf(scope: Scope, { portal, tenantId }: EvaluationContext): Subject {
  return { id: scope.id, kind: scope.kind, name: scope.name, link: linkOf() };

  function linkOf(): string {
    switch (scope.kind) {
      case 'tenant':
        return portal;
      case 'subscription':
        return resourceLink(portal, tenantId, `/subscriptions/${scope.id}`);
      case 'workspace':
        return resourceLink(portal, tenantId, scope.id);
      case 'vault':
        return keyVaultsLink(portal);
      case 'logAnalytics':
        // One that a setting names by its GUID has no page that is known.
        return scope.id.startsWith('/') ? resourceLink(portal, tenantId, scope.id) : portal;
    }
  }
}

function describe(scope: Scope): string {
  return scope.kind === 'tenant' ? 'the tenant' : `${SCOPE_KINDS[scope.kind]} ${scope.name}`;
}
