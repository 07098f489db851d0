/** Key vaults: who reads them, whether it may, whether the secret is there, whether the firewall lets it in. */
import {
  accessTo,
  describeNetwork,
  grantAccess,
  READ_SECRET,
  updateVault,
  type VaultAccess,
} from '../../audit/key-vault-access';
import { rolesHeldBy } from '../../audit/lookup';
import { coversResource, grantsDataAction } from '../../audit/rbac';
import { command, quoted } from '../../audit/wording';
import type { KeyVault, KeyVaultItem, KeyVaultReference } from '../../inventory/model';
import { actorsIn, hasKind, hasRolesOf, type Actor, type Case } from '../case';
import type { About } from '../diagnosis';
import { surest, type Judgement, type Rule } from '../rule';
import { tooLate } from './roles';

/** A vault that the failure is about. */
function vaultsIn(one: Case): readonly KeyVault[] {
  const hosts = new Set(
    one.steps.flatMap(({ linkedService: { type, target } }) =>
      type === 'AzureKeyVault' && target !== null ? [target] : [],
    ),
  );
  const all = one.read('keyVaults');
  const named = all.filter(
    ({ host, name }) => one.error.hosts.includes(host) || one.error.resources.includes(name.toLowerCase()),
  );
  // One that the error names and nobody knows is none of the others.
  return named.length > 0 || one.error.resources.length > 0 ? named : all.filter(({ host }) => hosts.has(host));
}

interface Reading {
  readonly vault: KeyVault;
  readonly actor: Actor & { readonly principalId: string };
  readonly access: VaultAccess;
  readonly about: About;
  readonly isComplete: boolean;
}

/** Who reads the vault, and what it may: the principal that the error names, else the identity of the vault’s linked service. */
function readingsIn(one: Case): readonly Reading[] {
  const facts = { azureRoleAssignments: one.read('azureRoleAssignments'), groups: one.read('groups') };
  return vaultsIn(one).flatMap((vault) => {
    const isNamed = one.error.principalIds.length > 0;
    const actors = actorsIn(one).flatMap((actor) =>
      actor.principalId !== null && (isNamed || actor.step?.linkedService.target === vault.host)
        ? [{ ...actor, principalId: actor.principalId }]
        : [],
    );
    const secrets = referencesTo(one, vault).flatMap(({ secretName }) => secretName ?? []);
    const item = secrets.length === 1 ? `${vault.id}/secrets/${secrets[0] ?? ''}` : vault.id;
    return actors.slice(0, 1).map((actor): Reading => ({
      vault,
      actor,
      access: accessTo(vault, item, actor.principalId, [READ_SECRET], facts),
      about: { key: `${vault.id}/principals/${actor.principalId}`, kind: 'vault', name: vault.name },
      // An access policy says all of itself.
      isComplete: one.isComplete('groups') && (!vault.rbac || hasRolesOf(one, vault.id)),
    }));
  });
}

/** What the linked services of the workspace read from a vault, those on the way first. */
function referencesTo(one: Case, vault: KeyVault): readonly KeyVaultReference[] {
  const services = one.read('linkedServices').filter(({ readFrom }) => readFrom === one.workspace?.id);
  const stores = new Set(services.filter(({ target }) => target === vault.host).map(({ name }) => name.toLowerCase()));
  const onTheWay = services.filter((service) =>
    one.steps.some(
      ({ path, linkedService }) => linkedService === service || path.includes(`linked service “${service.name}”`),
    ),
  );
  return onTheWay
    .flatMap(({ keyVaultReferences }) => keyVaultReferences)
    .filter(({ linkedService }) => stores.has(linkedService.toLowerCase()));
}

