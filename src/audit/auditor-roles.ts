/** The Azure roles that the templates in infra/ assign to the auditor's identity, beside its own custom role: all of them. */

export interface AuditorRole {
  /** GUID of the built-in role. */
  readonly id: string;
  readonly name: string;
  /** Type of the one resource, the auditor's own, where it is assigned. */
  readonly on: string;
  /** What the auditor does with it, after "to". */
  readonly purpose: string;
  /** The option without which it is not assigned. */
  readonly only: 'mails' | 'a webhook' | undefined;
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const AUDITOR_ROLES: readonly AuditorRole[] = [
  {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    name: 'Storage Blob Data Owner',
    on: 'Microsoft.Storage/storageAccounts',
    purpose: 'keep what the Functions host needs: locks, function keys, the package',
    only: undefined,
  },
  {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    name: 'Storage Queue Data Contributor',
    on: 'Microsoft.Storage/storageAccounts',
    purpose: 'queue audits that are asked for',
    only: undefined,
  },
  {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    name: 'Storage Table Data Contributor',
    on: 'Microsoft.Storage/storageAccounts',
    purpose: 'keep reports and state',
    only: undefined,
  },
  {
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    name: 'Monitoring Metrics Publisher',
    on: 'Microsoft.Insights/components',
    purpose: 'write telemetry',
    only: undefined,
  },
  {
    id: '09976791-48a7-449e-bb21-39d1a415f350',
    name: 'Communication and Email Service Owner',
    on: 'Microsoft.Communication/communicationServices',
    purpose: 'send mails',
    only: 'mails',
  },
  {
    id: '4633458b-17de-408a-b874-0445c86b69e6',
    name: 'Key Vault Secrets User',
    on: 'Microsoft.KeyVault/vaults',
    purpose: 'read the address of the webhook and the key that signs',
    only: 'a webhook',
  },
];
