/** Secrets and certificates of the service principal that a linked service signs in as. */
import { credentialCommand, describe, describeEnd } from '../../audit/credential-expiry';
import { servicePrincipalsById } from '../../audit/lookup';
import { credentialsOf, type HeldCredential, type Principal } from '../../audit/principals';
import { command, day, daysInMs, quoted } from '../../audit/wording';
import type { Credential } from '../../inventory/model';
import {
  applicationsIn,
  hasKind,
  principalOf,
  signInsOf,
  type Case,
  type ConcernedApplication,
  type Step,
} from '../case';
import type { About } from '../diagnosis';
import { surest, type Judgement, type Rule, type Seen } from '../rule';
import { firstLabel } from '../way';

const RECENT_MS = daysInMs(30);

interface Holder extends ConcernedApplication {
  readonly principal: Principal;
  readonly expired: readonly HeldCredential[];
  readonly valid: readonly HeldCredential[];
}

/** What the application has of a kind, as of the failure; `null`: it is not known. */
function holderOf(one: Case, concerned: ConcernedApplication, kind: Credential['kind']): Holder | null {
  const principal = principalOf(one, concerned.appId);
  if (principal === undefined || !one.isComplete('applications')) {
    return null;
  }
  const signingIn = credentialsOf(principal, kind).filter(({ credential }) => credential.usage === 'signIn');
  const hasEnded = ({ credential }: HeldCredential): boolean =>
    credential.endsAt !== null && credential.endsAt <= one.at;
  return {
    ...concerned,
    principal,
    expired: latestFirst(signingIn.filter(hasEnded)),
    valid: latestFirst(signingIn.filter((held) => !hasEnded(held))),
  };
}

function latestFirst(held: readonly HeldCredential[]): readonly HeldCredential[] {
  const start = ({ credential }: HeldCredential): number => credential.startsAt?.getTime() ?? 0;
  return [...held].sort((a, b) => start(b) - start(a));
}

/** Errors that say themselves what was signed in with, whatever the linked services of this pipeline do. */
const SAYS: Readonly<Record<Credential['kind'], readonly string[]>> = {
  secret: ['entra-secret-expired', 'entra-wrong-secret'],
  certificate: ['entra-certificate', 'entra-certificate-expired', 'entra-certificate-key-not-found'],
};

/** Those that sign in with such a credential; of an application that only the error names either may be meant. */
function holders(one: Case, kind: Credential['kind']): readonly (Holder | null)[] {
  const method = kind === 'secret' ? 'servicePrincipalSecret' : 'servicePrincipalCertificate';
  const isSaid = hasKind(one, ...SAYS[kind]);
  return applicationsIn(one)
    .filter(({ steps }) => isSaid || steps.length === 0 || steps.some(({ signIn }) => signIn.method === method))
    .map((concerned) => holderOf(one, concerned, kind));
}

function aboutCredential({ credential, holderId, holderName }: HeldCredential): About {
  const label = credential.displayName ?? `key id ${credential.keyId}`;
  return { key: `${holderId}/${credential.keyId}`, kind: credential.kind, name: `${holderName} / ${label}` };
}

function pathsOf(steps: readonly Step[]): readonly string[] {
  return steps.slice(0, 3).map(({ path }) => `${path} signs in as it.`);
}

function rowsOf(one: Case, appId: string): readonly string[] {
  return signInsOf(one, appId)
    .slice(0, 3)
    .map(
      ({ result, last, credentialKeyId }) =>
        `Sign-in log: AADSTS${result} at ${last.toISOString().slice(0, 16)}Z${credentialKeyId === '' ? '' : ` with key id ${credentialKeyId}`}.`,
    );
}

const expired =
  (kind: Credential['kind'], saysSo: readonly string[]): Rule =>
  (one) => {
    const named = holders(one, kind);
    const found = named.length === 0 && hasKind(one, 'token-refused') ? roleHolders(one, kind) : named;
    return surest(
      found.map((holder) => (holder === null ? null : judgeExpired(one, kind, holder, saysSo, found.length))),
    );
  };

