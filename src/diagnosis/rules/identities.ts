/** Managed identities: whether there is one, attached, not deleted, and taken by the target. */
import { LINKED_SERVICE_TYPES } from '../../audit/linked-service-types';
import { userAssignedIdentitiesById } from '../../audit/lookup';
import { command, quoted } from '../../audit/wording';
import { subscriptionIn } from '../../inventory/arm-id';
import { actorsIn, hasKind, identitySignInsOf, type Case, type Step } from '../case';
import { surest, type Judgement, type Rule } from '../rule';
import { aboutService } from './secrets';

const missing: Rule = ({ workspace, steps }) => {
  if (workspace === null) {
    return null;
  }
  const own = steps.filter(({ signIn }) => signIn.method === 'systemAssignedIdentity');
  if (workspace.identity.principalId !== null) {
    return { ruledOut: `Workspace ${quoted(workspace.name)} has a managed identity.` };
  }
  return own.length === 0 && steps.length > 0
    ? null
    : {
        seen: {
          certainty: 'certain',
          evidenceFor: [`Azure names no managed identity of workspace ${quoted(workspace.name)}.`, ...pathsOf(own)],
          about: { key: workspace.id, kind: 'workspace', name: workspace.name },
          sentence: `workspace ${quoted(workspace.name)} has no managed identity`,
          remedy: [
            'Give the workspace its identity back, then its roles:',
            command`az rest --method patch --url ${`${workspace.id}?api-version=2021-06-01`} --body ${'{"identity":{"type":"SystemAssigned"}}'}`,
          ],
        },
      };
};

function pathsOf(steps: readonly Step[]): readonly string[] {
  return steps.slice(0, 3).map(({ path }) => `${path} signs in as it.`);
}

interface Named {
  readonly step: Step;
  readonly identityId: string;
  readonly name: string;
}

function userAssignedIn({ steps }: Case): readonly Named[] {
  return steps.flatMap((step) =>
    step.signIn.method === 'userAssignedIdentity'
      ? [
          {
            step,
            identityId: step.signIn.identityId,
            name: step.signIn.identityId.slice(step.signIn.identityId.lastIndexOf('/') + 1),
          },
        ]
      : [],
  );
}

/** Identities of the workspace's subscription, and of those its attached ones are in, were read. */
function isDeleted(one: Case, identityId: string): boolean {
  const identities = userAssignedIdentitiesById(one.read('userAssignedIdentities'));
  const { workspace } = one;
  const read = [
    workspace?.subscriptionId,
    ...(workspace?.identity.userAssigned.map(({ id }) => subscriptionIn(id)) ?? []),
  ];
  return (
    one.isComplete('userAssignedIdentities') && !identities.has(identityId) && read.includes(subscriptionIn(identityId))
  );
}

const deleted: Rule = (one) =>
  surest(
    userAssignedIn(one).map(({ step, identityId, name }): Judgement =>
      isDeleted(one, identityId)
        ? {
            seen: {
              certainty: one.steps.length === 1 ? 'certain' : 'likely',
              evidenceFor: [`The subscription has no identity ${quoted(name)} any more.`, ...pathsOf([step])],
              about: { key: identityId, kind: 'identity', name },
              sentence: `the user-assigned identity ${quoted(name)}, which the credential names, was deleted`,
            },
          }
        : null,
    ),
  );

const notAttached: Rule = (one) => {
  const { workspace } = one;
  if (workspace === null) {
    return null;
  }
  return surest(
    userAssignedIn(one).map(({ step, identityId, name }): Judgement => {
      if (workspace.identity.userAssigned.some(({ id }) => id === identityId)) {
        return { ruledOut: `Identity ${quoted(name)} is attached to the workspace.` };
      }
      if (isDeleted(one, identityId)) {
        return { ruledOut: `Identity ${quoted(name)} was deleted.` };
      }
      const body = JSON.stringify({
        identity: { type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { [identityId]: {} } },
      });
      return {
        seen: {
          certainty: one.steps.length === 1 ? 'certain' : 'likely',
          evidenceFor: [
            `Credential ${quoted(step.linkedService.credential ?? '')} names identity ${quoted(name)}, which is not attached to workspace ${quoted(workspace.name)}.`,
            ...pathsOf([step]),
          ],
          about: { key: `${workspace.id}/identities${identityId}`, kind: 'identity', name },
          sentence: `the user-assigned identity ${quoted(name)} is not attached to workspace ${quoted(workspace.name)}`,
          remedy: [
            'Attach it, in the portal under Managed identities of the workspace, or:',
            command`az rest --method patch --url ${`${workspace.id}?api-version=2021-06-01`} --body ${body}`,
          ],
        },
      };
    }),
  );
};

