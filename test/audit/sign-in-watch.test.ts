import { signInWatch, WATCH_SOURCES } from '../../src/audit/sign-in-watch';
import type { SignInWatch } from '../../src/inventory/sign-ins';
import {
  aCertificate,
  aDiagnosticSetting,
  aGroup,
  aLinkedService,
  anApplication,
  anAzureRoleAssignment,
  anEntraAdministrator,
  aPrincipalsLinkedService,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aUser,
  aUserAssignedIdentity,
  aWorkspace,
  aWorkspaceCredential,
  aWorkspaceIdentity,
  guid,
  inDays,
  LOG_ANALYTICS_ID,
  NOW,
  STORAGE_ID,
  SUBSCRIPTION,
  TENANT,
} from '../fixtures/facts';
import { anInventory, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace({
  identity: { systemAssigned: false, principalId: null, tenantId: null, userAssigned: [] },
});
const context = { now: NOW, tenantId: TENANT, logWorkspaceIds: [] };
const watchOf = (facts: SomeFacts, workspaces = [workspace]): SignInWatch =>
  signInWatch(anInventory(facts, workspaces), context);
const loader = {
  kind: 'servicePrincipal',
  id: guid(103),
  applicationId: guid(102),
  name: 'Nightly loader',
  enabled: true,
  workspaces: ['contoso'],
};
const ada = {
  kind: 'user',
  id: guid(201),
  applicationId: '',
  name: 'ada@example.com',
  enabled: true,
  workspaces: ['contoso'],
};

describe('who is watched', () => {
  it('is nobody where nothing concerns a workspace', () => {
    const elsewhere = { scope: '/subscriptions/other/resourcegroups/rg', readFrom: 'other' };
    const watch = watchOf({
      users: [aUser()],
      applications: [anApplication({ credentials: [aSecret()] })],
      servicePrincipals: [aServicePrincipal()],
      azureRoleAssignments: [anAzureRoleAssignment(elsewhere)],
      linkedServices: [aLinkedService()],
    });
    expect(watch).toEqual({
      takenAt: NOW.toISOString(),
      workspaces: [{ id: workspace.id, name: 'contoso' }],
      principals: [],
      credentials: [],
      logWorkspaceIds: [],
      gaps: [],
    });
  });

  it.each([
    ['a Synapse role', { synapseRoleAssignments: [aSynapseRoleAssignment()] }],
    ['an Azure role above a workspace', { azureRoleAssignments: [anAzureRoleAssignment()] }],
    ['an Azure role on its default storage', { azureRoleAssignments: [anAzureRoleAssignment({ scope: STORAGE_ID })] }],
    ['a linked service that names it', { linkedServices: [aPrincipalsLinkedService()] }],
    [
      'a credential of a workspace that names it',
      { workspaceCredentials: [aWorkspaceCredential({ kind: 'servicePrincipal', servicePrincipalId: guid(102) })] },
    ],
    [
      'the SQL administration, by object id',
      { entraAdministrators: [anEntraAdministrator({ principalId: guid(103) })] },
    ],
    [
      'the SQL administration, by client id',
      { entraAdministrators: [anEntraAdministrator({ principalId: guid(102) })] },
    ],
    [
      'the SQL administration of its group',
      { entraAdministrators: [anEntraAdministrator()], groups: [aGroup({ servicePrincipalIds: [guid(103)] })] },
    ],
    [
      'a role of its group',
      {
        synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(301) })],
        groups: [aGroup({ servicePrincipalIds: [guid(103)] })],
      },
    ],
  ] satisfies [string, SomeFacts][])('is a service principal with %s', (_, facts) => {
    const watch = watchOf({ applications: [anApplication()], servicePrincipals: [aServicePrincipal()], ...facts });
    expect(watch.principals).toEqual([loader]);
  });

  it.each([
    ['a Synapse role', { synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(201) })] }],
    [
      'a role of a group',
      {
        azureRoleAssignments: [anAzureRoleAssignment({ principalId: guid(301) })],
        groups: [aGroup({ users: [aUser()] })],
      },
    ],
    ['the SQL administration', { entraAdministrators: [anEntraAdministrator({ principalId: guid(201) })] }],
    [
      'the SQL administration of a group',
      { entraAdministrators: [anEntraAdministrator()], groups: [aGroup({ users: [aUser()] })] },
    ],
  ] satisfies [string, SomeFacts][])('is a person with %s', (_, facts) => {
    expect(watchOf({ users: [aUser()], ...facts }).principals).toEqual([ada]);
  });

  it('has every workspace it concerns, each once', () => {
    const sales = aWorkspace({ ...workspace, name: 'sales', id: aWorkspace({ name: 'sales' }).id });
    const watch = watchOf(
      {
        servicePrincipals: [aServicePrincipal()],
        synapseRoleAssignments: [aSynapseRoleAssignment()],
        linkedServices: [aPrincipalsLinkedService({ readFrom: sales.id }), aPrincipalsLinkedService()],
      },
      [sales, workspace],
    );
    expect(watch.principals).toEqual([{ ...loader, workspaces: ['contoso', 'sales'] }]);
    expect(watch.workspaces.map(({ name }) => name)).toEqual(['contoso', 'sales']);
  });

  it('may be an application that has no service principal here, by its client id', () => {
    const linkedServices = [aPrincipalsLinkedService()];
    const known = { ...loader, id: guid(102), enabled: null };
    expect(watchOf({ linkedServices, applications: [anApplication()] }).principals).toEqual([known]);
    expect(watchOf({ linkedServices }).principals).toEqual([{ ...known, name: guid(102) }]);
  });

  it('leaves out what an expression decides', () => {
    const servicePrincipalId = 'expression';
    expect(watchOf({ linkedServices: [aPrincipalsLinkedService({ servicePrincipalId })] }).principals).toEqual([]);
  });

  it.each([
    ['disabled', [aServicePrincipal({ enabled: false })], [anApplication()]],
    ['disabled by Microsoft', [aServicePrincipal()], [anApplication({ disabledByMicrosoft: true })]],
  ])('is known to be %s', (_, servicePrincipals, applications) => {
    const watch = watchOf({ servicePrincipals, applications, synapseRoleAssignments: [aSynapseRoleAssignment()] });
    expect(watch.principals).toEqual([{ ...loader, enabled: false }]);
  });
});

