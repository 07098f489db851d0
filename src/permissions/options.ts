import { parseArgs } from 'node:util';
import { isUuid } from '../uuid';
import { CannotRunError } from '../cli/cannot-run';

export const ACTIONS = ['grant', 'verify', 'revoke'] as const;
export type Action = (typeof ACTIONS)[number];

export const USAGE = `usage: npm run permissions -- grant | verify | revoke [options]

  grant     give the auditor's identity what it needs and does not have yet, and nothing else
  verify    say what it does not have, and which checks are blind without it; changes nothing
  revoke    take back what grant gives, and nothing else

  --principal ID     object id of the identity's service principal (default: AUDITOR_PRINCIPAL_ID in the environment)
  --subscription ID  an audited subscription; may be repeated (default: AUDIT_SUBSCRIPTIONS, else those you can see that
                     have a Synapse workspace)
  --workspace NAME   this Synapse workspace only; may be repeated (default: all in those subscriptions)
  --yes              do not ask before anything is changed
  --json             print JSON
  --help             print this

Sign in first: az login --tenant ID. AZURE_TENANT_ID names the tenant.

exit code  0  all that is needed is there; of revoke: nothing of it is left
           1  something is missing, or a step failed
           2  something could not be looked at; nothing that could is missing
           3  the command could not run
           4  nothing was changed: the plan was not agreed to

See docs/permissions-script.md.
`;

export interface Options {
  readonly action: Action;
  /** GUID in lower case. */
  readonly principal: string | undefined;
  /** GUIDs in lower case; empty: those of the setting. */
  readonly subscriptions: readonly string[];
  readonly workspaces: readonly string[];
  readonly yes: boolean;
  readonly json: boolean;
}

const OPTIONS = {
  principal: { type: 'string' },
  subscription: { type: 'string', multiple: true, default: [] as string[] },
  workspace: { type: 'string', multiple: true, default: [] as string[] },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * @returns `'help'` where that is what was asked for
 * @throws CannotRunError about the first thing that is wrong
 */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) {
    return 'help';
  }
  const [action, ...others] = positionals;
  const known = ACTIONS.find((each) => each === action);
  if (known === undefined || others.length > 0) {
    const found = positionals.length === 0 ? 'nothing' : JSON.stringify(positionals.join(' '));
    throw new CannotRunError(
      `Expected one of ${ACTIONS.join(', ')}, found ${found}. See npm run permissions -- --help.`,
    );
  }
  return {
    action: known,
    principal: values.principal === undefined ? undefined : guid('--principal', values.principal),
    subscriptions: values.subscription.map((id) => guid('--subscription', id)),
    workspaces: values.workspace.map(workspaceName),
    yes: values.yes,
    json: values.json,
  };
}

/** @param where names the option or setting */
export function guid(where: string, given: string): string {
  if (!isUuid(given)) {
    throw new CannotRunError(`${where}: expected a GUID, found ${JSON.stringify(given)}.`);
  }
  return given.toLowerCase();
}

function workspaceName(given: string): string {
  if (!/^[a-z0-9-]{1,50}$/i.test(given)) {
    throw new CannotRunError(
      `--workspace: expected the name of a Synapse workspace (letters, digits, hyphens), found ${JSON.stringify(given)}.`,
    );
  }
  return given;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true });
  } catch (cause) {
    // What follows the first sentence is advice that does not fit here.
    const [problem = ''] = (cause as Error).message.split(/\.(?:\s|$)/);
    throw new CannotRunError(`${problem}. See npm run permissions -- --help.`, { cause });
  }
}
