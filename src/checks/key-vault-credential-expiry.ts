import type * as z from 'zod';
import { dependentsOf, firstStart, type BlastRadius, type Placed } from '../audit/blast-radius';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { describeEnd, expiryOptions, expirySeverity, type ExpiryOptions } from '../audit/credential-expiry';
import type { Severity, Subject } from '../audit/finding';
import { secretUsers, type SecretUser } from '../audit/key-vault-references';
import { resourceLink } from '../audit/links';
import { group, workspacesById } from '../audit/lookup';
import { artifactSubject } from '../audit/subjects';
import { command, counted, day, daysBetween, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { KeyVaultItem, KeyVaultItems, Workspace } from '../inventory/model';

export default defineTenantCheck({
  id: 'key-vault-credential-expiry',
  title: 'Secrets and keys that Synapse takes from key vaults are there, enabled and not about to end',
  severity: 'high',
  why: 'A linked service reads its secret from the vault each time it connects. One that is missing or disabled stops every pipeline behind it at once; one whose date passes stands for a password or certificate that its target will refuse. Of certificates the secret that carries them is judged, and of everything the newest version: older versions only the vault itself shows, and they are not evaluated.',
  remediation: [
    'Make a new credential at the target and store it as a new version of the secret, with its own end date.',
    'Let linked services name secrets without a version, so that they take the new one by themselves.',
    'Rotate the key of a workspace, and see on its Encryption page that it follows.',
  ],
  link: 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes',
  requires: ['workspaces', 'linkedServices', 'workspaceCredentials', 'keyVaultSecrets', 'keyVaultKeys'],
  uses: ['pipelines', 'datasets', 'triggers'],
  options: expiryOptions satisfies z.ZodObject,
  evaluate: (facts, context, { pipelines, datasets, triggers }) => {
    const radiusOf = dependentsOf({
      ...facts,
      pipelines: pipelines.data,
      datasets: datasets.data,
      triggers: triggers.data,
    });
    const atLeast = ![pipelines, datasets, triggers].every(({ complete }) => complete);
    const users = secretUsers(facts.linkedServices, facts.workspaceCredentials);
    const workspaces = workspacesById(facts.workspaces);
    const secrets = group(
      users.flatMap((user) => {
        const { vault, reference } = user;
        return vault === null || reference.secretName === null ? [] : [[placeOf(vault, reference.secretName), user]];
      }),
    );
    const keys = group(
      facts.workspaces.flatMap((workspace) => {
        const { customerManagedKey: key } = workspace;
        return key === null ? [] : [[placeOf(key.vault, key.keyName), workspace] as const];
      }),
    );
    return [
      // Of a vault that could not be read the runner says so.
      ...facts.keyVaultSecrets.flatMap((vault) =>
        usedIn(vault, secrets).map(([name, own]) => {
          const radius = radiusOf([...new Set(own.flatMap(({ linkedServices }) => linkedServices))]);
          const used = { users: own, radius, atLeast: atLeast || radius.runsUnread };
          return judgeSecret({ vault: vault.vault, item: itemNamed(vault, name), name, ...used }, context);
        }),
      ),
      ...facts.keyVaultKeys.flatMap((vault) =>
        usedIn(vault, keys).map(([name, own]) =>
          judgeKey({ vault: vault.vault, item: itemNamed(vault, name), name, workspaces: own }, context),
        ),
      ),
      ...undetermined(users, workspaces, context),
    ];
  },
});

/** Names of secrets and keys are compared without case. */
function placeOf(host: string, name: string): string {
  return `${host}/${name.toLowerCase()}`;
}

/** What is used in a vault, by name. */
function usedIn<T>({ vault }: KeyVaultItems, uses: ReadonlyMap<string, readonly T[]>) {
  const prefix = `${vault.host}/`;
  return [...uses].flatMap(([place, own]) =>
    place.startsWith(prefix) ? [[place.slice(prefix.length), own] as const] : [],
  );
}

function itemNamed({ items }: KeyVaultItems, name: string): KeyVaultItem | undefined {
  return items.find((item) => item.name.toLowerCase() === name);
}

interface Item {
  readonly vault: KeyVaultItems['vault'];
  /** `undefined`: there is none of that name. */
  readonly item: KeyVaultItem | undefined;
  readonly name: string;
}

interface Secret extends Item {
  readonly users: readonly SecretUser[];
  readonly radius: BlastRadius;
  /** There may be more pipelines and triggers than are known. */
  readonly atLeast: boolean;
}

interface Key extends Item {
  /** Those that are encrypted with it. */
  readonly workspaces: readonly Workspace[];
}

type Kind = 'secret' | 'certificate' | 'key';

interface Problem {
  readonly severity: Severity;
  /** To be read after “Secret “…” in key vault “…””. */
  readonly text: string;
  readonly follows: string;
  readonly remedy: string;
}

function judgeSecret(secret: Secret, context: CheckContext<ExpiryOptions>): Verdict {
  const { item, vault, users, radius, atLeast } = secret;
  const kind = isCertificate(item) ? 'certificate' : 'secret';
  const pinned = users.filter(({ reference }) => reference.secretVersion !== null);
  const evidence = {
    ...evidenceOf(secret, context),
    usedBy: evidenceList(users.map(({ readFrom, name }) => `${lastPart(readFrom)}/${name}`)),
    pinnedBy: evidenceList(pinned.map(({ readFrom, name }) => `${lastPart(readFrom)}/${name}`)),
    linkedServices: evidenceList(radius.linkedServices.map(placed)),
    pipelines: evidenceList(radius.pipelines.map(placed)),
    triggers: evidenceList(radius.triggers.map(placed)),
    allPipelinesKnown: !atLeast,
  };
  const problem =
    item !== undefined && pinned.length === users.length
      ? pinnedProblem(kind, vault, item)
      : problemOf(kind, secret, context);
  const when = item?.endsAt ?? context.now;
  return verdict(kind, secret, evidence, problem, describeDependents(secret, when, context.now), context);
}

function judgeKey(key: Key, context: CheckContext<ExpiryOptions>): Verdict {
  const names = key.workspaces.map(({ name }) => name);
  const evidence = { ...evidenceOf(key, context), workspaces: evidenceList(names) };
  const what = names.length === 1 ? 'is' : 'are';
  const use = `${counted(names.length, 'workspace')} ${what} encrypted with it: ${quotedList(names)}.`;
  return verdict('key', key, evidence, problemOf('key', key, context), use, context);
}

/** https://learn.microsoft.com/azure/key-vault/certificates/about-certificates */
function isCertificate(item: KeyVaultItem | undefined): boolean {
  return item?.contentType === 'application/x-pkcs12' || item?.contentType === 'application/x-pem-file';
}

/** Nobody reads the newest version, and of older ones nothing is known. */
function pinnedProblem(kind: Kind, vault: Item['vault'], item: KeyVaultItem): Problem {
  return {
    severity: 'low',
    text: 'is used in fixed versions only, whose dates cannot be seen from outside the vault: not evaluated',
    follows: '',
    remedy: steps(
      'Clear the version in the linked services, or look at the versions yourself:',
      command`az keyvault ${kind} list-versions --vault-name ${vault.name} --name ${item.name}`,
    ),
  };
}

/** The first thing that is wrong, the worst first. */
function problemOf(
  kind: Kind,
  { vault, item, name }: Item,
  { now, options }: CheckContext<ExpiryOptions>,
): Problem | undefined {
  const cli = (verb: string): string =>
    `${command`az keyvault ${kind}`} ${verb} ${command`--vault-name ${vault.name} --name ${item?.name ?? name}`}`;
  const stops = kind === 'key' ? 'Nothing that it protects can be opened.' : 'Every connection that needs it fails.';
  if (item === undefined) {
    return {
      severity: 'critical',
      text: 'is not there',
      follows: stops,
      remedy: steps(
        'Recover it, while the vault keeps what was deleted; or store it anew, or correct the name where it is used:',
        cli('recover'),
      ),
    };
  }
  if (!item.enabled) {
    return {
      severity: 'critical',
      text: 'is disabled',
      follows: stops,
      remedy: steps('Enable it, if nobody disabled it on purpose:', `${cli('set-attributes')} --enabled true`),
    };
  }
  const severity = item.endsAt === null ? null : expirySeverity(item.endsAt.getTime() - now.getTime(), options);
  if (item.endsAt !== null && severity !== null) {
    return { severity, text: describeEnd(item.endsAt, now), follows: AFTER_ITS_END[kind], remedy: renewal(kind, cli) };
  }
  if (item.startsAt !== null && item.startsAt > now) {
    return {
      severity: 'medium',
      text: `is not valid before ${day(item.startsAt)}`,
      follows:
        kind === 'key'
          ? 'Until then nothing can be encrypted with it.'
          : 'Key Vault hands it out all the same, but what it opens may not take it yet.',
      remedy: steps(
        'If it is meant to be in use already, correct its start:',
        `${cli('set-attributes')} --not-before ${now.toISOString().slice(0, 19)}Z`,
      ),
    };
  }
  return item.endsAt === null
    ? {
        severity: 'info',
        text: 'has no end date',
        follows: 'When what it stands for ends, nobody is told before.',
        remedy: steps(
          'Give it the end date of what it stands for, or of its next rotation:',
          `${cli('set-attributes')} --expires <yyyy-mm-ddThh:mm:ssZ>`,
        ),
      }
    : undefined;
}

/** Key Vault does not refuse what has expired: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const AFTER_ITS_END: Readonly<Record<Kind, string>> = {
  secret: 'Key Vault goes on handing it out after that, but by its date what it opens takes it no longer.',
  certificate: 'Key Vault goes on handing it out after that, but sign-ins with it fail.',
  key: 'From then on it opens what is encrypted with it, but encrypts nothing more.',
};

function renewal(kind: Kind, cli: (verb: string) => string): string {
  switch (kind) {
    case 'secret':
      return steps(
        'Make a new credential at the target, store it as a new version, and take the old credential away once nothing uses it:',
        `${cli('set')} --file new-secret.txt --expires <yyyy-mm-ddThh:mm:ssZ>`,
      );
    case 'certificate':
      return steps(
        'Renew it in the portal under Certificates of the vault > the certificate > New version, and give its public part to the application that it signs in as. To see it:',
        cli('show'),
      );
    case 'key':
      return steps(
        'Rotate it, then see on the Encryption page of the workspace that it uses the new version:',
        cli('rotate'),
      );
  }
}

function verdict(
  kind: Kind,
  { vault, item, name }: Item,
  evidence: Verdict['evidence'],
  problem: Problem | undefined,
  use: string,
  { portal, tenantId, now }: CheckContext<unknown>,
): Verdict {
  const shown = item?.name ?? name;
  const folder = kind === 'key' ? 'keys' : 'secrets';
  const subject: Subject = {
    id: `${vault.id}/${folder}/${name}`,
    kind,
    name: `${vault.name} / ${shown}`,
    link: resourceLink(portal, tenantId, `${vault.id}/${folder}`),
  };
  const what = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${quoted(shown)} in key vault ${quoted(vault.name)}`;
  if (problem === undefined) {
    const until = item?.endsAt ? ` ${describeEnd(item.endsAt, now)}` : '';
    return { subject, evidence, status: 'pass', message: `${what}${until}.` };
  }
  return {
    subject,
    evidence,
    status: 'fail',
    severity: problem.severity,
    message: [`${what} ${problem.text}.`, problem.follows, use].filter((part) => part !== '').join(' '),
    remediation: problem.remedy,
  };
}

function evidenceOf({ vault, item, name }: Item, { now }: CheckContext<unknown>) {
  return {
    vaultId: vault.id,
    name: item?.name ?? name,
    state: item === undefined ? 'missing' : item.enabled ? 'enabled' : 'disabled',
    startsAt: item?.startsAt?.toISOString() ?? null,
    endsAt: item?.endsAt?.toISOString() ?? null,
    daysLeft: item?.endsAt ? daysBetween(now, item.endsAt) : null,
    olderVersions: 'not evaluated',
  };
}

/** @param ends when it ends, or ended */
function describeDependents({ users, radius, atLeast }: Secret, ends: Date, now: Date): string {
  const names = users.map(({ name }) => name);
  const who = `It is used by ${quotedList(names)}`;
  if (radius.pipelines.length === 0) {
    return `${who}; ${atLeast ? 'which pipelines depend on it could not all be told' : 'no pipeline depends on it'}.`;
  }
  const first = atLeast ? null : firstStart(radius, ends > now ? ends : now);
  const when =
    first === null
      ? ''
      : `, first ${quoted(first.pipeline)} at ${first.time} ${first.timeZone} by trigger ${quoted(first.trigger)}`;
  return `${who}; ${atLeast ? 'at least ' : ''}${counted(radius.pipelines.length, 'pipeline')} may stop${when}.`;
}

/** What an expression decides when a pipeline runs; said once for each linked service or credential. */
function undetermined(
  users: readonly SecretUser[],
  workspaces: ReadonlyMap<string, Workspace>,
  context: CheckContext<unknown>,
): Verdict[] {
  return users.flatMap((user): Verdict[] => {
    const { kind, readFrom, name, reference, vault } = user;
    const workspace = workspaces.get(readFrom);
    if (workspace === undefined || (vault !== null && reference.secretName !== null)) {
      return [];
    }
    const noun = kind === 'linkedService' ? 'Linked service' : 'Credential';
    const what = vault === null ? 'From which key vault' : 'Which secret';
    const why =
      vault === null
        ? `the linked service ${quoted(reference.linkedService)} names its vault by an expression, or is not there`
        : 'an expression decides it when a pipeline runs';
    return [
      {
        subject: artifactSubject(workspace, kind, name, context),
        evidence: { vaultLinkedService: reference.linkedService, vault, secretName: reference.secretName },
        status: 'fail',
        severity: 'low',
        message: `${what} ${noun.toLowerCase()} ${quoted(name)} of workspace ${quoted(workspace.name)} takes its secret cannot be determined: ${why}. Whether the secret is valid is not evaluated.`,
        remediation:
          'Name vault and secret in the linked services, one for each that is used; or watch the end of those secrets elsewhere.',
      },
    ];
  });
}

function placed({ workspace, name }: Placed): string {
  return `${workspace}/${name}`;
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