describe('identities of workspaces', () => {
  it('are watched, their own and the attached ones', () => {
    const { id, principalId, clientId } = aUserAssignedIdentity();
    const attached = { id, principalId: null, clientId: null };
    const withIdentities = aWorkspace({ identity: { ...aWorkspace().identity, userAssigned: [attached] } });
    const watch = watchOf(
      { servicePrincipals: [aWorkspaceIdentity()], userAssignedIdentities: [aUserAssignedIdentity()] },
      [withIdentities],
    );
    expect(watch.principals).toEqual([
      { ...loader, kind: 'managedIdentity', id: guid(401), applicationId: guid(402), name: 'contoso' },
      {
        ...loader,
        kind: 'managedIdentity',
        id: principalId,
        applicationId: clientId,
        name: 'id-loader',
        enabled: null,
      },
    ]);
  });

  it('are watched where the directory could not be read', () => {
    expect(watchOf({}, [aWorkspace()]).principals).toEqual([
      { ...loader, kind: 'managedIdentity', id: guid(401), applicationId: '', name: 'contoso', enabled: null },
    ]);
  });

  it('are no service principals with credentials where they hold roles', () => {
    const { principals, credentials } = watchOf({
      servicePrincipals: [aWorkspaceIdentity({ credentials: [aCertificate()] })],
      synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(401) })],
    });
    expect(principals).toMatchObject([{ kind: 'managedIdentity', id: guid(401) }]);
    expect(credentials).toEqual([]);
  });
});

