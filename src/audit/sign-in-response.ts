/** What to do about sign-ins that somebody else may have made. */
import type { SomeRows } from './sign-in-events';
import { command } from './wording';

/** Steps to take where whoever owns the principal of these rows knows nothing of them. */
export function responseTo([row]: SomeRows, { graph }: { readonly graph: string }): readonly string[] {
  switch (row.kind) {
    case 'user':
      return [
        'Ask them whether it was they, by another way than mail. If not, end their sessions at once and set a new password:',
        command`az rest --method post --url ${`${graph}/v1.0/users/${row.principalId}/revokeSignInSessions`}`,
      ];
    case 'servicePrincipal':
    case 'managedIdentity':
      return [
        'Find out whether something of yours runs there. If not, stop it at once, then give its users a new credential and remove the one that was used:',
        command`az ad sp update --id ${row.principalId} --set accountEnabled=false`,
        ...(row.credentialKeyId === '' || row.applicationId === ''
          ? []
          : [command`az ad app credential delete --id ${row.applicationId} --key-id ${row.credentialKeyId}`]),
      ];
    case 'sqlLogin':
      return [
        'Find out who uses the login. If it was none of them, disable it in the database master with ALTER LOGIN … DISABLE, end its sessions with KILL, and set a new password.',
      ];
  }
}
