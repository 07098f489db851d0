import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Enrichments, type Verdict } from '../audit/check';
import { subscriptionIn } from '../inventory/arm-id';
import { userAssignedIdentitiesById } from '../audit/lookup';
import { artifactSubject, identityInWorkspace } from '../audit/subjects';
import { command, counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { LinkedService, UserAssignedIdentity, Workspace, WorkspaceCredential } from '../inventory/model';

export default defineWorkspaceCheck({
  id: 'user-assigned-identity',
  title: 'User-assigned identities are attached where credentials name them, and named where they are attached',
  severity: 'high',
  why: 'A linked service uses a user-assigned identity through a credential of the workspace, and gets a token only while the identity exists and is attached. An identity that no credential names is of no use to linked services, and keeps rights that nobody looks after.',
  remediation: [
    'Attach the identity that a credential names, or let the credential name one that is attached.',
    'Create a credential for an attached identity that linked services should use; detach one that nothing needs.',
  ],
  link: 'https://learn.microsoft.com/azure/data-factory/credentials?tabs=synapse-analytics',
  requires: ['workspaceCredentials', 'userAssignedIdentities'],
  uses: ['linkedServices'],
  options: z.strictObject({}),
  evaluate: (workspace, { workspaceCredentials, userAssignedIdentities }, context, { linkedServices }) => [
    ...workspace.identity.userAssigned
      // One that was deleted fails workspace-managed-identity.
      .filter(({ id }) => userAssignedIdentitiesById(userAssignedIdentities).has(id))
      .map(({ id }) => judgeIdentity(workspace, id, workspaceCredentials, context)),
    ...workspaceCredentials.flatMap((credential) =>
      credential.kind === 'managedIdentity' && credential.identityId !== null
        ? [
            judgeCredential(
              { workspace, credential, identityId: credential.identityId },
              userAssignedIdentities,
              linkedServices,
              context,
            ),
          ]
        : [],
    ),
  ],
});

function judgeIdentity(
  workspace: Workspace,
  id: string,
  credentials: readonly WorkspaceCredential[],
  context: CheckContext<unknown>,
): Verdict {
  const naming = credentials.filter(({ identityId }) => identityId === id).map(({ name }) => name);
  const subject = identityInWorkspace(workspace, id, context);
  const base = { subject, evidence: { identityId: id, workspace: workspace.name, credentials: evidenceList(naming) } };
  const what = `User-assigned identity ${quoted(subject.name)} of workspace ${quoted(workspace.name)}`;
  if (naming.length > 0) {
    return {
      ...base,
      status: 'pass',
      message: `${what} is named by ${counted(naming.length, 'credential')}: ${quotedList(naming)}.`,
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: 'low',
    message: `${what} is attached, but no credential names it: no linked service can sign in as it. Unless it is there for the workspace’s encryption, it only keeps its rights.`,
    remediation: steps(
      'For linked services that should use it, create a credential in Synapse Studio under Manage > Credentials > New > User-assigned managed identity, and publish.',
      'If nothing needs it, detach it in the portal under Managed identities of the workspace. See first which rights it has:',
      command`az role assignment list --all --assignee ${principalOf(workspace, id)} --output table`,
    ),
  };
}

interface Case {
  readonly workspace: Workspace;
  readonly credential: WorkspaceCredential;
  readonly identityId: string;
}

function judgeCredential(
  { workspace, credential, identityId }: Case,
  identities: readonly UserAssignedIdentity[],
  linkedServices: Enrichments<'linkedServices'>['linkedServices'],
  context: CheckContext<unknown>,
): Verdict {
  const attached = workspace.identity.userAssigned.some(({ id }) => id === identityId);
  const state = stateOf(workspace, identityId, identities);
  const users = linkedServices.data.filter((one) => uses(one, credential)).map(({ name }) => name);
  const base = {
    subject: artifactSubject(workspace, 'workspaceCredential', credential.name, context),
    evidence: {
      identityId,
      attached,
      identity: state,
      linkedServices: linkedServices.complete ? evidenceList(users) : 'unknown (they could not be read)',
    },
  };
  const name = identityId.slice(identityId.lastIndexOf('/') + 1);
  const what = `Credential ${quoted(credential.name)} of workspace ${quoted(workspace.name)} names the user-assigned identity ${quoted(name)}`;
  if (attached && state !== 'deleted') {
    return { ...base, status: 'pass', message: `${what}, which is attached.` };
  }
  const trouble =
    state === 'deleted'
      ? 'which was deleted'
      : `which is not attached to the workspace${state === 'exists' ? '' : ' (whether it exists was not looked up)'}`;
  const follows = !linkedServices.complete
    ? 'Linked services that use the credential get no token; which ones could not be read.'
    : users.length === 0
      ? 'No linked service uses the credential yet; one that did would get no token.'
      : `${counted(users.length, 'linked service')} (${quotedList(users)}) and what runs on ${users.length === 1 ? 'it' : 'them'} fail, as no token is given.`;
  return {
    ...base,
    status: 'fail',
    severity: linkedServices.complete && users.length === 0 ? 'medium' : 'high',
    message: `${what}, ${trouble}. ${follows}`,
    remediation:
      state === 'deleted'
        ? 'In Synapse Studio under Manage > Credentials let it name an identity that exists and is attached (attach it first under Managed identities of the workspace in the portal), assign that one the roles of the old one, and publish. If nothing uses the credential, delete it there.'
        : steps(
            'Attach the identity, in the portal under Managed identities of the workspace, or:',
            attach(workspace, identityId),
            'If it was detached on purpose, let the credential name another one in Synapse Studio under Manage > Credentials.',
          ),
  };
}

/** The identities of the workspace's subscription, and of those its attached identities are in, were read. */
function stateOf(
  workspace: Workspace,
  identityId: string,
  identities: readonly UserAssignedIdentity[],
): 'exists' | 'deleted' | 'unknown' {
  if (userAssignedIdentitiesById(identities).has(identityId)) {
    return 'exists';
  }
  const read = [workspace.subscriptionId, ...workspace.identity.userAssigned.map(({ id }) => subscriptionIn(id))];
  return read.includes(subscriptionIn(identityId)) ? 'deleted' : 'unknown';
}

function uses(linkedService: LinkedService, credential: WorkspaceCredential): boolean {
  return linkedService.credential?.toLowerCase() === credential.name.toLowerCase();
}

function principalOf(workspace: Workspace, id: string): string {
  return workspace.identity.userAssigned.find((identity) => identity.id === id)?.principalId ?? id;
}

/** Identities that are not mentioned stay as they are. */
function attach(workspace: Workspace, id: string): string {
  const identity = { type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { [id]: {} } };
  const url = `${workspace.id}?api-version=2021-06-01`;
  return command`az rest --method patch --url ${url} --body ${JSON.stringify({ identity })}`;
}
