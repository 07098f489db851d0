import {
  AZURE_POWERSHELL,
  azurePowershellIn,
  compareVersions,
  describeVersion,
  isRetired,
  parseVersion,
} from '../../src/audit/azure-powershell';

test.each([
  ['AzurePowershell/v15.3.0,PSVersion/v7.5.0,Az.Resources/8.1.1', [15, 3, 0]],
  ['FxVersion/4.6.1637.0 Microsoft.Azure.Management.Compute/14.0.0 AzurePowershell/v3.6.0.0 PSVersion/v5.1', [3, 6, 0]],
  ['AZUREPOWERSHELL/V14.3', [14, 3, 0]],
  ['AzurePowershell/12.10.11', [12, 10, 11]],
  ['AzurePowershell/v0.0.0,Az.MachineLearningWorkspaces/0.1.0', null],
  ['AzurePowershell/v0.0.1', [0, 0, 1]],
  ['AzurePowershell/latest', null],
  ['PSVersion/v7.5.0 Az.Accounts/5.5.1', null],
  ['azsdk-net-Identity/1.21.0 (.NET 9.0.1; Microsoft Windows 10.0.26100)', null],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', null],
  ['', null],
])('the user agent %j tells %j', (userAgent, version) => {
  expect(azurePowershellIn(userAgent)).toEqual(version);
});

test.each([
  ['16.0.0', [16, 0, 0]],
  ['16.10', [16, 10, 0]],
  ['16.10.11', [16, 10, 11]],
  ['16', null],
  ['v16.0.0', null],
  ['16.0.0.1', null],
  ['16.0.0-preview', null],
])('%j is the version %j', (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test('versions are compared part by part, as numbers', () => {
  const order = [
    [9, 9, 9],
    [10, 0, 0],
    [10, 0, 1],
    [10, 2, 0],
    [10, 10, 0],
  ] as const;
  order.slice(1).forEach((version, index) => {
    expect(compareVersions(order[index]!, version)).toBeLessThan(0);
    expect(compareVersions(version, order[index]!)).toBeGreaterThan(0);
  });
  expect(compareVersions([1, 2, 3], [1, 2, 3])).toBe(0);
});

test('what is as old as AzureRM is named so', () => {
  expect([isRetired([6, 13, 2]), isRetired([7, 0, 0])]).toEqual([true, false]);
  expect(describeVersion([6, 13, 2])).toBe('6.13.2 (AzureRM, or an Az as old)');
  expect(describeVersion([7, 0, 0])).toBe('7.0.0');
});

test('the floors are versions, the older one the more urgent, with a date', () => {
  const { supported, multifactor, asOf } = AZURE_POWERSHELL;
  expect(compareVersions(parseVersion(multifactor)!, parseVersion(supported)!)).toBeLessThan(0);
  expect(new Date(asOf).toISOString().slice(0, 10)).toBe(asOf);
});
