import { resolveConnection, resolveSettings } from '../../../sandbox/host/resolve-setting';

describe('a property of a binding', () => {
  it('has the values of the settings it names', () => {
    expect(resolveSettings('%PREFIX%-audit-%SUFFIX%', { PREFIX: 'a', SUFFIX: 'b' })).toBe('a-audit-b');
    expect(resolveSettings('0 0 1 * * *', {})).toBe('0 0 1 * * *');
  });

  it.each([{}, { SCHEDULE: '' }])('is refused when the setting is not set: %j', (environment) => {
    expect(() => resolveSettings('%SCHEDULE%', environment)).toThrow('The setting SCHEDULE is not set.');
  });
});

describe('the connection of a binding', () => {
  it('is the setting of that name, with or without the prefix AzureWebJobs', () => {
    expect(resolveConnection('Orders', { Orders: 'plain' })).toBe('plain');
    expect(resolveConnection('Orders', { Orders: 'plain', AzureWebJobsOrders: 'prefixed' })).toBe('prefixed');
  });

  it('is the storage of the app where the binding names none', () => {
    expect(resolveConnection('', { AzureWebJobsStorage: 'storage' })).toBe('storage');
    expect(() => resolveConnection(undefined, {})).toThrow('The setting AzureWebJobsStorage is not set');
  });
});
