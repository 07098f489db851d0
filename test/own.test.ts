import { ownOf } from '../src/own';

const CLIENT = 'AAAAAAAA-2222-3333-4444-555555555555';
const connectionString = 'UseDevelopmentStorage=true';
const IN_AZURE = { IDENTITY_ENDPOINT: 'http://127.0.0.1/msi' };

describe('the identity', () => {
  it('is the one of the setting, where the platform offers identities', () => {
    const { clientId } = ownOf({ identityClientId: CLIENT, storage: { connectionString } }, IN_AZURE);
    expect(clientId).toBe(CLIENT.toLowerCase());
  });

  it('is unknown where none is set: the system-assigned one', () => {
    expect(ownOf({ identityClientId: undefined, storage: { connectionString } }, IN_AZURE).clientId).toBeUndefined();
  });

  it('is unknown where somebody signs in for himself, whatever is set', () => {
    expect(ownOf({ identityClientId: CLIENT, storage: { connectionString } }, {}).clientId).toBeUndefined();
  });
});

describe('the storage account', () => {
  test.each([
    ['https://stauditor.table.core.windows.net', 'stauditor'],
    ['https://STAUDITOR.table.core.windows.net', 'stauditor'],
    ['https://stauditor.table.core.usgovcloudapi.net', 'stauditor'],
    ['https://stauditor.z12.table.storage.azure.net', 'stauditor'],
    ['https://stauditor.privatelink.table.core.windows.net', 'stauditor'],
    ['https://127.0.0.1:10002/devstoreaccount1', undefined],
    ['https://storage.example.com', undefined],
    ['https://example.com/stauditor.table.core.windows.net', undefined],
  ])('of %s is %s', (endpoint, expected) => {
    expect(ownOf({ identityClientId: undefined, storage: { endpoint } }, IN_AZURE).storageAccount).toBe(expected);
  });

  it('of a connection string is not known', () => {
    expect(ownOf({ identityClientId: CLIENT, storage: { connectionString } }, IN_AZURE).storageAccount).toBeUndefined();
  });
});
