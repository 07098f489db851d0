/** The page as the host asks for it: what it is made of, what a browser may do with it, and what stands in for it. */
import { createHash } from 'node:crypto';
import { HttpRequest, InvocationContext } from '@azure/functions';
import type { Azurite } from '../../sandbox/azurite';
import { appServices } from '../../src/app-services';
import { buildOverview } from '../../src/audit/build-overview';
import type { Finding } from '../../src/audit/finding';
import { newRunId } from '../../src/audit/run-id';
import { reportEndpoint } from '../../src/functions/report';
import { aFinding, aReport } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';

const HOUR = 3_600_000;
let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
  Object.assign(process.env, {
    AzureWebJobsStorage: azurite.connectionString,
    AZURE_TENANT_ID: 'fd46b0cc-ba27-4bee-8c95-13bad50640e3',
  });
});
afterAll(() => azurite.close());

interface Asked {
  readonly query?: Record<string, string>;
  readonly runId?: string;
  readonly accept?: string;
}

/** What browsers send when an address is typed. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

async function get({ query = {}, runId, accept = BROWSER }: Asked = {}) {
  const request = new HttpRequest({
    method: 'GET',
    url: `http://localhost/api/report${runId === undefined ? '' : `/${runId}`}`,
    query,
    params: runId === undefined ? {} : { runId },
    headers: { accept },
  });
  const context = new InvocationContext({ functionName: 'report', invocationId: 'i', logHandler: () => undefined });
  const { status = 200, headers, body } = await reportEndpoint(request, context);
  const markup = body as string;
  return {
    status,
    headers: headers as Record<string, string>,
    markup,
    headline: /<h1><bdi>(.*?)<\/bdi><\/h1>/.exec(markup)?.[1],
    look: / class="verdict (is-[\w -]+)"/.exec(markup)?.[1],
    facts: [...markup.matchAll(/<span class="fact"><bdi>(.*?)<\/bdi>/g)].map(([, fact]) => fact),
  };
}

function begin(hoursAgo: number) {
  const now = new Date(Date.now() - hoursAgo * HOUR);
  const expiresAt = new Date(Date.now() + HOUR);
  return appServices().storage.runs.begin({ runId: newRunId(now), trigger: 'schedule', audit: 'full', now, expiresAt });
}

async function publish(hoursAgo: number, findings: readonly Finding[]): Promise<string> {
  const lease = await begin(hoursAgo);
  const { runId, startedAt } = lease.run;
  const report = { ...aReport(runId, findings), startedAt, finishedAt: startedAt, fullAuditAt: startedAt };
  const overview = buildOverview(report, { applications: [], workspaces: [] });
  await appServices().storage.reports.publish(lease, { report, unconfirmed: [], alerts: [], overview });
  return runId;
}

const finding = (name: string, changes: Partial<Finding> = {}) =>
  aFinding({
    fingerprint: createHash('sha256').update(name).digest('hex'),
    subject: { id: name, kind: 'secret', name },
    message: `${name} fails.`,
    evidence: {},
    ...changes,
  });

describe('before any report', () => {
  it('a page says that nothing ever ran, and programs get a problem document', async () => {
    expect(await get()).toMatchObject({ status: 404, look: 'is-neverRun', headline: 'No report yet' });
    expect((await get({ accept: 'application/json' })).headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await get({ accept: '*/*' })).headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('says that the first run is under way, and then that it failed, and why', async () => {
    const lease = await begin(0);
    expect(await get()).toMatchObject({ status: 404, look: 'is-running', headline: 'The first audit is under way' });
    expect(await get({ runId: lease.run.runId })).toMatchObject({ status: 202, look: 'is-running' });
    await appServices().storage.runs.fail(lease, 'Graph said <no>', new Date());
    const page = await get();
    expect(page).toMatchObject({ status: 404, look: 'is-failed' });
    expect(page.markup).toContain(`run ${lease.run.runId} failed: Graph said &#60;no&#62;.`);
    expect(await get({ runId: lease.run.runId })).toMatchObject({ look: 'is-failed', headline: 'The run failed' });
  });
});

