/** Whether the principal that signs in is there, enabled, and asked of the right tenant. */
import { servicePrincipalsByAppId, servicePrincipalsById } from '../../audit/lookup';
import { isDisabled } from '../../audit/principals';
import { command, quoted } from '../../audit/wording';
import type { DeletedServicePrincipal } from '../../inventory/model';
import { actorsIn, applicationsIn, hasKind, principalOf, type Case } from '../case';
import { surest, type Judgement, type Rule } from '../rule';

const disabled: Rule = (one) => {
  const says = hasKind(one, 'entra-disabled');
  const applications = applicationsIn(one);
  const byId = servicePrincipalsById(one.read('servicePrincipals'));
  const known = [
    ...applications.flatMap(({ appId }) => {
      const principal = principalOf(one, appId);
      return principal === undefined
        ? []
        : [
            {
              id: appId,
              name: principal.application?.displayName ?? principal.servicePrincipal?.displayName ?? appId,
              off: isDisabled(principal),
            },
          ];
    }),
    ...actorsIn(one).flatMap(({ principalId }) => {
      const found = principalId === null ? undefined : byId.get(principalId);
      return found === undefined ? [] : [{ id: found.appId, name: found.displayName, off: !found.enabled }];
    }),
  ];
  const distinct = [...new Map(known.map((principal) => [principal.id, principal])).values()];
  const off = distinct.find((principal) => principal.off);
  if (off !== undefined) {
    const onlyOne = distinct.length === 1;
    const triedToSignIn = says || hasKind(one, 'principal-token', 'identity-token', 'entra-other');
    return {
      seen: {
        certainty: triedToSignIn && onlyOne ? 'certain' : 'likely',
        evidenceFor: [`${quoted(off.name)} is disabled in the directory.`],
        about: { key: off.id, kind: 'servicePrincipal', name: off.name },
        sentence: `${quoted(off.name)} is disabled, so that every sign-in of it is refused`,
        remedy: [
          'Enable it, if that was a mistake:',
          command`az ad sp update --id ${off.id} --set accountEnabled=true`,
        ],
      },
    };
  }
  const [first] = distinct;
  if (first === undefined || !one.isComplete('servicePrincipals')) {
    return null;
  }
  return says
    ? {
        seen: {
          certainty: 'likely',
          evidenceFor: [],
          evidenceAgainst: [`${quoted(first.name)} is enabled now: somebody may have enabled it since.`],
          about: { key: first.id, kind: 'servicePrincipal', name: first.name },
        },
      }
    : { ruledOut: `${distinct.map(({ name }) => quoted(name)).join(', ')} is enabled.` };
};

const deleted: Rule = (one) => {
  const bin = one.read('deletedServicePrincipals');
  const ids = new Set([...one.error.principalIds, ...actorsIn(one).flatMap(({ principalId }) => principalId ?? [])]);
  const appIds = new Set(applicationsIn(one).map(({ appId }) => appId));
  const found = bin.find(({ id, appId }) => ids.has(id) || appIds.has(appId));
  if (found !== undefined && !isBack(one, found)) {
    const says = hasKind(one, 'entra-unknown-application', 'synapse-rbac', 'synapse-use-secret');
    return {
      seen: {
        certainty: says ? 'certain' : 'likely',
        evidenceFor: [
          `${quoted(found.displayName)} is in the directory’s recycle bin${found.deletedAt === null ? '' : ` since ${found.deletedAt.toISOString().slice(0, 16)}Z`}.`,
        ],
        about: { key: found.id, kind: 'servicePrincipal', name: found.displayName },
        sentence: `service principal ${quoted(found.displayName)} was deleted`,
        remedy: [
          'Restore it, with its roles, while it is in the recycle bin:',
          command`az rest --method post --url ${`https://graph.microsoft.com/v1.0/directory/deletedItems/${found.id}/restore`}`,
        ],
      },
    };
  }
  return null;
};

/** Made anew under the same client id. */
function isBack(one: Case, { appId }: DeletedServicePrincipal): boolean {
  return servicePrincipalsByAppId(one.read('servicePrincipals')).has(appId);
}

/** The tenant that was asked, as far as the error names one that is not the audited one. */
function otherTenant({ error, known }: Case): string | undefined {
  return known.tenantId === null ? undefined : error.tenantIds.find((id) => id !== known.tenantId?.toLowerCase());
}

const unknown: Rule = (one) =>
  surest(
    applicationsIn(one).map(({ appId, steps }): Judgement => {
      const principal = principalOf(one, appId);
      if (!one.isComplete('applications') || !one.isComplete('servicePrincipals')) {
        return null;
      }
      if (one.read('deletedServicePrincipals').some((gone) => gone.appId === appId)) {
        return { ruledOut: 'The tenant had it: it was deleted.' };
      }
      if (principal?.servicePrincipal !== undefined) {
        return { ruledOut: `The tenant has ${quoted(principal.servicePrincipal.displayName)} of that client id.` };
      }
      const where = steps.slice(0, 3).map(({ path }) => `${path} names it.`);
      return {
        seen: {
          certainty: 'likely',
          evidenceFor: [
            principal === undefined
              ? `The tenant has no application of client id ${appId}.`
              : `Application ${quoted(principal.application?.displayName ?? appId)} has no service principal in the tenant.`,
            ...where,
          ],
          about: { key: appId, kind: 'application', name: principal?.application?.displayName ?? appId },
          remedy:
            principal === undefined
              ? ['Correct the client id (or the tenant) in the linked service, test the connection, and publish.']
              : ['Create the service principal of the application:', command`az ad sp create --id ${appId}`],
        },
      };
    }),
  );

const wrongTenant: Rule = (one) => {
  const other = otherTenant(one);
  const [application] = applicationsIn(one);
  const own = application === undefined ? undefined : principalOf(one, application.appId)?.servicePrincipal;
  if (hasKind(one, 'entra-wrong-tenant')) {
    return other === undefined
      ? null
      : {
          seen: {
            certainty: 'certain',
            evidenceFor: [`The error names tenant ${other}; the audited one is ${one.known.tenantId ?? ''}.`],
          },
        };
  }
  if (own === undefined || application === undefined) {
    return other === undefined
      ? null
      : {
          seen: {
            certainty: 'possible',
            evidenceFor: [`The error names tenant ${other}; the audited one is ${one.known.tenantId ?? ''}.`],
          },
        };
  }
  const names = one.error.tenantIds.length > 0;
  if (names && other === undefined) {
    return { ruledOut: 'The error names the audited tenant.' };
  }
  return {
    seen: {
      certainty: names ? 'certain' : 'likely',
      evidenceFor: [
        `The audited tenant has ${quoted(own.displayName)} of that client id${other === undefined ? '' : `, and tenant ${other} was asked`}.`,
      ],
      about: { key: application.appId, kind: 'servicePrincipal', name: own.displayName },
      remedy: [`Set the tenant of the linked service to ${one.known.tenantId ?? '<tenant id>'}, and publish.`],
    },
  };
};

export const PRINCIPAL_RULES = {
  'principal-disabled': disabled,
  'principal-deleted': deleted,
  'unknown-application': unknown,
  'wrong-tenant': wrongTenant,
} satisfies Readonly<Record<string, Rule>>;
