/** What the target of a linked service does to whoever signs in, and what was changed of late. */
import type { DriftChange } from '../../audit/baseline';
import { attributionOf } from '../../audit/attribution';
import { command, quoted } from '../../audit/wording';
import type { WatchedKind } from '../../audit/watched-settings';
import { actorsIn, hasKind, signInsOf, applicationsIn, type Case, type Step } from '../case';
import type { Rule } from '../rule';
import { firstLabel } from '../way';
import { rightsIn } from './roles';
import { aboutService } from './secrets';

/** A 403 of somebody who has the right, or one that says itself that it is the network. */
const storageFirewall: Rule = (one) => {
  const says = hasKind(one, 'storage-authorization-failure');
  const rights = rightsIn(one);
  const mayRead = rights.length > 0 && rights.every(({ granting }) => granting.length > 0);
  const untrusted = one.steps.flatMap(untrustedBy);
  if (!says && !mayRead) {
    return null;
  }
  const [step] = one.steps;
  return {
    seen: {
      certainty: 'likely',
      evidenceFor: [
        ...rights
          .filter(({ granting }) => granting.length > 0)
          .map(({ actor, what }) => `${actor.who} has ${what}, so that this is not refused for want of a role.`),
        ...untrusted,
      ],
      ...(one.steps.length === 1 && step !== undefined && { about: aboutService(step) }),
      ...(one.workspace !== null && {
        remedy: [
          'Let the workspace in as a resource instance, or create a managed private endpoint to the account and approve it:',
          `${command`az storage account network-rule add --account-name ${accountOf(one)} --resource-id ${one.workspace.id} --tenant-id ${one.known.tenantId ?? '<tenant id>'}`} --resource-group <resource group>`,
        ],
      }),
    },
  };
};

function accountOf({ error, steps }: Case): string {
  const host = error.hosts.find((name) => name.includes('.core.')) ?? steps[0]?.linkedService.target;
  return host ? firstLabel(host) : '<account>';
}

/** https://learn.microsoft.com/azure/data-factory/data-factory-service-identity */
function untrustedBy({ signIn, linkedService }: Step): readonly string[] {
  const how = {
    userAssignedIdentity: 'a user-assigned identity',
    key: 'a key',
    sas: 'a shared access signature',
    servicePrincipalSecret: 'a service principal',
    servicePrincipalCertificate: 'a service principal',
  }[signIn.method as string];
  return how === undefined
    ? []
    : [
        `Linked service ${quoted(linkedService.name)} signs in with ${how}, for which “trusted services” of a firewall do not count: only for the workspace’s own identity.`,
      ];
}

/** The workspace’s own pools: whether its identity was given control over them. */
const sqlUser: Rule = (one) => {
  const { workspace, steps } = one;
  const [own] = steps.filter(
    ({ linkedService: { target } }) => workspace !== null && target?.startsWith(`${workspace.name}.sql.`) === true,
  );
  const [control] = one.read('managedIdentitySqlControl').filter(({ readFrom }) => readFrom === workspace?.id);
  if (workspace !== null && own !== undefined && control?.actual === 'disabled') {
    return {
      seen: {
        certainty: 'likely',
        evidenceFor: [
          `The workspace’s identity has no control over its dedicated pools, and ${own.path} signs in there.`,
        ],
        about: aboutService(own),
        remedy: [
          'Let pipelines work in the pools as the workspace’s identity, or create a user for it there:',
          command`az rest --method put --url ${`${workspace.id}/managedIdentitySqlControlSettings/default?api-version=2021-06-01`} --body ${'{"properties":{"grantSqlControlToManagedIdentity":{"desiredState":"Enabled"}}}'}`,
        ],
      },
    };
  }
  const [actor, ...more] = actorsIn(one);
  return !actor?.step || more.length > 0
    ? null
    : {
        seen: {
          certainty: 'likely',
          evidenceFor: [
            `${actor.step.path} signs in as it: ${actor.who}. Which users the database has only T-SQL tells.`,
          ],
          about: aboutService(actor.step),
        },
      };
};