describe('with reports', () => {
  let older: string;
  let latest: string;
  const findings = [
    ...Array.from({ length: 104 }, (_, n) => finding(`secret-${n}`)),
    finding('unread', { status: 'notEvaluated' }),
    finding('well', { status: 'pass' }),
  ];
  beforeAll(async () => {
    older = await publish(30, [finding('long-ago')]);
    latest = await publish(1, findings);
  });

  it('shows what is open, a hundred at a time, and no page more than once', async () => {
    const first = await get();
    expect(first).toMatchObject({ status: 200, look: 'is-attention' });
    expect(first.facts).toHaveLength(100);
    const token = /continuationToken=([^&#]+)/.exec(first.markup)?.[1] ?? '';
    const second = await get({ query: { continuationToken: decodeURIComponent(token) } });
    expect(second.facts).toEqual([
      'secret-100 fails.',
      'secret-101 fails.',
      'secret-102 fails.',
      'secret-103 fails.',
      'unread fails.',
    ]);
    expect(second.markup).toContain('First page');
  });

  it.each([
    [{ status: 'pass' }, ['well fails.']],
    [{ status: 'notEvaluated,pass' }, ['unread fails.', 'well fails.']],
    [{ q: 'SECRET-77 fails' }, ['secret-77 fails.']],
    [{ subject: 'secret-42' }, ['secret-42 fails.']],
    [{ subject: 'well' }, []],
    [{ top: '2' }, ['secret-0 fails.', 'secret-1 fails.']],
  ] as [Record<string, string>, string[]][])('%j', async (query, facts) => {
    expect((await get({ query })).facts).toEqual(facts);
  });

  it('other formats still show all, and have an entity tag; the page, which tells of now, has none', async () => {
    const json = await get({ query: { format: 'json' } });
    expect((JSON.parse(json.markup) as { findings: unknown[] }).findings).toHaveLength(106);
    expect(json.headers['etag']).toBeDefined();
    expect((await get()).headers['etag']).toBeUndefined();
  });

  it('may run its own script and style, and nothing else', async () => {
    const { headers, markup } = await get({ query: { top: '1' } });
    const hash = (tag: string) => {
      const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(markup)?.[1] ?? '';
      expect(text.length).toBeGreaterThan(1000);
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
      vary: 'Accept',
      'content-security-policy': `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    });
    expect(markup.match(/<(style|script)>/g)).toHaveLength(2);
  });

  it('shows the exceptions in force', async () => {
    const until = new Date(Date.now() + HOUR).toISOString();
    await appServices().storage.exceptions.add({
      id: '00000000-0000-4000-8000-000000000001',
      match: { subject: 'secret-3' },
      reason: 'Goes in May',
      author: 'Vera',
      createdAt: until,
      until,
    });
    expect((await get({ query: { subject: 'secret-3' } })).markup).toContain('Goes in May');
  });

  it('shows the trend of the full audits, oldest first', async () => {
    const { markup } = await get({ query: { top: '1' } });
    expect(markup).toContain('Failing findings of the last 2 full audits, from 1 to');
  });

  it('of a run is the latest or an older one, and links go one up', async () => {
    expect(await get({ runId: latest })).toMatchObject({ look: 'is-attention' });
    const page = await get({ runId: older, query: { code: 'K' } });
    expect(page.look).toBe('is-older is-attention');
    expect(page.markup).toContain('href="../report?code=K"');
    expect((await get({ query: { top: '1' } })).markup).toContain('href="reports"');
  });

  it.each([
    [{ severity: 'urgent' }, /&#34;urgent&#34; is not a valid severity; allowed: critical/],
    [{ format: 'pdf' }, /is not a valid format/],
    [{ continuationToken: 'x' }, /continuation token/i],
  ] as [Record<string, string>, RegExp][])('%j is a page that says why', async (query, words) => {
    const page = await get({ query });
    expect(page).toMatchObject({ status: 400, look: 'is-problem' });
    expect(page.markup).toMatch(words);
    expect((await get({ query, accept: 'application/json' })).headers['content-type']).toMatch(/problem\+json/);
  });

  it('of a run that is none is a page, however odd its id', async () => {
    expect(await get({ runId: '<script>' })).toMatchObject({
      status: 404,
      look: 'is-notFound',
      headline: 'No such report',
    });
  });

  it('says that the last audit failed, and shows what there is', async () => {
    const lease = await begin(0);
    await appServices().storage.runs.fail(lease, 'no storage', new Date());
    const page = await get();
    expect(page).toMatchObject({ status: 200, look: 'is-failed' });
    expect(page.headline).toMatch(/^The last audit failed\. What follows is from 1 hour ago/);
    expect(page.markup).toContain('no storage');
    expect(page.facts).toHaveLength(100);
  });
});

it('where storage cannot be reached a page says so, and when to come again', async () => {
  const exceptions = jest.spyOn(appServices().storage.exceptions, 'list');
  const { StorageError } = await import('../../src/storage/errors');
  exceptions.mockRejectedValueOnce(new StorageError('Table Storage does not answer.'));
  const page = await get();
  expect(page).toMatchObject({ status: 503, look: 'is-problem', headline: 'Storage unavailable' });
  expect(page.headers['retry-after']).toBe('30');
});