function lacking(counts: (access: VaultAccess) => boolean, sentence: (reading: Reading) => string): Rule {
  return (one) =>
    surest(
      readingsIn(one).map((reading): Judgement => {
        const { vault, actor, access, about, isComplete } = reading;
        if (access.missing.length === 0) {
          return {
            ruledOut: `${actor.who} may read secrets in vault ${quoted(vault.name)}: ${access.through.join('; ')}.`,
          };
        }
        if (!isComplete || !counts(access)) {
          return null;
        }
        return {
          seen: {
            certainty: hasKind(one, 'vault-forbidden') ? 'certain' : 'likely',
            evidenceFor: [
              `Vault ${quoted(vault.name)} goes by ${vault.rbac ? 'Azure RBAC' : 'access policies'}, and nothing there lets ${actor.who} get secrets.`,
              ...access.inVain.slice(0, 3).map((what) => `It has ${what}, which does not count there.`),
              ...(actor.step === null ? [] : [`${actor.step.path} is read as it.`]),
            ],
            about,
            sentence: sentence(reading),
            remedy: [grantAccess(vault, actor.principalId, 'Key Vault Secrets User', [READ_SECRET])],
          },
        };
      }),
    );
}

const noAccess = lacking(
  ({ inVain }) => inVain.length === 0,
  ({ vault, actor }) => `${actor.who} may not read secrets in key vault ${quoted(vault.name)}`,
);

const wrongModel = lacking(
  ({ inVain }) => inVain.length > 0,
  ({ vault, actor, access }) =>
    `${actor.who} has ${access.inVain[0] ?? ''}, which does not count in key vault ${quoted(vault.name)}: it goes by ${vault.rbac ? 'Azure RBAC' : 'access policies'}`,
);

/** The right is there now: by a role that may be too young, or by a policy, of which nobody tells the age. */
export const vaultPropagation: Rule = (one) =>
  surest(
    readingsIn(one).map(({ vault, actor, access, about }): Judgement => {
      if (access.missing.length > 0) {
        return null;
      }
      const roles = rolesHeldBy(actor.principalId, one.read('azureRoleAssignments'), one.read('groups')).filter(
        ({ assignment }) =>
          coversResource(assignment, vault.id) && grantsDataAction(assignment.role, READ_SECRET.dataAction),
      );
      return (
        tooLate(
          one,
          actor,
          `the right to read secrets in vault ${quoted(vault.name)}`,
          vault.rbac ? roles : [],
          about,
        ) ?? {
          seen: {
            certainty: 'possible',
            evidenceFor: [
              `${actor.who} may read secrets in vault ${quoted(vault.name)} now: ${access.through.join('; ')}.`,
            ],
            about,
          },
        }
      );
    }),
  );

export const vaultConditional: Rule = (one) =>
  surest(
    readingsIn(one).map(({ actor, access, about }): Judgement =>
      access.conditional.length === 0
        ? null
        : {
            seen: {
              certainty: 'likely',
              evidenceFor: [
                `${actor.who} may read secrets under a condition only: ${access.through.join('; ')}. It is not evaluated here.`,
              ],
              about,
            },
          },
    ),
  );

const firewall: Rule = (one) =>
  surest(
    vaultsIn(one).map((vault): Judgement => {
      const network = describeNetwork(vault);
      const says = hasKind(one, 'vault-firewall');
      const about: About = { key: `${vault.id}/network`, kind: 'vault', name: vault.name };
      if (network === 'all networks') {
        return says
          ? {
              seen: {
                certainty: 'likely',
                evidenceFor: [],
                evidenceAgainst: [
                  `Vault ${quoted(vault.name)} lets all networks in now: it may have been opened since.`,
                ],
                about,
              },
            }
          : { ruledOut: `Vault ${quoted(vault.name)} lets all networks in.` };
      }
      if (!says && network !== 'closed') {
        return null;
      }
      return {
        seen: {
          certainty: says ? 'certain' : 'possible',
          evidenceFor: [
            network === 'closed'
              ? `Vault ${quoted(vault.name)} admits neither all networks nor trusted services, and has no private endpoint.`
              : `Vault ${quoted(vault.name)} admits ${network} and the addresses of its rules only.`,
            ...(network === 'trusted services'
              ? ['Web activities and self-hosted integration runtimes are no trusted service.']
              : []),
          ],
          about,
          sentence: `the firewall of key vault ${quoted(vault.name)} does not let the caller in`,
          remedy: [
            network === 'trusted services'
              ? 'Create a managed private endpoint to the vault in Synapse Studio under Manage > Managed private endpoints, and approve it in the vault.'
              : 'Let trusted Microsoft services in, or create a managed private endpoint to the vault and approve it:',
            ...(network === 'trusted services' ? [] : [updateVault(vault, '--bypass AzureServices')]),
          ],
        },
      };
    }),
  );

