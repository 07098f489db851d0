import { momentOf } from '../scenarios/moment';
import type { Tenant } from './service';

/**
 * The tenant's default app management policy, the same for applications and service principals.
 * https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get
 */
export function appManagementPolicyObject({ scenario, now }: Tenant): Readonly<Record<string, unknown>> {
  const { enabled, passwordLifetime, asymmetricKeyLifetime, createdAfter } = scenario.appManagementPolicy;
  const restriction = (restrictionType: string, maxLifetime: string | undefined): object[] =>
    maxLifetime === undefined
      ? []
      : [
          {
            restrictionType,
            state: 'enabled',
            maxLifetime,
            restrictForAppsCreatedAfterDateTime:
              createdAfter === null ? null : momentOf(createdAfter, now).toISOString(),
          },
        ];
  const restrictions = {
    passwordCredentials: [
      // Of no concern to lifetimes, and there to be overlooked.
      {
        restrictionType: 'customPasswordAddition',
        state: 'disabled',
        maxLifetime: null,
        restrictForAppsCreatedAfterDateTime: null,
      },
      ...restriction('passwordLifetime', passwordLifetime),
    ],
    keyCredentials: restriction('asymmetricKeyLifetime', asymmetricKeyLifetime),
  };
  return {
    id: '00000000-0000-0000-0000-000000000000',
    displayName: 'Default app management tenant policy',
    description:
      'Default tenant policy that enforces app management restrictions on applications and service principals.',
    isEnabled: enabled,
    applicationRestrictions: restrictions,
    servicePrincipalRestrictions: restrictions,
  };
}
