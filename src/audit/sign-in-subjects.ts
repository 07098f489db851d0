/** What findings about sign-ins are about. Their ids are keys of the provider, never times or counts. */
import type { SignInKind, SignIns, SignInWatch, WatchedPrincipal } from '../inventory/sign-ins';
import type { Subject } from './finding';
import { credentialsLink, servicePrincipalLink, userLink } from './links';
import { principalKey } from './sign-in-events';
import { KIND_NAMES, nameOf } from './sign-in-wording';
import { counted, quotedList } from './wording';

/** An account: logins of the same name on two servers are two. */
export function accountKey(row: SignIns): string {
  return row.kind === 'sqlLogin' ? `${serverOf(row)}/${principalKey(row)}` : principalKey(row);
}

/** Of `server/database` the server, lower-cased. */
function serverOf({ resource }: SignIns): string {
  return (resource.split('/')[0] ?? '').toLowerCase();
}

/** Principals of the watch by object id. */
export function watchedById(watch: SignInWatch): ReadonlyMap<string, WatchedPrincipal> {
  return new Map(watch.principals.map((principal) => [principal.id, principal]));
}

/** The principal of these rows, which are all of one. */
export function principalSubject(rows: readonly SignIns[], portal: string): Subject {
  const [row] = rows;
  if (row === undefined) {
    throw new Error('A finding about sign-ins rests on some of them.');
  }
  const { principalId: id, applicationId: appId } = row;
  const subject = { id: accountKey(row), name: nameOf(rows) };
  switch (row.kind) {
    case 'user':
      return { ...subject, kind: 'identity', ...(id !== '' && { link: userLink(portal, id) }) };
    case 'servicePrincipal':
    case 'managedIdentity':
      return {
        ...subject,
        kind: row.kind === 'servicePrincipal' ? 'servicePrincipal' : 'identity',
        ...(id !== '' && appId !== '' && { link: servicePrincipalLink(portal, { id, appId }) }),
      };
    case 'sqlLogin':
      return { ...subject, kind: 'sqlLogin' };
  }
}

/** An address that some kind of principal is tried from. */
export function addressSubject(kind: SignInKind, address: string): Subject {
  return { id: `${kind}/${address}`, kind: 'address', name: address };
}

/** An application, as its client id tells it, and one sort of what is wrong with it. */
export function applicationSubject(rows: readonly SignIns[], what: string, portal: string): Subject {
  const [row] = rows;
  const applicationId = row?.applicationId ?? '';
  return {
    id: `${row === undefined || applicationId !== '' ? applicationId : principalKey(row)}/${what}`,
    kind: 'application',
    name: nameOf(rows),
    ...(applicationId !== '' && { link: credentialsLink(portal, applicationId) }),
  };
}

/** All sign-ins of a kind, in the tenant. */
export function kindSubject(kind: SignInKind, tenantId: string): Subject {
  return { id: `${tenantId}/${kind}`, kind: 'tenant', name: `sign-ins of ${KIND_NAMES[kind].many}` };
}

/** Principals of the watch by client id. */
export function watchedByApplication(watch: SignInWatch): ReadonlyMap<string, WatchedPrincipal> {
  return new Map(
    watch.principals.flatMap((principal) =>
      principal.applicationId === '' ? [] : [[principal.applicationId, principal]],
    ),
  );
}

/** What Synapse has to do with a principal; empty where nobody knows. */
export function describeWatched(principal: WatchedPrincipal | undefined): string {
  const workspaces = principal?.workspaces ?? [];
  return workspaces.length === 0
    ? ''
    : `It concerns ${counted(workspaces.length, 'workspace')}: ${quotedList(workspaces)}.`;
}
