import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHostSettings } from '../../../sandbox/host/host-settings';

describe('host.json', () => {
  it('has the defaults of Azure where it says nothing', () => {
    expect(parseHostSettings('{"version":"2.0"}')).toEqual({
      routePrefix: 'api',
      functionTimeoutMilliseconds: 1_800_000,
      queues: { batchSize: 16, maxDequeueCount: 5, visibilityTimeoutSeconds: 0 },
    });
  });

  it('of this app is understood', () => {
    expect(parseHostSettings(readFileSync(join(__dirname, '../../../host.json'), 'utf8'))).toEqual({
      routePrefix: 'api',
      functionTimeoutMilliseconds: 1_800_000,
      queues: { batchSize: 16, maxDequeueCount: 5, visibilityTimeoutSeconds: 60 },
    });
  });

  it('may let functions run without end, and routes begin without a prefix', () => {
    const json = { version: '2.0', functionTimeout: '-1', extensions: { http: { routePrefix: '/' } } };
    expect(parseHostSettings(JSON.stringify(json))).toMatchObject({
      functionTimeoutMilliseconds: null,
      routePrefix: '',
    });
  });

  it.each([
    [{}, 'host.json: "version" must be "2.0".'],
    [[], 'host.json: "host.json" must be an object.'],
    [{ version: '2.0', functionTimeout: '30' }, 'host.json: "functionTimeout" must be a time span'],
    [{ version: '2.0', functionTimeout: 30 }, 'host.json: "functionTimeout" must be a text.'],
    [{ version: '2.0', extensions: 1 }, 'host.json: "extensions" must be an object.'],
    [{ version: '2.0', extensions: { queues: { batchSize: 0 } } }, '"batchSize" must be a whole number from 1.'],
  ])('%j is refused', (json, message) => {
    expect(() => parseHostSettings(JSON.stringify(json))).toThrow(message);
  });
});
