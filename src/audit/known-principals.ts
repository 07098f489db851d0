/** What the watch knows of the principals that sign in. */
import type { SignInWatch, WatchedPrincipal } from '../inventory/sign-ins';
import { describeWorkspaces } from './synapse-usage';

/** What is known of one; of one that is not watched nothing is. */
export interface Known {
  /** `null`: not watched. */
  readonly principal: WatchedPrincipal | null;
  /** Names of the workspaces that use it or that it may use. */
  readonly workspaces: readonly string[];
  /** The same as a sentence; empty where there are none. */
  readonly concerns: string;
}

/** Answers by object id. Build it once, ask it for each incident. */
export function watchedById({ principals }: SignInWatch): (id: string) => Known {
  return answering(new Map(principals.map((principal) => [principal.id, principal])));
}

/** Answers by client id. */
export function watchedByApplication({ principals }: SignInWatch): (applicationId: string) => Known {
  const applications = principals.filter(({ applicationId }) => applicationId !== '');
  return answering(new Map(applications.map((principal) => [principal.applicationId, principal])));
}

function answering(known: ReadonlyMap<string, WatchedPrincipal>): (id: string) => Known {
  return (id) => {
    const principal = known.get(id) ?? null;
    const workspaces = principal?.workspaces ?? [];
    return {
      principal,
      workspaces,
      concerns: workspaces.length === 0 ? '' : `It concerns ${describeWorkspaces({ workspaces })}.`,
    };
  };
}
