/** One failure together with what is known of the tenant: what the rules look into. */
import { group, servicePrincipalsByAppId, type HeldRole } from '../audit/lookup';
import { principalsOf, type Principal } from '../audit/principals';
import { remembered } from '../audit/remembered';
import { subscriptionIn } from '../inventory/arm-id';
import type { Application, ServicePrincipal, Workspace } from '../inventory/model';
import type { SignIns } from '../inventory/sign-ins';
import type { Sources } from '../inventory/sources';
import type { DiagnosisSource, Failure, Knowledge } from './diagnosis';
import type { ErrorKind } from './error-catalogue';
import type { Recognised } from './recognise';
import { wayOf, type Step } from './way';

export type { Step } from './way';

export interface Case {
  readonly failure: Failure;
  readonly error: Recognised;
  readonly known: Knowledge;
  readonly workspace: Workspace | null;
  /** When it failed, or now where that is unknown. */
  readonly at: Date;
  /** What the pipeline uses, and of that what the error can have come through. */
  readonly steps: readonly Step[];
  /** It can have come through nothing else: all that the pipeline uses is known, or the error names what it is about. */
  readonly isWhole: boolean;
  /** The data of a source, as far as it was read; what is missing is noted. */
  read<S extends DiagnosisSource>(source: S): readonly Sources[S][];
  /** All of it was read. */
  isComplete(source: DiagnosisSource): boolean;
  /** Sources that a rule wanted to look at and that are not all there. */
  readonly missed: ReadonlySet<DiagnosisSource>;
}

export function openCase(failure: Failure, error: Recognised, known: Knowledge): Case {
  const missed = new Set<DiagnosisSource>();
  const read = <S extends DiagnosisSource>(source: S): readonly Sources[S][] => {
    const part = known.sources[source];
    if (part?.complete !== true) {
      missed.add(source);
    }
    return part?.data ?? [];
  };
  const base = {
    failure,
    error,
    known,
    workspace: known.workspace,
    at: failure.at ?? known.now,
    read,
    isComplete: (source: DiagnosisSource) => known.sources[source]?.complete === true,
    missed,
  };
  return { ...base, ...wayOf(base) };
}

/** An application that the failure may be about, with how it signs in where a linked service tells. */
export interface ConcernedApplication {
  readonly appId: string;
  readonly steps: readonly Step[];
}

/** Those the error names, else those that the linked services sign in as. */
export function applicationsIn({ error, steps }: Case): readonly ConcernedApplication[] {
  const byStep = group(
    steps.flatMap((step) =>
      'appId' in step.signIn && step.signIn.appId !== 'expression' ? [[step.signIn.appId, step] as const] : [],
    ),
  );
  const ids = error.applicationIds.length > 0 ? error.applicationIds : [...byStep.keys()];
  return ids.map((appId) => ({ appId, steps: byStep.get(appId) ?? [] }));
}

const principalsByAppId = remembered(
  (applications: readonly Application[], servicePrincipals: readonly ServicePrincipal[]) =>
    new Map(principalsOf(applications, servicePrincipals).map((principal) => [principal.appId, principal])),
);

/** `undefined`: the directory has none of that client id, or it was not read. */
export function principalOf(one: Case, appId: string): Principal | undefined {
  return principalsByAppId(one.read('applications'), one.read('servicePrincipals')).get(appId);
}

/** An identity that a linked service connects with. */
export interface Actor {
  readonly step: Step | null;
  readonly kind: 'workspace' | 'userAssigned' | 'application' | 'named';
  /** Object id; `null`: unknown. */
  readonly principalId: string | null;
  /** To begin a sentence with. */
  readonly who: string;
}