/** Whoever called the workspace holds a role in it: of these, those that can no longer sign in at all. */
function roleHolders(one: Case, kind: Credential['kind']): readonly Holder[] {
  const members = new Map(one.read('groups').map(({ id, servicePrincipalIds }) => [id, servicePrincipalIds]));
  const holding = one
    .read('synapseRoleAssignments')
    .filter(({ readFrom }) => readFrom === one.workspace?.id)
    .flatMap(({ principalId }) => members.get(principalId) ?? [principalId]);
  const byId = servicePrincipalsById(one.read('servicePrincipals'));
  const appIds = new Set(holding.flatMap((id) => byId.get(id)?.appId ?? []));
  return [...appIds]
    .map((appId) => holderOf(one, { appId, steps: [] }, kind))
    .filter((holder) => holder !== null)
    .filter((holder) => holder.expired.length > 0 && holder.valid.length === 0);
}

function judgeExpired(
  one: Case,
  kind: Credential['kind'],
  { principal, expired: ended, valid, steps, appId }: Holder,
  saysSo: readonly string[],
  holdersFound: number,
): Judgement {
  const rows = signInsOf(one, appId);
  const used = ended.find(({ credential }) =>
    rows.some((row) => row.credentialKeyId === credential.keyId.toLowerCase()),
  );
  const [newest] = used === undefined ? ended : [used];
  const isSaid = hasKind(one, ...saysSo);
  if (newest === undefined) {
    return isSaid
      ? {
          seen: {
            certainty: 'likely',
            evidenceFor: [],
            evidenceAgainst: [
              `${quoted(nameOf(principal))} has no expired ${kind} now: it may have been removed since.`,
            ],
          },
        }
      : { ruledOut: `No ${kind} of ${quoted(nameOf(principal))} had expired by then.` };
  }
  const others = valid.slice(0, 1).map((held) => `${describe({ held })} is valid.`);
  // Without the number of Entra ID it is the only way to sign in that tells, and that it is what was tried.
  const triedToSignIn = isSaid || hasKind(one, 'principal-token', 'entra-certificate');
  const onlyOne = holdersFound === 1 && valid.length === 0;
  const seen: Seen = {
    certainty: triedToSignIn && onlyOne ? 'certain' : isSaid || onlyOne || used !== undefined ? 'likely' : 'possible',
    evidenceFor: [
      `${describe({ held: newest })} ${describeEnd(newest.credential.endsAt ?? one.at, one.known.now)}.`,
      ...rowsOf(one, appId),
      ...pathsOf(steps),
    ],
    evidenceAgainst: others,
    about: aboutCredential(newest),
    sentence: `${kind}${describe({ held: newest }).slice(kind.length)} has expired`,
    remedy: rotation(principal, newest, steps, one),
  };
  return { seen };
}

function rotation(
  principal: Principal,
  held: HeldCredential,
  steps: readonly Step[],
  { known }: Case,
): readonly string[] {
  const { kind, keyId } = held.credential;
  const material = kind === 'secret' ? `--display-name rotated-${day(known.now)}` : '--cert @new-certificate.pem';
  const certificate = kind === 'certificate' ? ' --cert' : '';
  return [
    'Add a new credential beside the old one:',
    `${credentialCommand({ principal, held }, 'reset')} --append ${material}`,
    `${whereTo(steps)}, run the pipeline again, then remove the old one:`,
    `${credentialCommand({ principal, held }, 'delete')} ${command`--key-id ${keyId}`}${certificate}`,
  ];
}

function whereTo(steps: readonly Step[]): string {
  const references = steps.flatMap(({ linkedService }) => linkedService.keyVaultReferences);
  const [reference] = references;
  return reference?.secretName
    ? `Store it as a new version of secret ${quoted(reference.secretName)} in the vault of linked service ${quoted(reference.linkedService)}`
    : 'Put it wherever the old one is read';
}