const credentialMissing: Rule = (one) =>
  surest(
    one.steps.map((step): Judgement => {
      const { signIn, linkedService } = step;
      return signIn.method !== 'missingCredential' || !one.isComplete('workspaceCredentials')
        ? null
        : {
            seen: {
              certainty: one.steps.length === 1 ? 'certain' : 'likely',
              evidenceFor: [`The workspace has no credential ${quoted(signIn.name)}.`, `${step.path} names it.`],
              about: aboutService(step),
              sentence: `linked service ${quoted(linkedService.name)} names the credential ${quoted(signIn.name)}, which the workspace does not have`,
              remedy: [
                `In Synapse Studio create the credential ${quoted(signIn.name)} under Manage > Credentials, or choose another one in linked service ${quoted(linkedService.name)}, and publish.`,
              ],
            },
          };
    }),
  );

const notSupported: Rule = (one) =>
  surest(
    one.steps.map((step): Judgement => {
      const { linkedService, signIn } = step;
      const type = LINKED_SERVICE_TYPES[linkedService.type];
      const wanted =
        signIn.method === 'systemAssignedIdentity'
          ? 'systemAssigned'
          : signIn.method === 'userAssignedIdentity'
            ? 'userAssigned'
            : null;
      if (type === undefined || wanted === null) {
        return null;
      }
      if (type.identities === 'both' || type.identities === wanted) {
        return { ruledOut: `${type.title} takes this kind of managed identity.` };
      }
      const instead = type.successor === undefined ? '' : `, or the type ${type.successor}`;
      return {
        seen: {
          certainty: one.steps.length === 1 ? 'certain' : 'likely',
          evidenceFor: [
            `A linked service of type ${linkedService.type} takes ${type.identities === 'none' ? 'no managed identity' : `only a ${type.identities === 'userAssigned' ? 'user-assigned' : 'system-assigned'} one`} (https://learn.microsoft.com/${type.source}).`,
            ...pathsOf([step]),
          ],
          about: aboutService(step),
          sentence: `linked service ${quoted(linkedService.name)} (${type.title}) signs in as a managed identity, which its type does not take`,
          remedy: [
            `In linked service ${quoted(linkedService.name)} choose a way of signing in that the type supports${instead}, with its secret in a Key Vault, and publish.`,
          ],
        },
      };
    }),
  );

const notStated: Rule = (one) =>
  surest(
    one.steps.map((step): Judgement => {
      const { linkedService, signIn } = step;
      if (signIn.method === 'connectionString' && hasKind(one, 'sql-no-user-name')) {
        return {
          seen: {
            certainty: 'likely',
            evidenceFor: [
              `Linked service ${quoted(linkedService.name)} keeps its whole connection string as a secret: a deployment does that, and the service then takes it for a SQL login.`,
            ],
            about: aboutService(step),
          },
        };
      }
      if (signIn.method !== 'unknown') {
        return { ruledOut: `Linked service ${quoted(linkedService.name)} says how it signs in.` };
      }
      return {
        seen: {
          certainty: one.steps.length === 1 && hasKind(one, 'identity-authentication-unset') ? 'certain' : 'likely',
          evidenceFor: [
            `The definition of linked service ${quoted(linkedService.name)} (${linkedService.type}) says no way of signing in, and its type has none by itself.`,
          ],
          about: aboutService(step),
          sentence: `linked service ${quoted(linkedService.name)} does not say how to sign in`,
          remedy: [
            'Choose its authentication in Synapse Studio under Manage > Linked services again, test the connection, and publish. To see what is there:',
            command`az synapse linked-service show --workspace-name ${one.workspace?.name ?? '<workspace>'} --name ${linkedService.name}`,
          ],
        },
      };
    }),
  );

/** Nothing more precise is known: the sign-in log may at least say that it was refused. */
const notReady: Rule = (one) => {
  const rows = actorsIn(one).flatMap(({ principalId, who }) =>
    principalId === null ? [] : identitySignInsOf(one, principalId).map((row) => ({ row, who, principalId })),
  );
  const [first] = rows;
  return first === undefined
    ? null
    : {
        seen: {
          certainty: 'likely',
          evidenceFor: [
            `Sign-in log: ${first.who} was refused a token for ${quoted(first.row.resource)} (AADSTS${first.row.result}) at ${first.row.last.toISOString().slice(0, 16)}Z.`,
          ],
          about: { key: first.principalId, kind: 'identity', name: first.who },
        },
      };
};

export const IDENTITY_RULES = {
  'identity-missing': missing,
  'identity-deleted': deleted,
  'identity-not-attached': notAttached,
  'credential-missing': credentialMissing,
  'identity-not-supported': notSupported,
  'authentication-not-stated': notStated,
  'identity-not-ready': notReady,
} satisfies Readonly<Record<string, Rule>>;
