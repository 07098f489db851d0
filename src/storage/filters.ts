import { odata } from '@azure/data-tables';

/** OData filter for the rows of one partition whose key begins with a prefix. */
export function rowsStarting(partitionKey: string, prefix: string): string {
  return odata`PartitionKey eq ${partitionKey} and RowKey ge ${prefix} and RowKey lt ${successor(prefix)}`;
}

/** OData filter for all rows of the partitions whose key begins with a prefix. */
export function partitionsStarting(prefix: string): string {
  return odata`PartitionKey ge ${prefix} and PartitionKey lt ${successor(prefix)}`;
}

/** The first key after all that begin with the prefix; keys are ordered by code unit. */
function successor(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
