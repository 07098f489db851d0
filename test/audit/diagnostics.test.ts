import { carriersOf, logAnalyticsOf } from '../../src/audit/diagnostics';
import { aDiagnosticSetting, LOG_ANALYTICS_ID } from '../fixtures/facts';

const some = aDiagnosticSetting({ allLogs: false, categories: ['GatewayApiRequests'] });

test.each([
  ['every log', aDiagnosticSetting(), true],
  ['that category', some, true],
  ['other categories', { ...some, categories: ['SynapseRbacOperations'] }, false],
  ['that category to somewhere else', { ...some, logAnalyticsId: null }, false],
  ['every log to somewhere else', aDiagnosticSetting({ logAnalyticsId: null }), false],
])('a setting with %s', (_, setting, carries) => {
  expect(carriersOf('GATEWAYAPIREQUESTS', [setting])).toEqual(carries ? [setting] : []);
});

test('the Log Analytics workspace is that of the first setting that has one', () => {
  expect(logAnalyticsOf([aDiagnosticSetting({ logAnalyticsId: null }), some])).toBe(LOG_ANALYTICS_ID);
  expect(logAnalyticsOf([])).toBeNull();
});
