import { startTestSandbox } from '../setup/start-test-sandbox';
import { createAzureClients } from '../../src/inventory/azure/clients';
import { collectInventory } from '../../src/inventory/collect-inventory';
import { evaluate } from '../../src/audit/evaluate';
import { CLOUDS } from '../../src/clouds';
import { ManagedIdentityCredential } from '@azure/identity';
import { SOURCE_NAMES } from '../../src/inventory/sources';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { readdirSync } from 'node:fs';
import { writeFileSync } from 'node:fs';

test.each((process.env['SCENARIOS'] ?? 'contoso,healthy,forbidden,throttled').split(','))('%s', async (name) => {
  const sandbox = await startTestSandbox(loadScenario(name));
  Object.assign(process.env, sandbox.environment);
  const e = sandbox.environment;
  const azure = createAzureClients({ ...CLOUDS.AzureCloud, resourceManager: e['AZURE_RESOURCE_MANAGER_ENDPOINT']!, graph: e['MICROSOFT_GRAPH_ENDPOINT']! }, new ManagedIdentityCredential());
  const log: any = { info() {}, warn() {}, error() {}, debug() {} };
  const t = performance.now();
  const inventory = await collectInventory(azure, new Set(SOURCE_NAMES), { tenantId: e['AZURE_TENANT_ID']!, subscriptions: undefined, signal: new AbortController().signal, log });
  const took = Math.round(performance.now() - t);
  const checks: any[] = [];
  for (const f of readdirSync(__dirname + '/../../src/checks')) if (f !== 'index.ts' && f.endsWith('.ts')) checks.push((await import('../../src/checks/' + f)).default);
  const options = Object.fromEntries(checks.map((c) => [c.id, c.options.parse(JSON.parse(e['CHECK_OPTIONS'] ?? '{}')[c.id] ?? {})]));
  const findings = evaluate(checks as any, inventory, { now: new Date(), tenantId: e['AZURE_TENANT_ID']!, portal: 'https://portal.azure.com', options } as any) as any;
  const list: any[] = findings.findings ?? findings;
  let out = `== ${name} took ${took} ms, ${sandbox.requests().length} requests\n`;
  for (const [s, scopes] of Object.entries(inventory)) out += `${s}: ${(scopes as any[]).map((x) => x.result.ok ? `${x.scope.name}=${x.result.data.length}` : `${x.scope.name}!${x.result.because}: ${x.result.message}`).join(' | ')}\n`;
  for (const f of list) out += `${f.checkId} ${f.status} ${f.status === 'fail' ? f.severity : ''} ${f.message}\n`;
  const counts: any = {};
  for (const f of list) { counts[f.checkId] ??= {}; counts[f.checkId][f.status] = (counts[f.checkId][f.status] ?? 0) + 1; }
  out += JSON.stringify(counts, null, 1) + '\n';
  writeFileSync(`/tmp/e2e-${name}.txt`, out);
  await sandbox.close();
}, 60000);
