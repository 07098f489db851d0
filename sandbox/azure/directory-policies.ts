/** The directory's policies and its log of who changed them, as Graph shows them. */
import { momentOf } from '../scenarios/moment';
import { clientIdOf, fillSymbols, guidOf } from '../scenarios/symbolic-id';
import type { GraphObject } from './directory';
import type { Tenant } from './service';

/** https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy */
export function conditionalAccessObjects({ scenario, now }: Tenant): GraphObject[] {
  return scenario.conditionalAccessPolicies.map(({ id, name, state, conditions, grantControls }) => ({
    '@odata.type': '#microsoft.graph.conditionalAccessPolicy',
    id: guidOf(id),
    templateId: null,
    displayName: name,
    createdDateTime: new Date(now.getTime() - 400 * 86_400_000).toISOString(),
    modifiedDateTime: null,
    state,
    conditions: {
      userRiskLevels: [],
      signInRiskLevels: [],
      platforms: null,
      locations: null,
      clientApplications: null,
      ...(JSON.parse(fillSymbols(JSON.stringify(conditions))) as object),
    },
    grantControls: { customAuthenticationFactors: [], termsOfUse: [], ...grantControls },
    sessionControls: null,
  }));
}

/** https://learn.microsoft.com/graph/api/resources/authorizationpolicy */
export function authorizationPolicyObject({ scenario }: Tenant): Readonly<Record<string, unknown>> {
  const { allowInvitesFrom, usersMayCreateApps, userConsentPolicies } = scenario.authorizationPolicy;
  return {
    id: 'authorizationPolicy',
    displayName: 'Authorization Policy',
    description: 'Used to manage authorization related settings across the company.',
    allowInvitesFrom,
    allowedToSignUpEmailBasedSubscriptions: true,
    allowedToUseSSPR: true,
    allowEmailVerifiedUsersToJoinOrganization: false,
    blockMsolPowerShell: true,
    guestUserRoleId: '10dae51f-b6af-4016-8d66-8c2a99b929b3',
    defaultUserRolePermissions: {
      allowedToCreateApps: usersMayCreateApps,
      allowedToCreateSecurityGroups: true,
      allowedToReadOtherUsers: true,
      permissionGrantPoliciesAssigned: userConsentPolicies,
    },
  };
}

const INSTANT = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
const FILTER = new RegExp(
  `^activityDateTime ge (${INSTANT}) and activityDateTime le (${INSTANT}) and category eq '(\\w+)'$`,
);

/** https://learn.microsoft.com/graph/api/resources/directoryaudit; `undefined`: the filter is not simulated. */
export function directoryAuditObjects(tenant: Tenant, filter: string | null): GraphObject[] | undefined {
  const [, from = '', to = '', category] = FILTER.exec(filter ?? '') ?? [];
  if (category === undefined) return undefined;
  return tenant.scenario.directoryAudits
    .map((entry, index) => ({ ...entry, index, time: momentOf(entry.at, tenant.now) }))
    .filter(({ time, category: own }) => own === category && time >= new Date(from) && time <= new Date(to))
    .map(({ by, activity, target, result, index, time }) => ({
      '@odata.type': '#microsoft.graph.directoryAudit',
      id: `Directory_${guidOf(`audit:${index}`)}`,
      category,
      correlationId: guidOf(`audit:${index}/correlation`),
      result,
      resultReason: '',
      activityDisplayName: activity,
      activityDateTime: time.toISOString(),
      loggedByService: 'Conditional Access',
      operationType: 'Update',
      initiatedBy: initiatorOf(by, tenant),
      targetResources: [
        {
          id: target.startsWith('policy:') ? guidOf(target) : target,
          displayName: null,
          type: 'Policy',
          modifiedProperties: [],
        },
      ],
      additionalDetails: [],
    }));
}

function initiatorOf(symbol: string, { scenario }: Tenant): object {
  if (!symbol.startsWith('user:')) {
    const app = {
      appId: clientIdOf(symbol),
      displayName: null,
      servicePrincipalId: guidOf(symbol),
      servicePrincipalName: null,
    };
    return { user: null, app };
  }
  const userPrincipalName = `${symbol.replace(/^user:/, '')}@${scenario.tenant.domain}`;
  return { app: null, user: { id: guidOf(symbol), displayName: null, userPrincipalName, ipAddress: null } };
}
