import { findLeaks, type ArmTemplate } from '../../scripts/infra-secrets';

type Json = Record<string, unknown>;

interface Parts {
  readonly outer: { parameters: Json; outputs: Json };
  readonly handed: Json;
  readonly inner: { parameters: Json; outputs: Json; resources: Record<string, { type: string; properties: Json }> };
}

/** A secret that goes by secure parameters into a vault, as the compiler writes it. */
function template(change: (parts: Parts) => void = () => undefined): ArmTemplate {
  const parts: Parts = {
    outer: { parameters: { webhookUrl: { type: 'securestring', defaultValue: '' } }, outputs: {} },
    handed: { url: { value: "[parameters('webhookUrl')]" } },
    inner: {
      parameters: { url: { type: 'securestring' }, applicationInsightsConnectionString: { type: 'string' } },
      outputs: { reference: { type: 'string', value: "[reference('vault').vaultUri]" } },
      resources: {
        secret: { type: 'Microsoft.KeyVault/vaults/secrets', properties: { value: "[parameters('url')]" } },
        site: { type: 'Microsoft.Web/sites/config', properties: {} },
      },
    },
  };
  change(parts);
  const webhook = {
    type: 'Microsoft.Resources/deployments',
    properties: { parameters: parts.handed, template: parts.inner },
  };
  return { ...parts.outer, resources: { webhook } } as ArmTemplate;
}

test('a secret that is handed on securely and kept in a vault does not leak', () => {
  expect(findLeaks(template())).toEqual([]);
});

test.each<[string, (parts: Parts) => unknown, string]>([
  [
    'a key that is read at deployment',
    ({ inner }) => (inner.outputs['key'] = { value: "[listKeys(resourceId('x', 'y'), '2025-01-01').key1]" }),
    'The template reads a key: listKeys(…).',
  ],
  [
    'a secret in a plain parameter',
    ({ outer }) => (outer.parameters['alertWebhookSecret'] = { type: 'string' }),
    'Parameter alertWebhookSecret of main is not secure.',
  ],
  [
    'a secret as a default',
    ({ outer }) => (outer.parameters['webhookUrl'] = { type: 'securestring', defaultValue: 'https://example.com' }),
    'Parameter webhookUrl of main has a secret as its default.',
  ],
  [
    'a secret handed to a plain parameter',
    ({ inner }) => (inner.parameters['url'] = { type: 'string' }),
    'Parameter url of webhook is not secure, but gets webhookUrl.',
  ],
  [
    'a secret in an output',
    ({ inner }) => (inner.outputs['url'] = { type: 'string', value: "[parameters('url')]" }),
    'Output url of webhook tells parameter url.',
  ],
  [
    'a secret in an app setting',
    ({ inner }) => (inner.resources['site']!.properties['ALERT_WEBHOOK_URL'] = "[format('{0}', parameters('url'))]"),
    'Microsoft.Web/sites/config of webhook holds parameter url.',
  ],
])('%s is told', (_name, change, problem) => {
  expect(findLeaks(template(change))).toContain(problem);
});
