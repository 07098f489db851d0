import type { SignInWatch, WatchedPrincipal } from '../../src/inventory/sign-ins';
import { customerIdOf } from '../azure/log-rows';
import { workspaceIdOf } from '../azure/resource-ids';
import { LOGS, MORE_LOGS } from './cast';
import type { Traffic } from './traffic';

/** What a full audit of the simulated company would watch. */
export function watchOf({ cast, disabled, secretEnds, from }: Traffic): SignInWatch {
  const workspaces = cast.servers.map(({ name }) => name);
  const principal = (
    kind: WatchedPrincipal['kind'],
    { id, name, clientId = '' }: { readonly id: string; readonly name: string; readonly clientId?: string },
  ): WatchedPrincipal => ({ kind, id, applicationId: clientId, name, enabled: !disabled.has(id), workspaces });
  return {
    takenAt: from.toISOString(),
    workspaces: cast.servers.map((server) => ({ id: workspaceIdOf(server).toLowerCase(), name: server.name })),
    principals: [
      ...cast.people.filter(({ watched }) => watched).map((person) => principal('user', person)),
      ...cast.applications.map((application) => principal('servicePrincipal', application)),
      ...cast.managedIdentities.map((identity) => principal('managedIdentity', identity)),
    ],
    credentials: cast.applications.map(({ id, keyId, clientId }) => ({
      keyId,
      kind: 'secret',
      name: 'generated',
      applicationId: clientId,
      endsAt: secretEnds.get(id)?.toISOString() ?? null,
    })),
    logWorkspaceIds: [LOGS, MORE_LOGS].map(customerIdOf),
    gaps: [],
  };
}
