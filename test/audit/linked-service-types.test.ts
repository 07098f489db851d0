import { LINKED_SERVICE_TYPES } from '../../src/audit/linked-service-types';

const rows = Object.entries(LINKED_SERVICE_TYPES);

test.each([
  'AzureBlobStorage',
  'AzureDataLakeStore',
  'AzureBlobFS',
  'AzureSqlDatabase',
  'AzureSqlMI',
  'AzureSqlDW',
  'AzureDataExplorer',
  'RestService',
  'AzureDatabricks',
  'AzureKeyVault',
])('%s, which the article names, accepts a managed identity', (type) => {
  expect(LINKED_SERVICE_TYPES[type]?.identities).toBe('both');
});

// Each of these passes without a word on how it signs in, so that none may come or go unseen.
test('the types that sign in as the workspace where nothing else is stated', () => {
  expect(rows.filter(([, row]) => row.identityByDefault).map(([type]) => type)).toEqual([
    'AzureBlobStorage',
    'AzureBlobFS',
    'AzureDataLakeStore',
    'AzureFileStorage',
    'AzureTableStorage',
    'AzureSqlDatabase',
    'AzureSqlMI',
    'AzureSqlDW',
    'CosmosDb',
    'AzureDataExplorer',
    'AzureKeyVault',
    'AzureSynapseArtifacts',
  ]);
});

test.each(rows)('%s has a source', (_, { source }) => {
  expect(source).toMatch(/^(azure\/data-factory|javascript\/api)\/[\w@/#-]+$/);
});

test.each(rows)('%s accepts what is known of managed identities', (_, { identities }) => {
  expect(['both', 'systemAssigned', 'userAssigned', 'none']).toContain(identities);
});

test.each(rows)('%s says what to grant exactly where an identity can take the place of a secret', (_, row) => {
  expect(row.grant !== undefined).toBe(row.identities !== 'none' || row.title.startsWith('Azure Storage'));
});

test.each(rows)('%s is an identity’s by default only where it accepts the workspace’s own', (_, row) => {
  expect(row.identityByDefault === undefined || ['both', 'systemAssigned'].includes(row.identities)).toBe(true);
});
