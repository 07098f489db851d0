import { singleLine } from '../alerts/safe-text';
import type { Granted } from './granted';

export interface NotLookedAt {
  readonly where: string;
  readonly problem: string;
  /** Who could look there. */
  readonly whoCan: string;
}

/** What nobody knows about the identity, because it could not be looked at. */
export function notLookedAt({ graph, subscriptions, workspaces, unlisted }: Granted): NotLookedAt[] {
  const reader = 'a Reader of the subscription';
  return [
    ...(graph.ok
      ? []
      : [{ where: 'Microsoft Graph', problem: graph.problem, whoCan: 'a Directory Reader of the tenant' }]),
    ...unlisted.map((each) => ({ ...each, whoCan: reader })),
    ...subscriptions.flatMap(({ id, name, rights }) =>
      rights.ok ? [] : [{ where: `subscription ${shown(name)} (${id})`, problem: rights.problem, whoCan: reader }],
    ),
    ...workspaces.flatMap(({ name, rights }) =>
      rights.ok
        ? []
        : [
            {
              where: `workspace ${shown(name)}`,
              problem: rights.problem,
              whoCan: 'a Synapse User of the workspace, from an address that its firewall lets in',
            },
          ],
    ),
  ];
}

function shown(name: string): string {
  return singleLine(name, 120);
}
