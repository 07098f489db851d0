/** Versions of Azure PowerShell: how user agents tell them, and which are still supported. Data with a date. */

/** Major, minor, patch. */
export type Version = readonly [number, number, number];

export const AZURE_POWERSHELL = {
  /** When the rest was looked up. */
  asOf: '2026-11-01',
  /**
   * Only the newest major version is supported; 16.4 was the newest then, and 17 announced for the middle of November.
   * https://learn.microsoft.com/powershell/azure/azureps-support-lifecycle
   */
  supported: '16.0.0',
  /**
   * The first that answers a demand for multifactor authentication, which Azure Resource Manager makes of every user who
   * changes something. https://learn.microsoft.com/entra/identity/authentication/concept-mandatory-multifactor-authentication
   */
  multifactor: '14.3.0',
} as const;

/** AzureRM ended at 6.13 and was retired on 2024-02-29; Az has counted from 1 again, so that these are old either way. */
const LAST_MAJOR_OF_AZURERM = 6;

/** `14.3.0`; `null` where the text is none. */
export function parseVersion(text: string): Version | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/**
 * The version in a user agent such as `AzurePowershell/v15.3.0,PSVersion/v7.5.0,Az.Resources/8.1.1`. It is that of the
 * module Az; where only single modules are installed it says v0.0.0, which is no version.
 */
export function azurePowershellIn(userAgent: string): Version | null {
  const match = /AzurePowershell\/v?(\d+\.\d+(?:\.\d+)?)/i.exec(userAgent);
  const version = match === null ? null : parseVersion(match[1] ?? '');
  return version?.every((part) => part === 0) === true ? null : version;
}

/** Negative where the first is the older one. */
export function compareVersions(one: Version, other: Version): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}

/** Whether it is AzureRM's, or an Az from the time of AzureRM. */
export function isRetired([major]: Version): boolean {
  return major <= LAST_MAJOR_OF_AZURERM;
}

/** `12.1.0`, and of the old ones what they may be. */
export function describeVersion(version: Version): string {
  return `${version.join('.')}${isRetired(version) ? ' (AzureRM, or an Az as old)' : ''}`;
}
