/** What findings are about. Ids are provider keys, so that a finding stays the same however its subject is renamed. */
import type { Application, ServicePrincipal, User, Workspace } from '../inventory/model';
import type { Subject } from './finding';
import { credentialsLink, resourceLink, servicePrincipalLink, userLink } from './links';

/** What of a check's context the links need. */
interface Place {
  readonly portal: string;
  readonly tenantId: string;
}

export function workspaceSubject(workspace: Workspace, { portal, tenantId }: Place): Subject {
  return {
    id: workspace.id,
    kind: 'workspace',
    name: workspace.name,
    link: resourceLink(portal, tenantId, workspace.id),
  };
}

export function servicePrincipalSubject(
  servicePrincipal: Pick<ServicePrincipal, 'id' | 'appId' | 'displayName'>,
  { portal }: Pick<Place, 'portal'>,
): Subject {
  return {
    id: servicePrincipal.id,
    kind: 'servicePrincipal',
    name: servicePrincipal.displayName,
    link: servicePrincipalLink(portal, servicePrincipal),
  };
}

export function applicationSubject(
  { id, appId, displayName }: Application,
  { portal }: Pick<Place, 'portal'>,
): Subject {
  return { id, kind: 'application', name: displayName, link: credentialsLink(portal, appId) };
}

export function userSubject(user: User, { portal }: Place): Subject {
  return { id: user.id, kind: 'user', name: user.displayName, link: userLink(portal, user.id) };
}

/** Something defined in a workspace, by its name there; it has no portal page of its own. */
export function artifactSubject(
  workspace: Workspace,
  kind: 'linkedService' | 'workspaceCredential',
  name: string,
  place: Place,
): Subject {
  const folder = kind === 'linkedService' ? 'linkedservices' : 'credentials';
  return { ...workspaceSubject(workspace, place), id: `${workspace.id}/${folder}/${name.toLowerCase()}`, kind, name };
}

/** A user-assigned identity as one workspace uses it: each workspace has its own trouble with the same identity. */
export function identityInWorkspace(workspace: Workspace, identityId: string, { portal, tenantId }: Place): Subject {
  return {
    id: `${workspace.id}/identities${identityId}`,
    kind: 'identity',
    name: identityId.slice(identityId.lastIndexOf('/') + 1),
    link: resourceLink(portal, tenantId, identityId),
  };
}

/** A principal as one workspace sees it: the same principal may be judged in each workspace. */
export function inWorkspace(subject: Subject, workspace: Workspace): Subject {
  return { ...subject, id: `${workspace.id}/principals/${subject.id}` };
}
