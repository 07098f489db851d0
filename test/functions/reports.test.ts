/** The history as the host serves it, over Azurite. */
import { HttpRequest, InvocationContext, type HttpResponseInit } from '@azure/functions';
import type { Azurite } from '../../sandbox/azurite';
import { appServices } from '../../src/app-services';
import { reportsEndpoint } from '../../src/functions/reports';
import { beginNight, night, publishNight, runIdOf } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
  Object.assign(process.env, {
    AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
    AzureWebJobsStorage: azurite.connectionString,
  });
});
afterAll(() => azurite.close());

async function list(query: Record<string, string> = {}) {
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api/reports', query });
  const response: HttpResponseInit = await reportsEndpoint(request, new InvocationContext());
  return { status: response.status, json: JSON.parse(response.body as string) as Record<string, unknown> };
}

describe('GET /api/reports', () => {
  it('is an empty list before the first run', async () => {
    expect(await list()).toEqual({ status: 200, json: { reports: [] } });
  });

  it('lists runs page by page, and says where their reports are', async () => {
    const { storage } = appServices();
    await publishNight(storage, 0);
    await storage.runs.fail(await beginNight(storage, 1), 'Graph is down', night(1));
    const { status, json } = await list({ top: '1' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        reports: [
          { runId: runIdOf(1), state: 'failed', message: 'Graph is down', location: `/api/report/${runIdOf(1)}` },
        ],
        continuationToken: expect.any(String) as unknown,
      },
    });
    const next = await list({ top: '1', continuationToken: String(json['continuationToken']) });
    expect(next.json).toMatchObject({ reports: [{ runId: runIdOf(0), summary: { overall: 'attention' } }] });
    expect(next.json).not.toHaveProperty('continuationToken');
    expect((await list({ audit: 'signIns' })).json).toEqual({ reports: [] });
  });

  it.each([
    [{ top: '0' }, 'top', /allowed: 1 to 1000/],
    [{ top: '1001' }, 'top', /allowed: 1 to 1000/],
    [{ audit: 'weekly' }, 'audit', /allowed: full, signIns/],
    [{ state: 'failed' }, 'query', /allowed: top, continuationToken, audit, code/],
    [{ continuationToken: 'x' }, 'continuationToken', /not one of this list/],
  ])('says what is wrong with %j', async (query, parameter, detail) => {
    expect(await list(query)).toMatchObject({
      status: 400,
      json: { parameter, detail: expect.stringMatching(detail) as unknown },
    });
  });
});
