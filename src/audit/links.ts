/** Addresses of portal pages, where a reader goes on from a finding. */

/** “Certificates & secrets” of an application registration. */
export function credentialsLink(portal: string, appId: string): string {
  return `${portal}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${appId}`;
}

/** “Owners” of an application registration. */
export function ownersLink(portal: string, appId: string): string {
  return `${portal}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Owners/appId/${appId}`;
}

/** The enterprise application: a service principal's own page. */
export function servicePrincipalLink(
  portal: string,
  servicePrincipal: { readonly id: string; readonly appId: string },
): string {
  const { id, appId } = servicePrincipal;
  return `${portal}/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview/objectId/${id}/appId/${appId}`;
}

/** App registrations, where “Deleted applications” lists what can still be restored. */
export function applicationsLink(portal: string): string {
  return `${portal}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade`;
}

/** The page of a user. */
export function userLink(portal: string, userId: string): string {
  return `${portal}/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/${userId}`;
}

/** The page of an Azure resource, resource group or subscription. */
export function resourceLink(portal: string, tenantId: string, armId: string): string {
  return `${portal}/#@${tenantId}/resource${armId}`;
}

/** All key vaults, as the resource id of one that could not be read is unknown. */
export function keyVaultsLink(portal: string): string {
  return `${portal}/#browse/Microsoft.KeyVault%2Fvaults`;
}

/** “Access control (IAM)” of an Azure scope. */
export function accessControlLink(portal: string, tenantId: string, scope: string): string {
  return `${resourceLink(portal, tenantId, scope)}/users`;
}

/** A conditional access policy. */
export function conditionalAccessLink(portal: string, policyId: string): string {
  return `${portal}/#view/Microsoft_AAD_ConditionalAccess/PolicyBlade/policyId/${policyId}`;
}

/** “User settings” of the directory, where the authorization policy shows. */
export function userSettingsLink(portal: string): string {
  return `${portal}/#view/Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/UserSettings`;
}
