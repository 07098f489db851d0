/** The objects of a tenant's directory as Microsoft Graph writes them. */
import type { CredentialDescription, Scenario } from '../scenarios/schema';
import { momentOf } from '../scenarios/moment';
import { clientIdOf, guidOf, keyIdOf, servicePrincipalIdOf } from '../scenarios/symbolic-id';
import { identityIdOf, identityNameOf, workspaceIdOf } from './resource-ids';
import type { Tenant } from './service';

export type GraphObject = Readonly<Record<string, unknown>> & { readonly id: string; readonly '@odata.type': string };

export interface Directory {
  readonly applications: readonly GraphObject[];
  readonly servicePrincipals: readonly GraphObject[];
  readonly deletedServicePrincipals: readonly GraphObject[];
  readonly users: readonly GraphObject[];
  readonly groups: readonly GraphObject[];
  /** Federated credentials, by the object id of the application. */
  readonly federatedCredentials: ReadonlyMap<string, readonly GraphObject[]>;
  /** Object ids of the owners, by the object id of the application. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** Members and members of members, nested groups among them, by the object id of the group. */
  readonly transitiveMembers: ReadonlyMap<string, readonly string[]>;
  /** Everything that exists, by object id. */
  readonly objects: ReadonlyMap<string, GraphObject>;
}

/** Home tenant of Microsoft's own applications. */
const MICROSOFT_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

/** The directory of a scenario's tenant, all its relative dates counted from `tenant.now`. */
export function createDirectory(tenant: Tenant): Directory {
  const { scenario } = tenant;
  const applications = scenario.applications.map((application) => applicationObject(application, tenant));
  const users = scenario.users.map((user) => userObject(user, scenario.tenant.domain));
  const groups = scenario.groups.map(groupObject);
  const principals = [...ownPrincipals(tenant), ...foreignPrincipals(tenant), ...managedIdentities(tenant)];
  const isDeleted = (principal: GraphObject): boolean => principal['deletedDateTime'] !== null;
  const servicePrincipals = principals.filter((principal) => !isDeleted(principal));

  const objects = new Map([...applications, ...servicePrincipals, ...users, ...groups].map((each) => [each.id, each]));
  return {
    applications,
    servicePrincipals,
    deletedServicePrincipals: principals.filter(isDeleted),
    users,
    groups,
    federatedCredentials: new Map(
      scenario.applications.map((application) => [guidOf(application.id), federatedCredentialsOf(application)]),
    ),
    owners: new Map(scenario.applications.map(({ id, owners }) => [guidOf(id), existing(owners.map(guidOf), objects)])),
    transitiveMembers: new Map(
      scenario.groups.map(({ id }) => [guidOf(id), existing(flatten(id, scenario).map(guidOf), objects)]),
    ),
    objects,
  };
}

/** Service principals of the applications that are registered here. */
function ownPrincipals({ id, now, scenario }: Tenant): GraphObject[] {
  return scenario.applications
    .filter(({ servicePrincipal }) => servicePrincipal !== 'absent')
    .map((application) =>
      principalObject({
        id: servicePrincipalIdOf(application.id),
        appId: clientIdOf(application.id),
        displayName: application.name,
        accountEnabled: application.servicePrincipal !== 'disabled',
        deletedDateTime: application.servicePrincipal === 'deleted' ? wireDate('-5d', now) : null,
        appOwnerOrganizationId: id,
        ...credentialsOf(application.id.replace(/^app:/, 'sp:'), application.principalCredentials ?? {}, now),
      }),
    );
}

/** Service principals of applications registered elsewhere, and those without application. */
function foreignPrincipals({ now, scenario }: Tenant): GraphObject[] {
  return scenario.servicePrincipals.map((principal) =>
    principalObject({
      id: guidOf(principal.id),
      appId: clientIdOf(principal.id),
      displayName: principal.name,
      accountEnabled: principal.enabled,
      servicePrincipalType: principal.type,
      deletedDateTime: principal.deleted === undefined ? null : wireDate(principal.deleted, now),
      appOwnerOrganizationId: tenantIdOf(principal.ownerTenant),
      ...credentialsOf(principal.id, principal, now),
    }),
  );
}

function tenantIdOf(name: string | null): string | null {
  if (name === null) return null;
  return name === 'microsoft' ? MICROSOFT_TENANT : guidOf(`tenant:${name}`);
}