/** The identities that the failure may be about: the one that the error names, else those of the linked services. */
export function actorsIn(one: Case): readonly Actor[] {
  const { error, workspace, steps } = one;
  const [named] = error.principalIds;
  if (named !== undefined) {
    return [
      {
        step: steps.length === 1 ? (steps[0] ?? null) : null,
        kind: kindOf(one, named),
        principalId: named,
        who: whoIs(one, named),
      },
    ];
  }
  return steps.flatMap((step): Actor[] => {
    const { signIn } = step;
    if (signIn.method === 'systemAssignedIdentity') {
      return [
        {
          step,
          kind: 'workspace',
          principalId: workspace?.identity.principalId ?? null,
          who: `The identity of workspace “${workspace?.name ?? ''}”`,
        },
      ];
    }
    if (signIn.method === 'userAssignedIdentity') {
      const attached = workspace?.identity.userAssigned.find(({ id }) => id === signIn.identityId);
      const name = signIn.identityId.slice(signIn.identityId.lastIndexOf('/') + 1);
      return [
        {
          step,
          kind: 'userAssigned',
          principalId: attached?.principalId ?? null,
          who: `User-assigned identity “${name}”`,
        },
      ];
    }
    if ('appId' in signIn) {
      const servicePrincipal = servicePrincipalsByAppId(one.read('servicePrincipals')).get(signIn.appId);
      const who = `Service principal “${servicePrincipal?.displayName ?? signIn.appId}”`;
      return [{ step, kind: 'application', principalId: servicePrincipal?.id ?? null, who }];
    }
    return [];
  });
}

function kindOf({ workspace }: Case, principalId: string): Actor['kind'] {
  if (workspace?.identity.principalId === principalId) {
    return 'workspace';
  }
  return workspace?.identity.userAssigned.some((one) => one.principalId === principalId) === true
    ? 'userAssigned'
    : 'named';
}

function whoIs(one: Case, principalId: string): string {
  if (one.workspace?.identity.principalId === principalId) {
    return `The identity of workspace “${one.workspace.name}”`;
  }
  const found = one.read('servicePrincipals').find(({ id }) => id === principalId);
  return found === undefined ? `Principal ${principalId}` : `“${found.displayName}”`;
}

const SLOT_MS = 10 * 60_000;

const rowsByApplication = remembered((rows: readonly SignIns[]) => group(rows.map((row) => [row.applicationId, row])));
const rowsByPrincipal = remembered((rows: readonly SignIns[]) => group(rows.map((row) => [row.principalId, row])));

/** Failed sign-ins of an application around the time of the failure; without a time none can be told. */
export function signInsOf(one: Case, appId: string): readonly SignIns[] {
  return around(one, rowsByApplication(one.read('servicePrincipalSignIns')).get(appId) ?? []);
}

/** The same of a managed identity, by its object id. */
export function identitySignInsOf(one: Case, principalId: string): readonly SignIns[] {
  return around(one, rowsByPrincipal(one.read('managedIdentitySignIns')).get(principalId) ?? []);
}

/** Rows are counted in slots of ten minutes, and a token is asked for some minutes before a run ends. */
function around({ failure }: Case, rows: readonly SignIns[]): readonly SignIns[] {
  const at = failure.at?.getTime();
  return at === undefined
    ? []
    : rows.filter(
        ({ result, first, last }) =>
          result !== '0' && first.getTime() - SLOT_MS <= at && at <= last.getTime() + SLOT_MS,
      );
}

/**
 * Whether the Azure role assignments of a resource's subscription are among those that were read: a workspace comes with
 * those of its own subscription and of its default storage's.
 */
export function hasRolesOf(one: Case, armId: string): boolean {
  const own = [one.workspace?.subscriptionId, ...one.read('storageAccounts').map(({ id }) => subscriptionIn(id))];
  return one.isComplete('azureRoleAssignments') && own.includes(subscriptionIn(armId));
}

/** Roles whose definition could not be read may give anything. */
export function areKnown(held: readonly HeldRole[]): boolean {
  return held.every(({ assignment: { role } }) => role.permissions.length > 0);
}

export function hasKind({ error }: Case, ...ids: readonly ErrorKind['id'][]): boolean {
  return error.kinds.some(({ id }) => ids.includes(id));
}