/** The secret is there and valid, but the linked service reads another: a fixed version, its own copy, what the vault still holds. */
const notUsed: Rule = (one) => {
  const vaultSays = hasKind(one, 'vault-secret-disabled', 'vault-secret-not-found');
  return vaultSays ? pinnedInVault(one) : surest(applicationsIn(one).flatMap((concerned) => oldSecret(one, concerned)));
};

function oldSecret(one: Case, concerned: ConcernedApplication): readonly Judgement[] {
  const holder = holderOf(one, concerned, 'secret');
  const [newest] = holder?.valid ?? [];
  if (holder === null || newest === undefined) {
    return [];
  }
  const saysExpired = hasKind(one, 'entra-secret-expired');
  const started = newest.credential.startsAt?.getTime() ?? 0;
  const isRecent = one.at.getTime() - started < RECENT_MS && started <= one.at.getTime();
  const wasReplaced = saysExpired || (isRecent && hasKind(one, 'entra-wrong-secret')) || holder.expired.length > 0;
  if (!wasReplaced) {
    return [];
  }
  return holder.steps.map((step): Judgement => {
    const { linkedService } = step;
    const [reference] = linkedService.keyVaultReferences;
    const isPinned = linkedService.keyVaultReferences.some(({ secretVersion }) => secretVersion !== null);
    const isInline = linkedService.inlineSecrets.length > 0;
    const where = isPinned
      ? `it reads version ${reference?.secretVersion ?? ''} of secret ${quoted(reference?.secretName ?? '')}, not the newest`
      : isInline
        ? `it holds a copy of the secret itself (${linkedService.inlineSecrets.join(', ')})`
        : 'the vault may still hold the old value';
    const isSure = saysExpired && (isPinned || isInline) && holder.steps.length === 1;
    return {
      seen: {
        certainty: isSure ? 'certain' : isPinned || isInline || saysExpired ? 'likely' : 'possible',
        evidenceFor: [
          `${describe({ held: newest })} is valid${newest.credential.startsAt === null ? '' : ` since ${day(newest.credential.startsAt)}`}.`,
          `Linked service ${quoted(linkedService.name)}: ${where}.`,
          ...pathsOf([step]),
        ],
        about: aboutService(step),
        sentence: `the secret of ${quoted(newest.holderName)} was replaced, and linked service ${quoted(linkedService.name)} still uses the old one: ${where}`,
        remedy: [
          isPinned
            ? `In linked service ${quoted(linkedService.name)} clear the secret version, so that the newest one is read, and publish:`
            : isInline
              ? `Store the new secret in a Key Vault, let linked service ${quoted(linkedService.name)} read it there without a version, and publish:`
              : `Store the value of the new secret as a new version of secret ${quoted(reference?.secretName ?? '')} in the vault; see first what is there:`,
          isPinned || isInline || !reference?.secretName
            ? command`az synapse linked-service show --workspace-name ${one.workspace?.name ?? '<workspace>'} --name ${linkedService.name}`
            : command`az keyvault secret list-versions --vault-name ${vaultNameOf(one, reference.linkedService)} --name ${reference.secretName}`,
        ],
      },
    };
  });
}

function vaultNameOf(one: Case, linkedService: string): string {
  const target = one
    .read('linkedServices')
    .find(
      ({ name, readFrom }) => readFrom === one.workspace?.id && name.toLowerCase() === linkedService.toLowerCase(),
    )?.target;
  return target ? firstLabel(target) : '<vault>';
}

