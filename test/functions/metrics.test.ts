/** The metrics as the host serves them, over Azurite. */
import { HttpRequest, InvocationContext, type HttpResponseInit } from '@azure/functions';
import type { Azurite } from '../../sandbox/azurite';
import { appServices } from '../../src/app-services';
import { metricsEndpoint } from '../../src/functions/metrics';
import { StorageError } from '../../src/storage/errors';
import { beginNight, night, publishNight } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
  Object.assign(process.env, {
    AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
    AzureWebJobsStorage: azurite.connectionString,
    ALERT_WEBHOOK_URL: 'https://hooks.example.com/abc',
  });
});
afterAll(() => azurite.close());

async function scrape(query: Record<string, string> = {}): Promise<HttpResponseInit & { readonly text: string }> {
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api/metrics', query });
  const response = await metricsEndpoint(request, new InvocationContext({ logHandler: () => undefined }));
  return { ...response, text: response.body as string };
}

it('is 200 before the first audit, and says that there was none', async () => {
  const { status, text, headers } = await scrape();
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  expect(text).toContain('synapse_audit_overall{state="none"} 1\n');
  expect(text).toContain('synapse_audit_healthy 0\n');
  expect(text).toMatch(/synapse_audit_build_info\{version="\d+\.\d+\.\d+"\} 1\n/);
});

it('is 200 with a report that is stale, a run that failed and an alert that waits', async () => {
  const { storage } = appServices();
  await publishNight(storage, 0);
  await storage.runs.fail(await beginNight(storage, 1), 'Graph is down', night(1));
  const { status, text } = await scrape();
  expect(status).toBe(200);
  for (const line of ['overall{state="attention"} 1', 'stale 1', 'last_run_failed 1', 'alerts{state="pending"} 1']) {
    expect(text).toContain(`synapse_audit_${line}\n`);
  }
});

it('takes no parameters', async () => {
  expect(await scrape({ format: 'json' })).toMatchObject({ status: 400 });
});

it('is 503 while Table Storage cannot be read, as nothing is known then', async () => {
  jest.spyOn(appServices().storage.status, 'read').mockRejectedValueOnce(new StorageError('Table Storage is down.'));
  const { status, headers } = await scrape();
  expect(status).toBe(503);
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8' });
});
