/** A storage account as Azure Resource Manager answers for it. */
import { storageAccountIdOf } from './resource-ids';
import { isRefused } from './service';
import type { ResourceManagerParts, SettingRoute } from './workspace-settings';

const PATH =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Storage\/storageAccounts\/([^/]+)$/i;

/** https://learn.microsoft.com/rest/api/storagerp/storage-accounts/get-properties */
export function storageAccountRoute({ tenant, forbidden, error }: ResourceManagerParts): SettingRoute {
  return {
    method: 'GET',
    path: PATH,
    versions: ['2023-05-01'],
    answer: (call) => {
      const [, , group = '', name = ''] = PATH.exec(call.path) ?? [];
      const account = tenant.scenario.storageAccounts.find(
        (each) => storageAccountIdOf(each).toLowerCase() === call.path.toLowerCase(),
      );
      if (!account) {
        const message = `The Resource 'Microsoft.Storage/storageAccounts/${name}' under resource group '${group}' was not found.`;
        return { status: 404, body: error('ResourceNotFound', message) };
      }
      const id = storageAccountIdOf(account);
      if (isRefused(tenant, 'auditorStorage')) return forbidden('Microsoft.Storage/storageAccounts/read', id);
      const properties = {
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: false,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
        provisioningState: 'Succeeded',
        ...account.properties,
      };
      return {
        status: 200,
        body: { id, name: account.name, type: 'Microsoft.Storage/storageAccounts', kind: 'StorageV2', properties },
      };
    },
  };
}
