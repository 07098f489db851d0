import type { Answer, Service, Tenant } from './service';
import { issueToken } from './tokens';

/** Resources the tenant knows; whoever asks for another one gets the error Entra gives. */
const RESOURCES = new Set([
  'https://graph.microsoft.com',
  'https://management.azure.com',
  'https://dev.azuresynapse.net',
  'https://communication.azure.com',
  'https://api.loganalytics.io',
  'https://storage.azure.com',
]);

/**
 * The token endpoint of a managed identity in Functions and App Service.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function createIdentity({ scenario, id }: Tenant, key: Buffer, identityHeader: string): Service {
  const error = (_code: string, message: string, status: number): unknown => ({ statusCode: status, message });
  const refuse = (status: number, message: string): Answer => ({ status, body: error('', message, status) });

  return {
    audiences: [],
    constant: false,
    error,
    headers: () => ({}),
    unauthorized: () => refuse(401, 'Unauthorized'),
    handle(call) {
      if (call.method !== 'GET' || call.path !== '/token') return undefined;
      if (call.headers['x-identity-header'] !== identityHeader) return refuse(401, 'The X-IDENTITY-HEADER is wrong.');
      const version = call.query.get('api-version');
      if (version !== '2019-08-01') return refuse(400, `The api-version ${String(version)} is not supported.`);
      const resource = call.query.get('resource') ?? '';
      if (!RESOURCES.has(resource.replace(/\/$/, ''))) {
        return refuse(400, `AADSTS500011: The resource principal named ${resource} was not found in the tenant.`);
      }
      const expiresAt = new Date(Date.now() + scenario.tokenLifetimeSeconds * 1000);
      return {
        status: 200,
        body: {
          access_token: issueToken(key, resource, id, expiresAt),
          expires_on: String(Math.floor(expiresAt.getTime() / 1000)),
          resource,
          token_type: 'Bearer',
          client_id: call.query.get('client_id') ?? undefined,
        },
      };
    },
  };
}