it('has the credentials that watched principals sign in with, of application and service principal', () => {
  const stranger = anApplication({ id: guid(111), appId: guid(112), credentials: [aSecret({ keyId: guid(1009) })] });
  const watch = watchOf({
    applications: [anApplication({ credentials: [aSecret({ keyId: guid(1003).toUpperCase() })] }), stranger],
    servicePrincipals: [
      aServicePrincipal({
        credentials: [
          aCertificate({ endsAt: null, displayName: null }),
          aCertificate({ keyId: guid(1004), usage: 'samlSigning' }),
        ],
      }),
    ],
    synapseRoleAssignments: [aSynapseRoleAssignment()],
  });
  expect(watch.credentials).toEqual([
    { keyId: guid(1002), kind: 'certificate', name: '', applicationId: guid(102), endsAt: null },
    {
      keyId: guid(1003),
      kind: 'secret',
      name: 'ci-2026',
      applicationId: guid(102),
      endsAt: inDays(300).toISOString(),
    },
  ]);
});

it('has where diagnostic settings send to and what the settings name, each once', () => {
  const diagnosticSettings = [
    aDiagnosticSetting(),
    aDiagnosticSetting({ name: 'again' }),
    aDiagnosticSetting({ name: 'storage', logAnalyticsId: null }),
  ];
  const inventory = anInventory({ diagnosticSettings }, [workspace]);
  const watch = signInWatch(inventory, { ...context, logWorkspaceIds: [guid(77), guid(77)] });
  expect(watch.logWorkspaceIds).toEqual([LOG_ANALYTICS_ID, guid(77)]);
});

describe('gaps', () => {
  it.each(WATCH_SOURCES)('%s: has those of scopes that were not read', (source) => {
    const { gaps } = signInWatch(anInventory({}, [workspace], { [source]: 'everywhere' }), context);
    expect(gaps).toEqual([{ source, scope: expect.any(Object), message: 'Access was refused.' }]);
  });

  it.each(WATCH_SOURCES)('%s: has the whole tenant where it was not even asked for', (source) => {
    const { [source]: _left, ...inventory } = anInventory({}, [workspace]);
    expect(signInWatch(inventory, context).gaps).toEqual([
      {
        source,
        scope: { kind: 'tenant', id: TENANT, name: TENANT },
        message: expect.stringContaining('not collected'),
      },
    ]);
  });

  it('leave out what the watch is not made of', () => {
    const refused = { triggers: 'everywhere', conditionalAccessPolicies: 'everywhere' } as const;
    expect(signInWatch(anInventory({}, [workspace], refused), context).gaps).toEqual([]);
  });
});

it('is the same whatever the order of what was read, and as JSON', () => {
  const facts: SomeFacts = {
    users: [aUser(), aUser({ id: guid(202), userPrincipalName: 'bob@example.com' })],
    servicePrincipals: [aServicePrincipal(), aWorkspaceIdentity()],
    applications: [anApplication({ credentials: [aSecret(), aSecret({ keyId: guid(1003) })] })],
    synapseRoleAssignments: [
      aSynapseRoleAssignment(),
      aSynapseRoleAssignment({ principalId: guid(201) }),
      aSynapseRoleAssignment({ principalId: guid(202) }),
    ],
    azureRoleAssignments: [anAzureRoleAssignment({ scope: `/subscriptions/${SUBSCRIPTION}` })],
  };
  const reversed = Object.fromEntries(Object.entries(facts).map(([source, all]) => [source, [...all].reverse()]));
  const watch = watchOf(facts, [aWorkspace()]);
  expect(watch.principals).toHaveLength(4);
  expect(watchOf(reversed, [aWorkspace()])).toEqual(watch);
  expect(JSON.parse(JSON.stringify(watch))).toEqual(watch);
});