function managedIdentities({ now, scenario }: Tenant): GraphObject[] {
  const system = scenario.workspaces
    .filter(({ identity }) => identity === 'enabled' || identity === 'disabled')
    .map((workspace) =>
      managedIdentityObject({
        symbol: `system:${workspace.name}`,
        name: workspace.name,
        alternativeNames: ['isExplicit=False', workspaceIdOf(workspace)],
        enabled: workspace.identity === 'enabled',
        certificateEnds: workspace.certificateEnds,
        now,
      }),
    );
  const userAssigned = scenario.userAssignedIdentities
    .filter(({ state }) => state === 'enabled' || state === 'disabled')
    .map((identity) =>
      managedIdentityObject({
        symbol: identity.id,
        name: identityNameOf(identity),
        alternativeNames: ['isExplicit=True', identityIdOf(identity)],
        enabled: identity.state === 'enabled',
        certificateEnds: identity.certificateEnds,
        now,
      }),
    );
  return [...system, ...userAssigned];
}

/** A deleted object drops out of groups and owner lists. */
function existing(ids: readonly string[], objects: ReadonlyMap<string, GraphObject>): string[] {
  return ids.filter((id) => objects.has(id));
}

function flatten(group: string, scenario: Scenario): string[] {
  const members = new Set<string>();
  const visit = (id: string): void => {
    for (const member of scenario.groups.find((each) => each.id === id)?.members ?? []) {
      if (members.has(member) || member === group) continue;
      members.add(member);
      visit(member);
    }
  };
  visit(group);
  return [...members];
}

function applicationObject(application: Scenario['applications'][number], { now }: Tenant): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.application',
    id: guidOf(application.id),
    deletedDateTime: null,
    appId: clientIdOf(application.id),
    applicationTemplateId: null,
    disabledByMicrosoftStatus: application.disabledByMicrosoft ? 'DisabledDueToViolationOfServicesAgreement' : null,
    createdDateTime: wireDate(application.created, now),
    displayName: application.name,
    description: null,
    groupMembershipClaims: null,
    identifierUris: [],
    notes: application.notes,
    publisherDomain: null,
    serviceManagementReference: null,
    signInAudience: 'AzureADMyOrg',
    tags: [],
    tokenEncryptionKeyId: null,
    ...credentialsOf(application.id, application, now),
  };
}

function federatedCredentialsOf({ id, federatedCredentials }: Scenario['applications'][number]): GraphObject[] {
  return federatedCredentials.map(({ name, issuer, subject, audiences }) => ({
    '@odata.type': '#microsoft.graph.federatedIdentityCredential',
    id: guidOf(`federated:${id}/${name}`),
    name,
    issuer,
    subject,
    description: null,
    audiences,
  }));
}

function principalObject(properties: Readonly<Record<string, unknown>> & { readonly id: string }): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    deletedDateTime: null,
    accountEnabled: true,
    alternativeNames: [],
    appDisplayName: properties['displayName'],
    appDescription: null,
    appOwnerOrganizationId: null,
    appRoleAssignmentRequired: false,
    createdDateTime: null,
    description: null,
    disabledByMicrosoftStatus: null,
    homepage: null,
    loginUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    servicePrincipalNames: [properties['appId']],
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMyOrg',
    tags: [],
    tokenEncryptionKeyId: null,
    keyCredentials: [],
    passwordCredentials: [],
    ...properties,
  };
}

function managedIdentityObject(identity: {
  readonly symbol: string;
  readonly name: string;
  readonly alternativeNames: readonly string[];
  readonly enabled: boolean;
  readonly certificateEnds: string;
  readonly now: Date;
}): GraphObject {
  const appId = clientIdOf(identity.symbol);
  // The platform replaces this certificate long before it ends: about 90 days in all.
  const ends = momentOf(identity.certificateEnds, identity.now);
  const starts = new Date(ends.getTime() - 90 * 86_400_000);
  return principalObject({
    id: guidOf(identity.symbol),
    appId,
    displayName: identity.name,
    accountEnabled: identity.enabled,
    alternativeNames: identity.alternativeNames,
    servicePrincipalType: 'ManagedIdentity',
    servicePrincipalNames: [appId, `https://identity.azure.net/${guidOf(identity.symbol)}`],
    signInAudience: null,
    keyCredentials: [
      certificateObject(
        identity.symbol,
        `CN=${appId}`,
        { starts: starts.toISOString(), ends: ends.toISOString() },
        identity.now,
      ),
    ],
  });
}

