/** The whole command: what is there, what is to be done, the question whether to do it, and what became of it. */
import type { TokenCredential } from '@azure/core-auth';
import checks from '../checks';
import { applySteps, type Outcome } from './apply-steps';
import { CannotRunError } from '../cli/cannot-run';
import { permissionConnector } from './clients';
import { conclusionOf, EXIT_CODES, exitCodeOf, type Run } from './conclusion';
import { findExcess } from './find-excess';
import { findMissing } from './find-missing';
import { notLookedAt } from './not-looked-at';
import { parseOptions, USAGE } from './options';
import { planGrant, planRevoke, type Plan } from './plan';
import { problemOf } from './problem-of';
import { readGranted } from './read-granted';
import { readPermissionSettings, type PermissionSettings } from './read-settings';
import {
  renderExcess,
  renderFailures,
  renderIdentity,
  renderJson,
  renderMissing,
  renderNote,
  renderNotLookedAt,
  renderOutcome,
  renderPlan,
} from './render';

/** Where the command runs. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  /** `undefined`: there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  /** Waits until a new role can be expected to be known everywhere. */
  readonly pause: () => Promise<void>;
}

/**
 * @returns the exit code
 * @throws CannotRunError where it cannot be run as it was asked for
 */
export async function runPermissions(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { environment, write, pause } = surroundings;
  const options = parseOptions(args);
  if (options === 'help') {
    write(USAGE);
    return EXIT_CODES.complete;
  }
  const { action, json } = options;
  const settings = readPermissionSettings(environment);
  const { cloud, tenantId } = settings;
  const principalId = options.principal ?? settings.principalId;
  if (principalId === undefined) {
    throw new CannotRunError(
      'Whose permissions? Give the object id of the auditor’s service principal with --principal, or in AUDITOR_PRINCIPAL_ID.',
    );
  }
  const tell = (text: string): void => {
    if (!json) {
      write(text);
    }
  };

  const connect = permissionConnector(cloud, await signIn(settings, environment));
  const granted = await readGranted(connect, {
    principalId,
    tenantId,
    subscriptions: options.subscriptions.length > 0 ? options.subscriptions : settings.subscriptions,
    workspaces: options.workspaces,
  });
  const missing = findMissing(granted);
  const plan = action === 'revoke' ? planRevoke(granted) : planGrant(granted);
  const known = { action, missing, excess: findExcess(granted), notLookedAt: notLookedAt(granted), plan };
  tell(renderIdentity(granted));
  tell(renderNote(settings.logWorkspaceIds));
  if (action === 'verify') {
    tell(renderMissing(missing, checks));
    tell(renderExcess(known.excess));
  }
  tell(renderNotLookedAt(known.notLookedAt));
  tell(renderPlan(action, plan, cloud));

  const outcomes: readonly Outcome[] | null = (await isAgreed(action, plan, options, surroundings))
    ? await applySteps(plan.steps, {
        clients: connect(new AbortController().signal),
        pause,
        onOutcome: (outcome) => {
          tell(renderOutcome(outcome));
        },
      })
    : null;
  const run: Run = { ...known, outcomes };
  tell(renderFailures(outcomes ?? [], cloud));
  if (action === 'grant' && outcomes?.some(({ status }) => status === 'done')) {
    tell('\nThe auditor has them with its next token, which may take a day; a restart of the app does not help.\n');
  }
  write(json ? renderJson(run, granted, checks, cloud) : `\n${conclusionOf(run)}\n`);
  return exitCodeOf(run);
}

async function isAgreed(
  action: string,
  { steps }: Plan,
  { yes, json }: { readonly yes: boolean; readonly json: boolean },
  { ask }: Surroundings,
): Promise<boolean> {
  if (action === 'verify' || steps.length === 0) {
    return false;
  }
  return yes || (!json && ask !== undefined && (await ask('\nDo this? [y/N] ')));
}

/** Signs in before anything is looked at: without that every place would say so for itself. */
async function signIn(
  { clientId, cloud, tenantId }: PermissionSettings,
  environment: Surroundings['environment'],
): Promise<TokenCredential> {
  // Loaded here, as it takes longer than to see that an option is wrong.
  const { createCredential } = await import('../credential');
  const credential = createCredential(clientId, environment, tenantId);
  try {
    await credential.getToken(`${cloud.resourceManagerAudience}/.default`);
  } catch (cause) {
    throw new CannotRunError(`The sign-in to Azure failed; run az login --tenant ${tenantId}. ${problemOf(cause)}`, {
      cause,
    });
  }
  return credential;
}