const entraOnly: Rule = (one) => {
  const { workspace, steps } = one;
  const [setting] = one.read('entraOnlyAuthentication').filter(({ readFrom }) => readFrom === workspace?.id);
  const bySqlLogin = steps.filter(
    ({ signIn, linkedService: { target } }) =>
      ['password', 'connectionString'].includes(signIn.method) &&
      workspace !== null &&
      target?.startsWith(`${workspace.name}.sql.`) === true,
  );
  const [step] = bySqlLogin;
  if (setting?.enabled !== true || step === undefined) {
    return null;
  }
  return {
    seen: {
      certainty: hasKind(one, 'sql-entra-only') ? 'certain' : 'likely',
      evidenceFor: [`The workspace takes sign-ins of Entra ID only, and ${step.path} uses a SQL login.`],
      about: aboutService(step),
    },
  };
};

/** What of a target’s settings the last audit saw otherwise. */
const RELEVANT: Readonly<Record<string, readonly WatchedKind[]>> = {
  entra: ['conditionalAccessPolicy', 'appManagementPolicy', 'authorizationPolicy'],
  synapse: ['synapseRole', 'conditionalAccessPolicy', 'firewallRule', 'publicNetworkAccess'],
  identity: ['workspaceIdentities', 'azureRole', 'conditionalAccessPolicy'],
  web: ['synapseRole', 'azureRole', 'conditionalAccessPolicy'],
};

function changesIn({ known, error, workspace }: Case, only?: WatchedKind): readonly DriftChange[] {
  const kinds = only === undefined ? error.kinds.flatMap(({ area }) => RELEVANT[area] ?? []) : [only];
  return (known.drift?.changes ?? []).filter(
    ({ kind, state, scope }) =>
      state === 'open' && kinds.includes(kind) && (scope.kind !== 'workspace' || scope.id === workspace?.id),
  );
}

function describeChange({ kind, name, before, after, lastBefore, by }: DriftChange): string {
  const what = before === null ? 'was added' : after === null ? 'was removed' : 'was changed';
  return `${kind} ${quoted(name)} ${what} after ${lastBefore.slice(0, 16)}Z (${attributionOf(by, (who) => who)}).`;
}

/** The article’s “changes to the authentication policies or configurations”. */
const changed: Rule = (one) => {
  const changes = changesIn(one);
  const [first] = changes;
  if (first === undefined) {
    return one.known.drift === null
      ? null
      : { ruledOut: 'No setting of authentication that is watched was changed since the last audit.' };
  }
  return {
    seen: {
      certainty: 'possible',
      evidenceFor: changes.slice(0, 5).map(describeChange),
      about: { key: first.key, kind: 'setting', name: first.name },
    },
  };
};

/** Which policy it was the sign-in log of Entra ID tells; what changed is the first to look at. */
const conditionalAccess: Rule = (one) => {
  const changes = changesIn(one, 'conditionalAccessPolicy');
  const says = hasKind(one, 'entra-policy');
  const [application] = applicationsIn(one);
  const rows =
    application === undefined ? [] : signInsOf(one, application.appId).filter(({ result }) => result === '53003');
  if (changes.length === 0 && rows.length === 0) {
    return null;
  }
  return {
    seen: {
      certainty: says ? 'certain' : rows.length > 0 ? 'likely' : 'possible',
      evidenceFor: [
        ...changes.slice(0, 3).map(describeChange),
        ...rows
          .slice(0, 2)
          .map(
            ({ last, address }) =>
              `Sign-in log: AADSTS53003 at ${last.toISOString().slice(0, 16)}Z from ${address || 'an unknown address'}.`,
          ),
      ],
    },
  };
};

/** About the linked service, where there is only one: the runs that it broke belong together. */
const ofTheOnlyService: Rule = ({ steps: [step, ...more] }) =>
  step === undefined || more.length > 0
    ? null
    : { seen: { evidenceFor: [`${step.path} is the only way it can have come.`], about: aboutService(step) } };

export const TARGET_RULES = {
  'storage-firewall': storageFirewall,
  'sql-user-missing': sqlUser,
  'sql-entra-only': entraOnly,
  'changed-setting': changed,
  'conditional-access': conditionalAccess,
  'sql-password-refused': ofTheOnlyService,
  'storage-key-refused': ofTheOnlyService,
  'password-refused': ofTheOnlyService,
  'self-hosted-runtime': ofTheOnlyService,
} satisfies Readonly<Record<string, Rule>>;
