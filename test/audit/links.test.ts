import {
  accessControlLink,
  credentialsLink,
  keyVaultsLink,
  resourceLink,
  servicePrincipalLink,
  userLink,
} from '../../src/audit/links';
import { aServicePrincipal, guid, PORTAL, TENANT } from '../fixtures/facts';

test('links lead to pages of the portal', () => {
  expect(credentialsLink(PORTAL, guid(102))).toBe(
    `https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${guid(102)}`,
  );
  expect(servicePrincipalLink(PORTAL, aServicePrincipal())).toBe(
    `https://portal.azure.com/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview/objectId/${guid(103)}/appId/${guid(102)}`,
  );
  expect(userLink(PORTAL, guid(201))).toBe(
    `https://portal.azure.com/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/${guid(201)}`,
  );
  expect(keyVaultsLink(PORTAL)).toBe('https://portal.azure.com/#browse/Microsoft.KeyVault%2Fvaults');
  expect(resourceLink(PORTAL, TENANT, '/subscriptions/x')).toBe(
    `https://portal.azure.com/#@${TENANT}/resource/subscriptions/x`,
  );
  expect(accessControlLink(PORTAL, TENANT, '/subscriptions/x')).toBe(
    `https://portal.azure.com/#@${TENANT}/resource/subscriptions/x/users`,
  );
});

test('links stay in the portal of the cloud', () => {
  expect(credentialsLink('https://portal.azure.cn', guid(102))).toMatch(/^https:\/\/portal\.azure\.cn\/#view\//);
});
