/**
 * The sandbox answers in the shapes Azure publishes: every field it sends stands in the sample of that API with the same
 * type, or is listed here with the page that documents it.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../sandbox/azure/server';
import { parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask } from './ask';

type Types = ReadonlyMap<string, ReadonlySet<string>>;

/** Type by path, such as `value[].name` -> string. What is under `maps` has keys of its own and is not looked into. */
function typesOf(value: unknown, maps: readonly string[], path = '', types = new Map<string, Set<string>>()): Types {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  types.set(path, (types.get(path) ?? new Set()).add(type));
  if (Array.isArray(value)) {
    for (const each of value) typesOf(each, maps, `${path}[]`, types);
  } else if (typeof value === 'object' && value !== null && !maps.includes(path)) {
    for (const [name, each] of Object.entries(value))
      typesOf(each, maps, path === '' ? name : `${path}.${name}`, types);
  }
  return types;
}

function sampleOf(file: string, status: string): unknown {
  const text = readFileSync(join(__dirname, '../../contract', file), 'utf8');
  const sample = JSON.parse(text) as { responses: Record<string, { body: unknown }> };
  return sample.responses[status]?.body;
}

/** Fields that are not as the sample has them. */
function deviations(
  answer: unknown,
  samples: readonly unknown[],
  documented: object,
  maps: readonly string[],
): string[] {
  const known = new Map<string, Set<string>>(
    Object.entries(documented).map(([path, types]) => [path, new Set((types as string).split('|'))]),
  );
  for (const sample of samples) {
    for (const [path, types] of typesOf(sample, maps)) {
      for (const type of types) known.set(path, (known.get(path) ?? new Set()).add(type));
    }
  }
  return [...typesOf(answer, maps)].flatMap(([path, types]) =>
    [...types].filter((type) => !known.get(path)?.has(type)).map((type) => `${path}: ${type}`),
  );
}

