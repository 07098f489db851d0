import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type ErrorBody } from './ask';

const VAULT = `/subscriptions/${guidOf('sub:retail')}/resourceGroups/vaults/providers/Microsoft.KeyVault/vaults/retail-analytics-kv`;
const VERSION = 'api-version=2023-07-01';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox('contoso');
});
beforeEach(() => {
  sandbox.load(loadScenario('contoso'));
});
afterAll(() => sandbox.close());

const arm = <T = ErrorBody>(path: string) => ask<T>(sandbox, 'arm', path);
const refuse = (...refuse: readonly unknown[]): void => {
  sandbox.load(parseScenario({ extends: 'contoso', name: 'refusing', refuse }, 'refusing'));
};

const ROUTES = [
  ['keyVaults', '', 'vaults/read'],
  ['keyVaultSecrets', '/secrets', 'vaults/secrets/read'],
  ['keyVaultKeys', '/keys', 'vaults/keys/read'],
] as const;

describe.each(ROUTES)('%s: {vault}%s', (source, below, action) => {
  test('answers, in any case of the path', async () => {
    expect((await arm(`${VAULT}${below}?${VERSION}`)).status).toBe(200);
    expect((await arm(`${VAULT.toLowerCase()}${below}?${VERSION}`)).status).toBe(200);
  });

  test.each([source, { source, scope: 'sub:retail' }, { source, scope: 'vault:retail-analytics-kv' }])(
    'is refused by %j, naming action and vault',
    async (refusal) => {
      refuse(refusal);
      const { status, body } = await arm(`${VAULT}${below}?${VERSION}`);
      expect([status, body.error.code]).toEqual([403, 'AuthorizationFailed']);
      expect(body.error.message).toContain(`'Microsoft.KeyVault/${action}' over scope '${VAULT}'`);
    },
  );

  test('is not found of a vault that does not exist', async () => {
    const { status, body } = await arm(`${VAULT}-2${below}?${VERSION}`);
    expect([status, body.error.code]).toEqual([404, 'ResourceNotFound']);
  });

  test('knows one version', async () => {
    const { status, body } = await arm(`${VAULT}${below}?api-version=2016-10-01`);
    expect([status, body.error.code]).toEqual([400, 'InvalidApiVersionParameter']);
  });
});

test('what is in a vault comes in pages, without its value', async () => {
  const { body } = await arm<{ value: { name: string; properties: object }[]; nextLink?: string }>(
    `${VAULT}/secrets?${VERSION}`,
  );
  expect(body.value).toHaveLength(5);
  expect(body.nextLink).toContain('$skipToken=');
  expect(Object.keys(body.value[0]?.properties ?? {})).toEqual(['attributes', 'secretUri']);
});

test('Resource Graph finds vaults that may be seen', async () => {
  const found = async (): Promise<unknown> => {
    const query =
      "resources | where type =~ 'microsoft.keyvault/vaults' | where name in~ ('retail-analytics-kv', 'x-kv') | project id, name";
    const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
    const { body } = await ask<{ data?: unknown; error?: { code: string } }>(sandbox, 'arm', path, { body: { query } });
    return body.data ?? body.error?.code;
  };
  expect(await found()).toEqual([{ id: VAULT, name: 'retail-analytics-kv' }]);
  refuse({ source: 'keyVaults', scope: 'sub:retail' });
  expect(await found()).toEqual([]);
  refuse('keyVaults');
  expect(await found()).toBe('AuthorizationFailed');
});
