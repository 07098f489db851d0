import { concernedWorkspaces, describeWorkspaces, synapseUsage, type UsageFacts } from '../../src/audit/synapse-usage';
import {
  aGroup,
  aStorageAccount,
  aSynapseRoleAssignment,
  aWorkspace,
  anAzureRoleAssignment,
  guid,
  STORAGE_ID,
  SUBSCRIPTION,
} from '../fixtures/facts';

const facts: UsageFacts = {
  workspaces: [aWorkspace()],
  storageAccounts: [],
  synapseRoleAssignments: [],
  azureRoleAssignments: [],
  groups: [],
};

describe('synapseUsage', () => {
  test('tells roles in a workspace', () => {
    const assignment = aSynapseRoleAssignment();
    const uses = synapseUsage({ ...facts, synapseRoleAssignments: [assignment] })(guid(103));
    expect(uses).toEqual({ roles: [{ assignment, through: null }], workspaces: ['contoso'] });
  });

  test('tells roles through a group', () => {
    const assignment = aSynapseRoleAssignment({ principalId: guid(301) });
    const group = aGroup({ servicePrincipalIds: [guid(103)] });
    const usageOf = synapseUsage({ ...facts, synapseRoleAssignments: [assignment], groups: [group] });
    expect(usageOf(guid(103))).toEqual({ roles: [{ assignment, through: group }], workspaces: ['contoso'] });
  });

  test('tells Azure roles that concern a workspace, and no others', () => {
    const usageOf = synapseUsage({
      ...facts,
      azureRoleAssignments: [
        anAzureRoleAssignment(),
        anAzureRoleAssignment({ scope: `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-other` }),
      ],
    });
    expect(usageOf(guid(103)).roles.map(({ assignment }) => assignment.scope)).toEqual([
      `/subscriptions/${SUBSCRIPTION}`,
    ]);
  });

  test('tells nothing of a principal without roles', () => {
    expect(synapseUsage({ ...facts, synapseRoleAssignments: [aSynapseRoleAssignment()] })(guid(999))).toEqual({
      roles: [],
      workspaces: [],
    });
  });

  test('names each workspace once, in order', () => {
    const usage = synapseUsage({
      ...facts,
      workspaces: [aWorkspace({ name: 'b' }), aWorkspace({ name: 'a' })],
      azureRoleAssignments: [anAzureRoleAssignment()],
      synapseRoleAssignments: [aSynapseRoleAssignment({ readFrom: aWorkspace({ name: 'b' }).id })],
    })(guid(103));
    expect(usage.workspaces).toEqual(['a', 'b']);
    expect(describeWorkspaces(usage)).toBe('2 workspaces: “a”, “b”');
  });
});

describe('concernedWorkspaces', () => {
  const elsewhere = guid(99);
  const lakeElsewhere = STORAGE_ID.replace(SUBSCRIPTION, elsewhere);
  const workspaces = [
    aWorkspace(),
    aWorkspace({
      name: 'fabrikam',
      defaultStorage: { accountName: 'fabrikamlake', filesystem: 'work', accountId: lakeElsewhere },
    }),
  ];
  const concerned = concernedWorkspaces(workspaces, []);

  test.each([
    ['the root', '/', ['contoso', 'fabrikam']],
    ['a management group', '/providers/microsoft.management/managementgroups/corp', ['contoso', 'fabrikam']],
    ['the subscription', `/subscriptions/${SUBSCRIPTION}`, ['contoso', 'fabrikam']],
    ['the resource group', `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-synapse`, ['contoso', 'fabrikam']],
    ['one workspace', aWorkspace().id, ['contoso']],
    ['below one workspace', `${aWorkspace().id}/sqlpools/pool`, ['contoso']],
    ['its default storage', STORAGE_ID, ['contoso']],
    ['a container of that', `${STORAGE_ID}/blobservices/default/containers/work`, ['contoso']],
    ['above that storage only', `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-lake`, ['contoso']],
    ['another resource group', `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg`, []],
    ['another account', `${STORAGE_ID}2`, []],
    ['another workspace', `${aWorkspace().id}2`, []],
  ])('an Azure role on %s', (_, scope, names) => {
    expect(concerned(anAzureRoleAssignment({ scope }))).toEqual(names);
    expect(concerned(anAzureRoleAssignment({ scope }))).toEqual(names);
  });

  test('a role on the subscription of a lake concerns the workspace that uses the lake', () => {
    const scope = `/subscriptions/${elsewhere}`;
    expect(concerned(anAzureRoleAssignment({ scope, readFrom: elsewhere }))).toEqual(['fabrikam']);
    expect(concerned(anAzureRoleAssignment({ scope: '/', readFrom: elsewhere }))).toEqual(['fabrikam']);
  });

  test('the storage of an older workspace is found by its name', () => {
    const older = aWorkspace({ defaultStorage: { accountName: 'contosolake', filesystem: 'work', accountId: null } });
    const assignment = anAzureRoleAssignment({ scope: STORAGE_ID });
    expect(concernedWorkspaces([older], [aStorageAccount()])(assignment)).toEqual(['contoso']);
    expect(concernedWorkspaces([older], [])(assignment)).toEqual([]);
  });

  test('a Synapse role concerns the workspace it was read from, even one that is not listed', () => {
    expect(concerned(aSynapseRoleAssignment())).toEqual(['contoso']);
    expect(concerned(aSynapseRoleAssignment({ readFrom: aWorkspace({ name: 'unlisted' }).id }))).toEqual(['unlisted']);
  });
});