describe('the sandbox keeps to the contract of', () => {
  const RETAIL = guidOf('sub:retail');
  const MAIL = '/emails:send?api-version=2025-09-01';
  let sandbox: Sandbox;

  beforeAll(async () => {
    const mail = { suppressed: ['nobody@contoso.example'] };
    const small = { resourceManager: 100, synapse: 100 };
    sandbox = await startTestSandbox(
      parseScenario({ extends: 'contoso', name: 'one page', mail, paging: small }, 'one page'),
    );
  });
  afterAll(() => sandbox.close());

  const arm = async (provider: string, version: string): Promise<unknown> => {
    const reply = await ask(sandbox, 'arm', `/subscriptions/${RETAIL}/providers/${provider}?api-version=${version}`);
    expect(reply.status).toBe(200);
    return reply.body;
  };
  const message = (to: string) => ({
    senderAddress: 'auditor@contoso.example',
    content: { subject: 'Hello', plainText: 'Hello' },
    recipients: { to: [{ address: to }] },
  });
  const finished = async (to: string): Promise<unknown> => {
    const headers = { 'operation-id': randomUUID() };
    await ask(sandbox, 'mail', MAIL, { body: message(to), headers });
    const path = `/emails/operations/${headers['operation-id']}?api-version=2025-09-01`;
    await ask(sandbox, 'mail', path);
    return (await ask(sandbox, 'mail', path)).body;
  };

  test('Synapse workspaces', async () => {
    const answer = await arm('Microsoft.Synapse/workspaces', '2021-06-01');
    const samples = [
      sampleOf('ListWorkspacesInSubscription.json', '200'),
      { value: [sampleOf('GetWorkspace.json', '200')] },
    ];
    // https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspaces/list-by-resource-group#workspace
    const documented = {
      'value[].identity': 'object',
      'value[].identity.type': 'string',
      'value[].identity.tenantId': 'string',
      'value[].identity.principalId': 'string',
      'value[].identity.userAssignedIdentities': 'object',
      'value[].properties.connectivityEndpoints.sqlOnDemand': 'string',
      'value[].properties.defaultDataLakeStorage.resourceId': 'string',
      'value[].properties.encryption': 'object',
      'value[].properties.encryption.doubleEncryptionEnabled': 'boolean',
      'value[].properties.encryption.cmk': 'object',
      'value[].properties.encryption.cmk.status': 'string',
      'value[].properties.encryption.cmk.key': 'object',
      'value[].properties.encryption.cmk.key.name': 'string',
      'value[].properties.encryption.cmk.key.keyVaultUrl': 'string',
      'value[].properties.encryption.cmk.kekIdentity': 'object',
      'value[].properties.encryption.cmk.kekIdentity.userAssignedIdentity': 'string|null',
      'value[].properties.encryption.cmk.kekIdentity.useSystemAssignedIdentity': 'boolean',
      'value[].properties.publicNetworkAccess': 'string',
      'value[].properties.azureADOnlyAuthentication': 'boolean',
    };
    const maps = ['value[].tags', 'value[].identity.userAssignedIdentities'];
    expect(deviations(answer, samples, documented, maps)).toEqual([]);
  });

  describe('the settings of a workspace:', () => {
    const FINANCE = `/subscriptions/${guidOf('sub:corporate')}/resourceGroups/finance/providers/Microsoft.Synapse/workspaces/finance-ledger`;
    const SYNAPSE = '2021-06-01';
    const MONITOR = '2021-05-01-preview';

    test.each([
      ['azureADOnlyAuthentications', SYNAPSE, ['ListAzureADOnlyAuthentication'], {}],
      // The sample leaves out the type that every proxy resource has.
      ['administrators/activeDirectory', SYNAPSE, ['GetWorkspaceAadAdmin'], { type: 'string' }],
      ['sqlAdministrators/activeDirectory', SYNAPSE, ['GetWorkspaceAadAdmin'], { type: 'string' }],
      ['sqlPools', SYNAPSE, ['ListSqlPoolsInWorkspace'], {}],
      // As well.
      [
        'managedIdentitySqlControlSettings/default',
        SYNAPSE,
        ['GetManagedIdentitySqlControlSettings'],
        { type: 'string' },
      ],
      ['securityAlertPolicies/Default', SYNAPSE, ['GetWorkspaceManagedSqlServerSecurityAlertPolicy'], {}],
      [
        'providers/Microsoft.Insights/diagnosticSettings',
        MONITOR,
        ['listDiagnosticSettings', 'listDiagnosticSettingsCategory'],
        // https://learn.microsoft.com/rest/api/monitor/diagnostic-settings/list: what is not a target comes as null.
        {
          'value[].properties.storageAccountId': 'null',
          'value[].properties.eventHubAuthorizationRuleId': 'null',
          'value[].properties.workspaceId': 'null',
        },
      ],
      ['providers/Microsoft.Insights/diagnosticSettingsCategories', MONITOR, ['listDiagnosticSettingsCategories'], {}],
    ])('%s', async (below, version, samples, documented) => {
      const { status, body } = await ask(sandbox, 'arm', `${FINANCE}/${below}?api-version=${version}`);
      expect(status).toBe(200);
      const bodies = samples.map((sample) => sampleOf(`${sample}.json`, '200'));
      expect(deviations(body, bodies, documented, [])).toEqual([]);
    });

    test.each([
      ['extendedAuditingSettings/default', 'ListWorkspaceManagedSqlServerExtendedBlobAuditingSettings'],
      ['sqlPools/ledger/extendedAuditingSettings/default', 'SqlPoolExtendedAuditingSettingsList'],
    ])('%s, by the sample of its list', async (below, sample) => {
      const { body } = await ask(sandbox, 'arm', `${FINANCE}/${below}?api-version=${SYNAPSE}`);
      const documented = { 'value[].properties.auditActionsAndGroups[]': 'string' };
      expect(deviations({ value: [body] }, [sampleOf(`${sample}.json`, '200')], documented, [])).toEqual([]);
    });

    test('firewallRules, by the sample of one', async () => {
      const { body } = await ask(sandbox, 'arm', `${FINANCE}/firewallRules?api-version=${SYNAPSE}`);
      expect(deviations(body, [{ value: [sampleOf('GetIpFirewallRule.json', '200')] }], {}, [])).toEqual([]);
    });
  });

  describe('runs:', () => {
    const day = { lastUpdatedAfter: '2000-01-01T00:00:00Z', lastUpdatedBefore: '2100-01-01T00:00:00Z' };
    const answerOf = async (path: string): Promise<{ readonly value: readonly { readonly runId: string }[] }> => {
      const reply = await ask<{ readonly value: readonly { readonly runId: string }[] }>(
        sandbox,
        'synapse',
        `/retail-analytics/${path}?api-version=2020-12-01`,
        { body: day },
      );
      expect(reply.status).toBe(200);
      expect(reply.body.value).not.toHaveLength(0);
      return reply.body;
    };

    test('of pipelines', async () => {
      const samples = [sampleOf('PipelineRuns_QueryByWorkspace.json', '200')];
      expect(deviations(await answerOf('queryPipelineRuns'), samples, {}, ['value[].parameters'])).toEqual([]);
    });

    test('of activities', async () => {
      const { value } = await answerOf('queryPipelineRuns');
      const answer = await answerOf(`pipelines/store-files/pipelineruns/${value[0]?.runId ?? ''}/queryActivityruns`);
      const samples = [sampleOf('ActivityRuns_QueryByPipelineRun.json', '200')];
      expect(deviations(answer, samples, {}, ['value[].input', 'value[].output'])).toEqual([]);
    });

    test('of triggers', async () => {
      const samples = [sampleOf('TriggerRuns_QueryByWorkspace.json', '200')];
      expect(deviations(await answerOf('queryTriggerRuns'), samples, {}, ['value[].triggeredPipelines'])).toEqual([]);
    });
  });

  describe('key vaults:', () => {
    const VAULTS = `/subscriptions/${guidOf('sub:corporate')}/resourceGroups/vaults/providers/Microsoft.KeyVault/vaults`;
    const answerOf = async (below: string): Promise<unknown> => {
      const { status, body } = await ask(sandbox, 'arm', `${VAULTS}/${below}?api-version=2023-07-01`);
      expect(status).toBe(200);
      return body;
    };

    test.each(['finance-ledger-kv', 'marketing-insight-kv'])('vault %s', async (name) => {
      // https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get#vault
      const documented = {
        'properties.enableSoftDelete': 'boolean',
        'properties.softDeleteRetentionInDays': 'number',
        'properties.enableRbacAuthorization': 'boolean',
        'properties.enablePurgeProtection': 'boolean',
        'properties.networkAcls': 'object',
        'properties.networkAcls.defaultAction': 'string',
        'properties.networkAcls.bypass': 'string',
        'properties.networkAcls.ipRules': 'array',
        'properties.networkAcls.virtualNetworkRules': 'array',
      };
      expect(deviations(await answerOf(name), [sampleOf('getVault.json', '200')], documented, [])).toEqual([]);
    });

    test('their keys', async () => {
      // https://learn.microsoft.com/rest/api/keyvault/keys/keys/list#keyattributes
      const documented = {
        'value[].properties.attributes.nbf': 'number',
        'value[].properties.attributes.exp': 'number',
      };
      const answer = await answerOf('finance-ledger-kv/keys');
      expect(answer).toHaveProperty('value.0.properties.attributes.nbf');
      expect(deviations(answer, [sampleOf('listKeys.json', '200')], documented, [])).toEqual([]);
    });

    test('their secrets, by the sample of one', async () => {
      // https://learn.microsoft.com/rest/api/keyvault/secrets/secrets/list#secretproperties
      const documented = {
        'value[].properties.attributes.exp': 'number',
        'value[].properties.contentType': 'string',
      };
      const answer = await answerOf('finance-ledger-kv/secrets');
      expect(answer).toHaveProperty('value.0.properties.contentType');
      expect(deviations(answer, [{ value: [sampleOf('getSecret.json', '200')] }], documented, [])).toEqual([]);
    });
  });

  test('Azure role assignments', async () => {
    const answer = await arm('Microsoft.Authorization/roleAssignments', '2022-04-01');
    // https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-subscription#roleassignment
    const documented = {
      'value[].properties.condition': 'string|null',
      'value[].properties.conditionVersion': 'string|null',
      'value[].properties.createdOn': 'string',
      'value[].properties.updatedOn': 'string',
      'value[].properties.createdBy': 'string|null',
      'value[].properties.updatedBy': 'string|null',
      'value[].properties.delegatedManagedIdentityResourceId': 'string|null',
      'value[].properties.description': 'string|null',
    };
    const samples = [sampleOf('RoleAssignments_ListForSubscription.json', '200')];
    expect(deviations(answer, samples, documented, [])).toEqual([]);
  });

  test('Azure role definitions', async () => {
    const answer = await arm('Microsoft.Authorization/roleDefinitions', '2022-04-01');
    const samples = [sampleOf('GetRoleDefinitionAtScope.json', '200')];
    const documented = {
      'value[].properties.permissions[].notActions[]': 'string',
      'value[].properties.permissions[].notDataActions[]': 'string',
    };
    expect(deviations(answer, samples, documented, [])).toEqual([]);
  });

  test('roles that can be activated', async () => {
    const answer = await arm('Microsoft.Authorization/roleEligibilitySchedules', '2020-10-01');
    expect(answer).toHaveProperty('value.length', 2);
    const samples = [sampleOf('GetRoleEligibilitySchedulesByScope.json', '200')];
    // https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedules/list-for-scope: both are optional.
    const documented = { 'value[].properties.condition': 'null', 'value[].properties.conditionVersion': 'null' };
    expect(deviations(answer, samples, documented, [])).toEqual([]);
  });

  test('the activity log', async () => {
    const filter = `eventTimestamp ge '2000-01-01T00:00:00Z' and eventTimestamp le '2100-01-01T00:00:00Z' and resourceProvider eq 'Microsoft.Synapse'`;
    const answer = await arm(
      'Microsoft.Insights/eventtypes/management/values',
      `2015-04-01&$filter=${encodeURIComponent(filter)}`,
    );
    expect(answer).toHaveProperty('value.length', 2);
    // https://learn.microsoft.com/rest/api/monitor/activity-logs/list#eventdata
    const documented = { 'value[].resourceId': 'string' };
    const samples = [sampleOf('GetActivityLogsFiltered.json', '200')];
    expect(deviations(answer, samples, documented, ['value[].claims', 'value[].properties'])).toEqual([]);
  });

  // Of these no sample is published as JSON: the fields are those of the pages named in sandbox/azure/directory-policies.ts.
  test('the directory’s policies, and the log of who changed them', async () => {
    const get = async (path: string) => (await ask<Record<string, unknown>>(sandbox, 'graph', `/v1.0${path}`)).body;
    const [policy] = (await get('/identity/conditionalAccess/policies'))['value'] as object[];
    expect(Object.keys(policy ?? {})).toEqual([
      'id',
      'templateId',
      'displayName',
      'createdDateTime',
      'modifiedDateTime',
      'state',
      'conditions',
      'grantControls',
      'sessionControls',
    ]);
    expect(await get('/policies/authorizationPolicy')).toMatchObject({
      allowInvitesFrom: 'adminsAndGuestInviters',
      blockMsolPowerShell: true,
      defaultUserRolePermissions: { allowedToCreateApps: false },
    });
    const filter =
      "activityDateTime ge 2000-01-01T00:00:00Z and activityDateTime le 2100-01-01T00:00:00Z and category eq 'Policy'";
    const path = '/auditLogs/directoryAudits?$filter=';
    const [audit] = (await get(`${path}${encodeURIComponent(filter)}`))['value'] as object[];
    expect(audit).toMatchObject({
      activityDisplayName: 'Update conditional access policy',
      initiatedBy: { user: { userPrincipalName: 'carla@contoso.example' } },
      targetResources: [{ id: guidOf('policy:workloads') }],
    });
    const refused = await ask(sandbox, 'graph', `/v1.0${path}${encodeURIComponent("category eq 'Policy'")}`);
    expect(refused.status).toBe(400);
  });

  test('federated credentials, whose sample is that of managed identities: there the same fields are nested', async () => {
    const path = '/v1.0/applications?$select=id&$expand=federatedIdentityCredentials';
    const { body } = await ask<{ value: { federatedIdentityCredentials: object[] }[] }>(sandbox, 'graph', path);
    const value = body.value.flatMap(({ federatedIdentityCredentials }) => federatedIdentityCredentials);
    const sample = sampleOf('FederatedIdentityCredentialList.json', '200') as {
      value: { id: string; name: string; properties: object }[];
    };
    const flat = sample.value.map(({ id, name, properties }) => ({ id, name, ...properties }));
    // https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
    const documented = { 'value[].description': 'null' };
    expect(deviations({ value }, [{ value: flat }], documented, [])).toEqual([]);
  });

  test('user-assigned identities', async () => {
    const answer = await arm('Microsoft.ManagedIdentity/userAssignedIdentities', '2024-11-30');
    const samples = [sampleOf('IdentityListBySubscription.json', '200')];
    expect(deviations(answer, samples, {}, ['value[].tags'])).toEqual([]);
  });

  test('Resource Graph', async () => {
    const query =
      "resources | where type =~ 'microsoft.storage/storageaccounts' | where name in~ ('contosoarchive', 'contosomarketing') | project id, name";
    const { body } = await ask(sandbox, 'arm', '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', {
      body: { query, options: { $top: 1 } },
    });
    expect(body).toHaveProperty('$skipToken');
    expect(deviations(body, [sampleOf('ResourcesFirstPageQuery.json', '200')], {}, [])).toEqual([]);
  });

  test('Synapse role assignments', async () => {
    const { body } = await ask(sandbox, 'synapse', '/retail-analytics/roleAssignments?api-version=2020-12-01');
    const samples = [sampleOf('RoleAssignments_ListRoleAssignments.json', '200')];
    expect(deviations(body, samples, {}, [])).toEqual([]);
  });

  test('Synapse role definitions', async () => {
    const { body } = await ask(sandbox, 'synapse', '/retail-analytics/roleDefinitions?api-version=2020-12-01');
    const samples = [sampleOf('RoleDefinitions_ListRoleDefinitions.json', '200')];
    expect(deviations(body, samples, {}, [])).toEqual([]);
  });

  test.each([
    ['linkedservices', 'LinkedServices', ['value[].properties.parameters']],
    ['credentials', 'Credentials', []],
    ['pipelines', 'Pipelines', ['value[].properties.activities[]']],
    ['datasets', 'Datasets', []],
    ['triggers', 'Triggers', []],
  ])('Synapse %s', async (route, sample, maps) => {
    const { body } = await ask(sandbox, 'synapse', `/retail-analytics/${route}?api-version=2020-12-01`);
    expect(body).toHaveProperty('value.0.name');
    // Each type has properties of its own.
    const known = { 'value[].properties.parameters': 'object' };
    const samples = [sampleOf(`${sample}_ListByWorkspace.json`, '200')];
    expect(deviations(body, samples, known, [...maps, 'value[].properties.typeProperties'])).toEqual([]);
  });

  test('Log Analytics queries', async () => {
    const logs = `/v1/workspaces/${guidOf('logs:security-logs')}/query`;
    const { body } = await ask(sandbox, 'logs', logs, { body: { query: 'SigninLogs | extend Sure = true, Many = 1' } });
    expect(body).toHaveProperty('tables.0.rows.0');
    // https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format: numbers come as such.
    const documented = { 'tables[].rows[][]': 'string|number|boolean|null' };
    expect(deviations(body, [sampleOf('la-post-example.json', '200')], documented, [])).toEqual([]);
  });

  test('mails that are accepted, handed over and dropped', async () => {
    const accepted = await ask(sandbox, 'mail', MAIL, { body: message('data-platform@contoso.example') });
    expect(deviations(accepted.body, [sampleOf('SendEmail.json', '202')], {}, [])).toEqual([]);
    const succeeded = sampleOf('GetOperationStatusReturnsSuccessTerminalStatus.json', '200');
    expect(deviations(await finished('data-platform@contoso.example'), [succeeded], {}, [])).toEqual([]);
    const failed = sampleOf('GetOperationStatusReturnsFailedTerminalStatus.json', '200');
    const dropped = await finished('nobody@contoso.example');
    expect(dropped).toHaveProperty('error');
    expect(deviations(dropped, [failed], {}, [])).toEqual([]);
  });

  test('and accepts the mail of the sample, sent from its own domain', async () => {
    const text = readFileSync(join(__dirname, '../../contract/SendEmail.json'), 'utf8');
    const { parameters } = JSON.parse(text) as { parameters: { emailMessage: object } };
    const mail = { ...parameters.emailMessage, senderAddress: 'auditor@contoso.example' };
    expect((await ask(sandbox, 'mail', MAIL, { body: mail })).status).toBe(202);
    expect(sandbox.outbox().at(-1)).toMatchObject({
      cc: ['wendy@someotherdomain.com', 'jimmy@anotherdomain.com'],
      bcc: ['bob@anotherdomain.com', 'mail@yetanotherdomain.com'],
      attachments: [{ bytes: 26 }, { bytes: 26 }],
    });
  });
});

test('a field the sample does not have, and one of another type, are deviations', () => {
  const answer = { value: [{ id: 1, name: 'x' }] };
  expect(deviations(answer, [{ value: [{ id: 'a' }] }], {}, [])).toEqual([
    'value[].id: number',
    'value[].name: string',
  ]);
  expect(
    deviations(answer, [{ value: [{ id: 'a' }] }], { 'value[].id': 'number', 'value[].name': 'string' }, []),
  ).toEqual([]);
});
