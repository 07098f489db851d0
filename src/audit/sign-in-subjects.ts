/** What findings about sign-ins are about. Their ids are keys of the provider, never times or counts. */
import type { SignInKind, SignIns } from '../inventory/sign-ins';
import type { Subject } from './finding';
import { credentialsLink, servicePrincipalLink, userLink } from './links';
import { principalKey, type SomeRows } from './sign-in-events';
import { KIND_NAMES, nameOf } from './sign-in-wording';

/** An account: logins of the same name on two servers are two. */
export function accountKey(row: SignIns): string {
  return row.kind === 'sqlLogin' ? `${serverOf(row)}/${principalKey(row)}` : principalKey(row);
}

/** Of `server/database` the server, lower-cased. */
function serverOf({ resource }: SignIns): string {
  return resource.replace(/\/.*$/s, '').toLowerCase();
}

/** The principal of these rows, which are all of one. */
export function principalSubject(rows: SomeRows, portal: string): Subject {
  const [row] = rows;
  const { principalId: id, applicationId: appId } = row;
  const subject = { id: accountKey(row), name: nameOf(rows) };
  switch (row.kind) {
    case 'user':
      return { ...subject, kind: 'user', ...(id !== '' && { link: userLink(portal, id) }) };
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
export function applicationSubject(rows: SomeRows, what: string, portal: string): Subject {
  const [row] = rows;
  return {
    id: `${applicationKey(row)}/${what}`,
    kind: 'application',
    name: nameOf(rows),
    ...(row.applicationId !== '' && { link: credentialsLink(portal, row.applicationId) }),
  };
}

/** By its client id; where the log does not tell that by the principal. */
export function applicationKey(row: SignIns): string {
  return row.applicationId === '' ? principalKey(row) : row.applicationId;
}

/** All sign-ins of a kind, in the tenant. */
export function kindSubject(kind: SignInKind, tenantId: string): Subject {
  return { id: `${tenantId}/${kind}`, kind: 'tenant', name: `sign-ins of ${KIND_NAMES[kind].many}` };
}