function pinnedInVault(one: Case): Judgement {
  if (one.workspace === null) {
    return null;
  }
  const services = one.read('linkedServices').filter(({ readFrom }) => readFrom === one.workspace?.id);
  const secrets = one.read('keyVaultSecrets');
  return surest(
    services
      .filter((service) =>
        one.steps.some(
          ({ linkedService }) => linkedService === service || service.dependsOn.includes(linkedService.name),
        ),
      )
      .flatMap((service) => service.keyVaultReferences.map((reference) => ({ service, reference })))
      .filter(({ reference }) => reference.secretVersion !== null)
      .map(({ service, reference }): Judgement => {
        const vault = services.find(({ name }) => name.toLowerCase() === reference.linkedService.toLowerCase());
        const items = secrets.find(({ vault: { host } }) => host === vault?.target)?.items;
        const newest = items?.find(({ name }) => name.toLowerCase() === reference.secretName?.toLowerCase());
        return newest?.enabled !== true
          ? null
          : {
              seen: {
                certainty: hasKind(one, 'vault-secret-disabled') ? 'certain' : 'likely',
                evidenceFor: [
                  `The newest version of secret ${quoted(newest.name)} is there and enabled.`,
                  `Linked service ${quoted(service.name)} reads version ${reference.secretVersion ?? ''}.`,
                ],
                about: { key: serviceKey(service), kind: 'linkedService', name: service.name },
                sentence: `linked service ${quoted(service.name)} is pinned to an old version of secret ${quoted(newest.name)}`,
                remedy: [
                  `In linked service ${quoted(service.name)} clear the secret version, so that the newest one is read, and publish.`,
                ],
              },
            };
      }),
  );
}

export function serviceKey({ readFrom, name }: { readonly readFrom: string; readonly name: string }): string {
  return `${readFrom}/linkedservices/${name.toLowerCase()}`;
}

export function aboutService({ linkedService }: Step): About {
  return { key: serviceKey(linkedService), kind: 'linkedService', name: linkedService.name };
}

/** Entra ID says it; the tenant tells whose it is, and whether a replaced one explains it better. */
const wrongSecret: Rule = (one) => {
  const [concerned, ...more] = applicationsIn(one);
  const holder = concerned === undefined ? null : holderOf(one, concerned, 'secret');
  if (concerned === undefined || holder === null || more.length > 0 || !hasKind(one, 'entra-wrong-secret')) {
    return null;
  }
  const replaced = oldSecret(one, concerned).some(
    (found) => found !== null && 'seen' in found && found.seen.certainty === 'likely',
  );
  return {
    seen: {
      certainty: replaced ? 'possible' : 'certain',
      evidenceFor: [
        `${quoted(nameOf(holder.principal))} has ${holder.valid.length} valid secrets, and what was sent is none of them.`,
        ...rowsOf(one, concerned.appId),
        ...pathsOf(concerned.steps),
      ],
      about: { key: concerned.appId, kind: 'application', name: nameOf(holder.principal) },
      sentence: `the secret that is sent is none of ${quoted(nameOf(holder.principal))}’s: its id instead of its value, or one that was removed`,
      remedy: [
        'Make a new secret, and store its value, not its id, wherever the linked service reads it:',
        command`az ad app credential reset --id ${concerned.appId} --append --display-name pipelines --query password --output tsv`,
      ],
    },
  };
};

const unregistered: Rule = (one) =>
  surest(
    holders(one, 'certificate').map((holder): Judgement => {
      if (holder === null) {
        return null;
      }
      const says = hasKind(one, 'entra-certificate-key-not-found');
      if (holder.valid.length === 0 && holder.expired.length > 0 && !says) {
        return { ruledOut: `All certificates of ${quoted(nameOf(holder.principal))} have expired, which explains it.` };
      }
      return {
        seen: {
          certainty: says ? 'certain' : 'likely',
          evidenceFor: [
            `${quoted(nameOf(holder.principal))} has ${holder.valid.length} valid certificates.`,
            ...pathsOf(holder.steps),
          ],
          about: { key: holder.appId, kind: 'application', name: nameOf(holder.principal) },
        },
      };
    }),
  );

function nameOf({ application, servicePrincipal, appId }: Principal): string {
  return application?.displayName ?? servicePrincipal?.displayName ?? appId;
}

export const SECRET_RULES = {
  'secret-expired': expired('secret', ['entra-secret-expired']),
  'certificate-expired': expired('certificate', ['entra-certificate-expired']),
  'rotated-secret-not-used': notUsed,
  'wrong-secret': wrongSecret,
  'certificate-not-registered': unregistered,
} satisfies Readonly<Record<string, Rule>>;