function userObject(user: Scenario['users'][number], domain: string): GraphObject {
  const alias = user.id.replace(/^user:/, '');
  const mail = user.mail === undefined ? `${alias}@${user.guest ? 'partner.example' : domain}` : user.mail;
  const [givenName = '', ...rest] = user.name.split(' ');
  return {
    '@odata.type': '#microsoft.graph.user',
    id: guidOf(user.id),
    businessPhones: [],
    displayName: user.name,
    givenName,
    jobTitle: null,
    mail,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: rest.join(' '),
    userPrincipalName: user.guest ? `${(mail ?? alias).replace('@', '_')}#EXT#@${domain}` : `${alias}@${domain}`,
    accountEnabled: user.enabled,
    userType: user.guest ? 'Guest' : 'Member',
  };
}

function groupObject(group: Scenario['groups'][number]): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.group',
    id: guidOf(group.id),
    deletedDateTime: null,
    createdDateTime: null,
    description: null,
    displayName: group.name,
    groupTypes: [],
    mail: null,
    mailEnabled: false,
    mailNickname: group.id.replace(/^group:/, ''),
    onPremisesSyncEnabled: null,
    securityEnabled: true,
    visibility: null,
  };
}

function credentialsOf(
  owner: string,
  described: {
    readonly secrets?: readonly CredentialDescription[];
    readonly certificates?: readonly CredentialDescription[];
    readonly samlSigning?: { readonly starts: string; readonly ends: string } | undefined;
  },
  now: Date,
): Record<string, unknown> {
  const saml = described.samlSigning;
  const thumbprint = hashOf(`${owner}/saml`);
  return {
    passwordCredentials: [
      ...(described.secrets ?? []).map((secret, index) => ({
        customKeyIdentifier: null,
        displayName: secret.name,
        endDateTime: wireDate(secret.ends, now),
        hint: hashOf(`${owner}/hint/${index}`).slice(0, 3),
        keyId: keyIdOf(owner, 'secret', secret.name ?? index),
        secretText: null,
        startDateTime: wireDate(secret.starts, now),
      })),
      ...(saml
        ? [
            {
              customKeyIdentifier: thumbprint,
              displayName: null,
              endDateTime: wireDate(saml.ends, now),
              hint: null,
              keyId: keyIdOf(owner, 'certificate', 'saml-sign'),
              secretText: null,
              startDateTime: wireDate(saml.starts, now),
            },
          ]
        : []),
    ],
    keyCredentials: [
      ...(described.certificates ?? []).map((certificate, index) =>
        certificateObject(owner, certificate.name ?? index, certificate, now),
      ),
      // https://learn.microsoft.com/graph/api/serviceprincipal-addtokensigningcertificate: three entries, one pair.
      ...(saml
        ? [
            { ...certificateObject(owner, 'saml-sign', saml, now), type: 'X509CertAndPassword', usage: 'Sign' },
            certificateObject(owner, 'saml-verify', saml, now),
          ].map((each) => ({
            ...each,
            customKeyIdentifier: thumbprint,
            displayName: 'CN=Microsoft Azure Federated SSO Certificate',
          }))
        : []),
    ],
    ...(saml && {
      preferredSingleSignOnMode: 'saml',
      preferredTokenSigningKeyThumbprint: Buffer.from(thumbprint, 'base64').toString('hex').toUpperCase(),
    }),
  };
}

function certificateObject(
  owner: string,
  name: string | number,
  { starts, ends }: { readonly starts: string | null; readonly ends: string | null },
  now: Date,
): Record<string, unknown> {
  return {
    customKeyIdentifier: hashOf(`${owner}/thumbprint/${name}`),
    displayName: typeof name === 'string' ? name : null,
    endDateTime: wireDate(ends, now),
    key: Buffer.from(`public key of ${owner} ${name}`).toString('base64'),
    keyId: keyIdOf(owner, 'certificate', name),
    startDateTime: wireDate(starts, now),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
  };
}

/** Looks like the base64 of a SHA-1 thumbprint. */
function hashOf(text: string): string {
  return Buffer.from(guidOf(`hash:${text}`).replaceAll('-', ''), 'hex').toString('base64');
}

function wireDate(moment: string, now: Date): string;
function wireDate(moment: string | null, now: Date): string | null;
function wireDate(moment: string | null, now: Date): string | null {
  return moment === null
    ? null
    : momentOf(moment, now)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
}
