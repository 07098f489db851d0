import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import type { StorageAccount } from '../model';
import { findResources } from './find-resources';

/** Finds accounts by name in everything the identity can see. */
export function findStorageAccounts(client: ResourceGraphClient, names: readonly string[]): Promise<StorageAccount[]> {
  const name = /^[a-z0-9]{3,24}$/;
  return findResources(client, { type: 'microsoft.storage/storageaccounts', name, title: 'Storage accounts' }, names);
}
