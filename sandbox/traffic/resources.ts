/** What is signed in to, and with which program. Microsoft's own applications have the same ids in every tenant. */

export interface Resource {
  readonly name: string;
  readonly id: string;
}

/** https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in */
export const RESOURCES = {
  synapse: { name: 'Microsoft Azure Synapse Gateway', id: '1ac05c7e-12d2-4605-bf9d-549d7041c6b3' },
  sql: { name: 'Azure SQL Database', id: '022907d3-0f1b-48f7-badc-1ba6abab6d66' },
  storage: { name: 'Azure Storage', id: 'e406a681-f3d4-42a8-90b6-c2b029497af1' },
  management: { name: 'Windows Azure Service Management API', id: '797f4846-ba00-4fd7-ba43-dac1f8f63013' },
  vault: { name: 'Azure Key Vault', id: 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093' },
  graph: { name: 'Microsoft Graph', id: '00000003-0000-0000-c000-000000000000' },
  mail: { name: 'Office 365 Exchange Online', id: '00000002-0000-0ff1-ce00-000000000000' },
} as const satisfies Record<string, Resource>;

export const CLIENTS = {
  studio: { name: 'Azure Synapse Studio', id: 'ec52d13d-2e85-410e-a89a-8c79fb6a32ac' },
  queries: { name: 'Azure Data Studio', id: 'a69788c6-1d43-44ed-9ca3-b83e194da255' },
  portal: { name: 'Azure Portal', id: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c' },
  mail: { name: 'One Outlook Web', id: '9199bf20-a13f-4107-85dc-02114787ef48' },
  teams: { name: 'Microsoft Teams Web Client', id: '5e3ce6c0-2b1f-4285-8d4b-75ee78787346' },
} as const satisfies Record<string, Resource>;

/** What logs say of a result. Codes that are not listed have no reason. */
export const REASONS: Readonly<Record<string, string>> = {
  '50053': 'The account is locked, you’ve tried to sign in too many times with an incorrect user ID or password.',
  '50057': 'User account is disabled.',
  '50074': 'User did not pass the MFA challenge.',
  '50126': 'Invalid username or password or Invalid on-premise username or password.',
  '50140': 'This error occurred due to Keep me signed in interrupt when the user was signing-in.',
  '50173': 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  '53003': 'Access has been blocked due to conditional access policies.',
  '500011': 'The resource principal was not found in the tenant.',
  '700016': 'Application was not found in the directory.',
  '700027': 'Client assertion contains an invalid signature.',
  '700084': 'The refresh token was issued to a single page app, and has a fixed, limited lifetime.',
  '7000112': 'The application is disabled.',
  '7000215': 'Invalid client secret is provided.',
  '7000222': 'The provided client secret keys are expired.',
};
