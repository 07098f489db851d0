import fc from 'fast-check';
import {
  coversResource,
  coversSynapseScope,
  grantsAction,
  grantsDataAction,
  matchesAction,
  reachOf,
  workspaceScope,
} from '../../src/audit/rbac';
import {
  aRole,
  aSynapseRoleAssignment,
  aWorkspace,
  anAzureRoleAssignment,
  guid,
  ROLES,
  SUBSCRIPTION,
} from '../fixtures/facts';

describe('matchesAction', () => {
  test.each([
    ['*', 'Microsoft.Storage/storageAccounts/read'],
    ['*/read', 'Microsoft.Storage/storageAccounts/read'],
    ['Microsoft.Storage/*', 'Microsoft.Storage/storageAccounts/listKeys/action'],
    ['Microsoft.Storage/*/read', 'Microsoft.Storage/storageAccounts/blobServices/containers/read'],
    ['microsoft.STORAGE/storageaccounts/READ', 'Microsoft.Storage/storageAccounts/read'],
    ['Microsoft.Synapse/*/useSecret/*', 'Microsoft.Synapse/workspaces/credentials/useSecret/action'],
    ['a*', 'a'],
  ])('%s covers %s', (pattern, action) => {
    expect(matchesAction(pattern, action)).toBe(true);
  });

  test.each([
    ['*/read', 'Microsoft.Storage/storageAccounts/write'],
    ['Microsoft.Storage/*', 'Microsoft.StorageSync/read'],
    ['Microsoft.Storage/storageAccounts', 'Microsoft.Storage/storageAccounts/read'],
    ['Microsoft.Storage/*/read', 'Microsoft.Storage/read'],
    ['a*b*c', 'acb'],
    ['ab*ba', 'aba'],
    ['a*x*b', 'a-b'],
    ['Microsoft.Storage.*', 'MicrosoftXStorage/read'],
    ['', 'Microsoft.Storage/storageAccounts/read'],
  ])('%s does not cover %s', (pattern, action) => {
    expect(matchesAction(pattern, action)).toBe(false);
  });

  const piece = fc.stringMatching(/^[ab./]{0,3}$/);

  test('a wildcard covers whatever stands in its place, and each text covers itself', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, piece), { minLength: 1, maxLength: 5 }), piece, (pairs, tail) => {
        const pattern = pairs.map(([text]) => `${text}*`).join('') + tail;
        const action = pairs.map(([text, filling]) => text + filling).join('') + tail;
        expect(matchesAction(pattern, action)).toBe(true);
        expect(matchesAction(action, action.toUpperCase())).toBe(true);
      }),
    );
  });

  test('agrees with a regular expression made of the pattern', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab.*]{0,6}$/), fc.stringMatching(/^[ab.]{0,8}$/), (pattern, action) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(matchesAction(pattern, action)).toBe(expression.test(action));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what a role grants', () => {
  test('actions of the control plane give no data action', () => {
    expect(grantsAction(ROLES.owner, 'Microsoft.Storage/storageAccounts/write')).toBe(true);
    expect(grantsDataAction(ROLES.owner, 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read')).toBe(
      false,
    );
  });

  test('the “not” list takes away from its own list', () => {
    expect(grantsAction(ROLES.contributor, 'Microsoft.Authorization/roleAssignments/write')).toBe(false);
    expect(grantsAction(ROLES.contributor, 'Microsoft.Authorization/roleAssignments/read')).toBe(true);
    const role = aRole({ dataActions: ['A/*'], notDataActions: ['A/secret/*'] });
    expect(grantsDataAction(role, 'A/secret/read')).toBe(false);
    expect(grantsDataAction(role, 'A/public/read')).toBe(true);
  });

  test('what one permission of a role takes away, another may grant', () => {
    const [all] = aRole({ actions: ['A/*'], notActions: ['A/write'] }).permissions;
    const [write] = aRole({ actions: ['A/write'] }).permissions;
    expect(grantsAction({ ...aRole(), permissions: [all!, write!] }, 'A/write')).toBe(true);
    expect(grantsAction({ ...aRole(), permissions: [all!] }, 'A/write')).toBe(false);
    const [data] = aRole({ dataActions: ['A/read'] }).permissions;
    expect(grantsDataAction({ ...aRole(), permissions: [all!, data!] }, 'A/read')).toBe(true);
  });

  test('a role without permissions grants nothing', () => {
    expect(grantsAction({ ...aRole(), permissions: [] }, 'A/read')).toBe(false);
  });
});

describe('scopes of Azure assignments', () => {
  const account = `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG/providers/Microsoft.Storage/storageAccounts/lake`;
  const container = `${account}/blobServices/default/containers/work`;

  test.each([
    ['the container', container.toLowerCase()],
    ['the account', account.toLowerCase()],
    ['the resource group', `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg`],
    ['the subscription', `/subscriptions/${SUBSCRIPTION}`],
    ['the subscription, written in another case', `/SUBSCRIPTIONS/${SUBSCRIPTION}`],
    ['the subscription, with a slash at the end', `/subscriptions/${SUBSCRIPTION}/`],
    ['a management group', '/providers/microsoft.management/managementgroups/corp'],
    ['the root', '/'],
  ])('%s covers the container', (_, scope) => {
    expect(coversResource(anAzureRoleAssignment({ scope }), container)).toBe(true);
  });

  test.each([
    ['another container', `${account.toLowerCase()}/blobservices/default/containers/other`],
    ['an account whose name begins the same', `${account.toLowerCase()}2`],
    ['another resource group', `/subscriptions/${SUBSCRIPTION}/resourcegroups/r`],
    ['another subscription', `/subscriptions/${guid(99)}`],
    ['what is below the container', `${container.toLowerCase()}/blobs/x`],
  ])('%s does not', (_, scope) => {
    expect(coversResource(anAzureRoleAssignment({ scope }), container)).toBe(false);
  });

  test.each(['/', '/providers/microsoft.management/managementgroups/corp'])(
    '%s reaches the subscription it was read from, as Azure lists it in each one it reaches',
    (scope) => {
      const elsewhere = anAzureRoleAssignment({ scope, readFrom: guid(99) });
      expect(reachOf(elsewhere)).toBe(`/subscriptions/${guid(99)}`);
      expect(coversResource(elsewhere, container)).toBe(false);
    },
  );
});

test('the subscription that an assignment was read from may be written in any case', () => {
  const readFrom = 'ABCDEF00-0000-4000-8000-000000000001';
  const resource = `/subscriptions/${readFrom.toLowerCase()}/resourcegroups/rg`;
  expect(coversResource(anAzureRoleAssignment({ scope: '/', readFrom }), resource)).toBe(true);
});

describe('scopes of Synapse assignments', () => {
  const identity = 'workspaces/contoso/credentials/WorkspaceSystemIdentity';

  test.each(['workspaces/contoso', 'workspaces/Contoso/', identity, identity.toLowerCase()])(
    '%s covers the system identity',
    (scope) => {
      expect(coversSynapseScope(aSynapseRoleAssignment({ scope }), identity)).toBe(true);
    },
  );

  test.each(['workspaces/contoso2', 'workspaces/cont', 'workspaces/contoso/credentials/other', ''])(
    '“%s” does not',
    (scope) => {
      expect(coversSynapseScope(aSynapseRoleAssignment({ scope }), identity)).toBe(false);
    },
  );

  test('the scope of a workspace is made of its name', () => {
    expect(workspaceScope(aWorkspace({ name: 'contoso' }))).toBe('workspaces/contoso');
  });
});