interface Item {
  readonly vault: KeyVault | { readonly id: string; readonly name: string };
  readonly name: string;
  readonly item: KeyVaultItem | undefined;
}

/** The secrets that are read on the way, where they are named. */
function itemsIn(one: Case): readonly Item[] {
  const all = one.read('keyVaultSecrets');
  return vaultsIn(one).flatMap((vault) => {
    const own = all.find((items) => items.vault.host === vault.host);
    return own === undefined
      ? []
      : referencesTo(one, vault).flatMap(({ secretName }) =>
          secretName === null
            ? []
            : [
                {
                  vault,
                  name: secretName,
                  item: own.items.find(({ name }) => name.toLowerCase() === secretName.toLowerCase()),
                },
              ],
        );
  });
}

function aboutItem({ vault, name }: Item): About {
  return { key: `${vault.id}/secrets/${name.toLowerCase()}`, kind: 'secret', name: `${vault.name} / ${name}` };
}

const notThere: Rule = (one) =>
  surest(
    itemsIn(one).map((found): Judgement => {
      const { vault, name, item } = found;
      return item !== undefined
        ? {
            seen: {
              certainty: 'possible',
              evidenceFor: [],
              evidenceAgainst: [`Vault ${quoted(vault.name)} has a secret ${quoted(name)} now.`],
              about: aboutItem(found),
            },
          }
        : {
            seen: {
              certainty: 'certain',
              evidenceFor: [`Vault ${quoted(vault.name)} has no secret ${quoted(name)}, which a linked service reads.`],
              about: aboutItem(found),
              sentence: `key vault ${quoted(vault.name)} has no secret ${quoted(name)}`,
              remedy: [
                'Recover it, store it anew, or correct the name in the linked service:',
                command`az keyvault secret recover --vault-name ${vault.name} --name ${name}`,
              ],
            },
          };
    }),
  );

const unusable: Rule = (one) =>
  surest(
    itemsIn(one).map((found): Judgement => {
      const { vault, name, item } = found;
      const says = hasKind(one, 'vault-secret-disabled');
      const ended = (item?.endsAt?.getTime() ?? Infinity) <= one.at.getTime();
      if (item === undefined || (item.enabled && !ended)) {
        return says && item !== undefined
          ? {
              seen: {
                certainty: 'possible',
                evidenceFor: [],
                evidenceAgainst: [`The newest version of secret ${quoted(name)} is enabled now.`],
                about: aboutItem(found),
              },
            }
          : null;
      }
      const state = item.enabled ? `has ended on ${item.endsAt?.toISOString().slice(0, 10) ?? ''}` : 'is disabled';
      return {
        seen: {
          certainty: says ? 'certain' : 'likely',
          evidenceFor: [`Secret ${quoted(name)} in vault ${quoted(vault.name)} ${state}.`],
          about: aboutItem(found),
          sentence: `secret ${quoted(name)} in key vault ${quoted(vault.name)} ${state}`,
          remedy: item.enabled
            ? [
                'Make a new credential at the target and store it as a new version:',
                `${command`az keyvault secret set --vault-name ${vault.name} --name ${name}`} --file new-secret.txt --expires <yyyy-mm-ddThh:mm:ssZ>`,
              ]
            : [
                'Enable it, if nobody disabled it on purpose:',
                `${command`az keyvault secret set-attributes --vault-name ${vault.name} --name ${name}`} --enabled true`,
              ],
        },
      };
    }),
  );

export const VAULT_RULES = {
  'vault-access-missing': noAccess,
  'vault-permission-model': wrongModel,
  'vault-firewall': firewall,
  'vault-secret-missing': notThere,
  'vault-secret-unusable': unusable,
} satisfies Readonly<Record<string, Rule>>;
