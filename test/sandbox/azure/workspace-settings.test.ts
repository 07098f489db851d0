import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { clientIdOf, guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type ErrorBody } from './ask';

const MARKETING = `/subscriptions/${guidOf('sub:corporate')}/resourceGroups/marketing/providers/Microsoft.Synapse/workspaces/marketing-insight`;
const RETAIL = `/subscriptions/${guidOf('sub:retail')}/resourceGroups/analytics/providers/Microsoft.Synapse/workspaces/retail-analytics`;
const SYNAPSE = 'api-version=2021-06-01';
const MONITOR = 'api-version=2021-05-01-preview';

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
  ['entraOnlyAuthentication', `azureADOnlyAuthentications?${SYNAPSE}`],
  ['entraAdministrators', `administrators/activeDirectory?${SYNAPSE}`],
  ['entraAdministrators', `sqlAdministrators/activeDirectory?${SYNAPSE}`],
  ['sqlAuditing', `extendedAuditingSettings/default?${SYNAPSE}`],
  ['sqlAuditing', `sqlPools?${SYNAPSE}`],
  ['sqlAuditing', `sqlPools/sales/extendedAuditingSettings/default?${SYNAPSE}`],
  ['sqlAuditing', `sqlPools/sales/providers/Microsoft.Insights/diagnosticSettings?${MONITOR}`],
  ['sqlAuditing', `sqlPools/sales/providers/Microsoft.Insights/diagnosticSettingsCategories?${MONITOR}`],
  ['diagnosticSettings', `providers/Microsoft.Insights/diagnosticSettings?${MONITOR}`],
  ['diagnosticSettings', `providers/Microsoft.Insights/diagnosticSettingsCategories?${MONITOR}`],
  ['securityAlertPolicies', `securityAlertPolicies/Default?${SYNAPSE}`],
  ['managedIdentitySqlControl', `managedIdentitySqlControlSettings/default?${SYNAPSE}`],
  ['firewallRules', `firewallRules?${SYNAPSE}`],
] as const;

describe.each(ROUTES)('%s: %s', (source, below) => {
  test('answers, in any case of the path', async () => {
    expect((await arm(`${RETAIL}/${below}`)).status).toBe(200);
    expect((await arm(`${RETAIL.toLowerCase()}/${below}`)).status).toBe(200);
  });

  test.each([source, { source, scope: 'sub:retail' }, { source, scope: 'workspace:retail-analytics' }])(
    'is refused by %j, naming action and workspace',
    async (refusal) => {
      refuse(refusal);
      const { status, body } = await arm(`${RETAIL}/${below}`);
      expect([status, body.error.code]).toEqual([403, 'AuthorizationFailed']);
      expect(body.error.message).toMatch(
        /perform action 'Microsoft\.(Synapse|Insights)\/[\w/]+\/read' over scope '\/sub/,
      );
    },
  );

  test('is not found below a workspace that does not exist', async () => {
    const { status, body } = await arm(`${RETAIL}-2/${below}`);
    expect([status, body.error.code]).toEqual([404, 'ParentResourceNotFound']);
  });
});

test('an administrator that is not set is not found, as Azure says it', async () => {
  for (const setting of ['administrators', 'sqlAdministrators']) {
    const { status, body } = await arm(`${MARKETING}/${setting}/activeDirectory?${SYNAPSE}`);
    expect([status, body.error.code]).toEqual([404, 'ResourceNotFound']);
  }
});

test('an application that administers is named by its client id', async () => {
  const [first, ...others] = loadScenario('contoso').workspaces;
  sandbox.load({
    ...loadScenario('contoso'),
    workspaces: [{ ...first!, entraAdministrator: 'sp:release-pipeline' }, ...others],
  });
  expect((await arm(`${RETAIL}/administrators/activeDirectory?${SYNAPSE}`)).body).toMatchObject({
    properties: { login: 'Release Pipeline', sid: clientIdOf('app:release-pipeline') },
  });
});

test('a pool that does not exist is not found', async () => {
  const { status, body } = await arm(`${RETAIL}/sqlPools/none/extendedAuditingSettings/default?${SYNAPSE}`);
  expect([status, body.error.code]).toEqual([404, 'ResourceNotFound']);
});

test('diagnostic settings are asked for in the version that knows category groups', async () => {
  const { status, body } = await arm(
    `${RETAIL}/providers/Microsoft.Insights/diagnosticSettings?api-version=2017-05-01-preview`,
  );
  expect([status, body.error.code]).toEqual([400, 'InvalidApiVersionParameter']);
});

test('an administrator whom the scenario does not describe is a mistake in it', () => {
  const workspaces = loadScenario('contoso').workspaces.map((each) => ({ ...each, entraAdministrator: 'user:nobody' }));
  expect(() => parseScenario({ extends: 'contoso', name: 'x', workspaces }, 'x')).toThrow(
    'at workspaces[0].entraAdministrator found "user:nobody"',
  );
});
