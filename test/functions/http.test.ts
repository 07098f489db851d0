/** The HTTP API as programs see it: what `docs/openapi.json` says, and what holds of every route. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Azurite } from '../../sandbox/azurite';
import { buildOverview } from '../../src/audit/build-overview';
import { DIFF_KINDS } from '../../src/audit/diff';
import { fingerprint, SEVERITIES, STATUSES, type Finding } from '../../src/audit/finding';
import type { Report } from '../../src/audit/report';
import { newRunId } from '../../src/audit/run-id';
import { FORMATS } from '../../src/report/formats';
import { aFinding, anAlert, aReport } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';
import { expectDescribed, PATHS, unseen } from './described-answers';
import { loadHttpApp, type CallOptions, type HttpAnswer, type HttpApp } from './http-app';

type Answered = Report & { readonly continuationToken?: string };

const TENANT = '11111111-2222-3333-4444-555555555555';
const HOUR = 3_600_000;
const started = Date.now();
const ago = (hours: number) => new Date(started - hours * HOUR);
const unknownRun = '20200101T000000Z-00000000';

const applicationId = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;
const workspaceId = (name: string) =>
  `/subscriptions/${TENANT}/resourceGroups/rg/providers/Microsoft.Synapse/workspaces/${name}`;

/** Of every status and severity, about applications and workspaces, by two checks. */
const findings: readonly Finding[] = STATUSES.flatMap((status) =>
  SEVERITIES.flatMap((severity) =>
    [0, 1, 2, 3].map((index) => {
      const ofApplication = index % 2 === 0;
      const subjectId = ofApplication
        ? `${applicationId(index)}/${status}-${severity}`
        : workspaceId(`Finance${index}`);
      const checkId = ofApplication ? 'secret-expiry' : 'firewall-open';
      return aFinding({
        fingerprint: fingerprint(checkId, `${subjectId} ${status} ${severity}`),
        checkId,
        status,
        severity,
        subject: ofApplication
          ? { id: subjectId, kind: 'secret', name: `Loader ${index}` }
          : { id: subjectId, kind: 'workspace', name: `Finance${index}` },
        message: `Case ${status} ${index} is ${severity}.`,
        evidence: ofApplication ? { appId: applicationId(index), endsAt: ago(-24 * (index + 1)).toISOString() } : {},
        scope: ofApplication ? TENANT : workspaceId(`Finance${index}`),
        firstSeen: ago(48).toISOString(),
        ...(status === 'notEvaluated' && { because: 'forbidden', sources: ['firewallRules'] }),
      });
    }),
  ),
);
const check = (id: string): Report['checks'][number] => ({
  id,
  title: 'Wanted',
  severity: 'high',
  why: 'Because',
  remediation: ['Do it'],
  link: 'https://learn.microsoft.com/',
  totals: { fail: 0, notEvaluated: 0, pass: 0, notApplicable: 0 },
});

let azurite: Azurite;
let app: HttpApp;
let runIds: readonly [string, string, string];

/** @param fullAt hours ago; an audit of sign-ins carries over what was found then */
async function publish(hours: number, all: readonly Finding[], fullAt = hours): Promise<string> {
  const { storage } = app.services;
  const now = ago(hours);
  const runId = newRunId(now);
  const expiresAt = new Date(now.getTime() + HOUR);
  const lease = await storage.runs.begin({ runId, trigger: 'schedule', audit: 'full', now, expiresAt });
  const report: Report = {
    ...aReport(runId, all, 'attention'),
    startedAt: now.toISOString(),
    finishedAt: now.toISOString(),
    fullAuditAt: ago(fullAt).toISOString(),
    tenantId: TENANT,
    coverage: {
      applications: 'collected',
      firewallRules: { because: 'forbidden', message: 'm', permission: 'p', scopes: [] },
    },
    checks: ['firewall-open', 'secret-expiry'].map(check),
  };
  const owner = { name: 'Doe, Jane', mail: null, enabled: true };
  const application = (index: number) => ({ ids: [applicationId(index)], name: `Loader ${index}`, notify: [] });
  const contacts = {
    applications: [
      { ...application(0), owners: [owner] },
      { ...application(2), owners: [{ ...owner, mail: 'Sam@example.com' }] },
    ],
    workspaces: [],
  };
  const alerts = [anAlert()];
  await storage.reports.publish(lease, { report, unconfirmed: [], alerts, overview: buildOverview(report, contacts) });
  return runId;
}

beforeAll(async () => {
  azurite = await startAzurite();
  app = await loadHttpApp({ AZURE_TENANT_ID: TENANT, AzureWebJobsStorage: azurite.connectionString });
});
afterAll(() => azurite.close());

const json = async (address: string, options?: CallOptions): Promise<Answered> =>
  (await app.call('GET', address, options)).json();
const fingerprints = ({ findings: page }: Pick<Report, 'findings'>) => page.map((finding) => finding.fingerprint);

/** The path of the description that an address is of. */
function templateOf(address: string): string {
  const path = address.split('?')[0] ?? '';
  return path in PATHS
    ? path
    : path.replace(/^\/report\/[^/]*$/, '/report/{runId}').replace(/^\/(exceptions|alerts)\/[^/]*/, '/$1/{id}');
}

/** Calls, and holds the answer against the description and what is true of all. */
async function ask(method: string, address: string, options?: CallOptions): Promise<HttpAnswer> {
  const answer = await app.call(method, address, options);
  expectDescribed(method, templateOf(address), answer);
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  if (answer.status >= 400 && answer.mediaType !== 'application/json') {
    expect(answer.mediaType).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({ status: answer.status });
  }
  return answer;
}

describe('docs/openapi.json', () => {
  it('is a valid description', () => {
    const file = join(__dirname, '../../docs/openapi.json');
    const script = `import { Validator } from '@seriousme/openapi-schema-validator';
      const { valid, errors } = await new Validator().validate(${JSON.stringify(file)});
      console.log(JSON.stringify({ valid, errors }));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({ valid: true });
  });

  it('describes every function of the app, and nothing else', () => {
    const described = Object.entries(PATHS).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const registered = [...app.functions.values()].flatMap(({ route = '', methods = [] }) => {
      const optional = /\/\{\w+\?\}$/;
      const routes = optional.test(route) ? [route.replace(optional, ''), route.replace('?}', '}')] : [route];
      return routes.flatMap((one) =>
        methods.filter((method) => method !== 'HEAD').map((method) => `${method} /${one}`),
      );
    });
    expect(described.sort()).toEqual(registered.sort());
  });

  it('says of every function that answers GET that it answers HEAD', () => {
    for (const { methods } of app.functions.values()) {
      expect(methods?.includes('HEAD')).toBe(methods?.includes('GET'));
    }
  });

  it('has every function ask for a key', () => {
    expect([...app.functions.values()].map(({ authLevel }) => authLevel)).toEqual(
      Array.from({ length: app.functions.size }, () => 'function'),
    );
  });
});

describe('before the first audit', () => {
  it.each([
    ['/report', 404],
    ['/report?format=csv', 404],
    ['/report/diff', 404],
    [`/report/diff?to=${unknownRun}`, 404],
    ['/reports', 200],
    ['/status', 503],
    ['/metrics', 200],
    ['/alerts', 200],
    ['/exceptions', 200],
  ])('%s is %i', async (address, status) => {
    expect(await ask('GET', address)).toMatchObject({ status });
  });
});

describe('with reports', () => {
  beforeAll(async () => {
    const [, second] = findings;
    // The first report has other problems than the others, and one of their problems less severe.
    const before = findings
      .filter((_, index) => index % 3 !== 0)
      .map((finding): Finding =>
        finding.fingerprint === second?.fingerprint ? { ...finding, severity: 'low' } : finding,
      );
    const extra = aFinding({ fingerprint: fingerprint('secret-expiry', 'gone'), firstSeen: ago(48).toISOString() });
    const first = await publish(48, [...before, { ...extra, scope: 'elsewhere' }]);
    runIds = [first, await publish(5, findings), await publish(0.5, findings, 5)];
    const { exceptions } = app.services.storage;
    await exceptions.add({
      id: applicationId(9),
      match: { checkId: 'secret-expiry' },
      reason: 'Known',
      author: 'sam',
      createdAt: ago(1).toISOString(),
      until: ago(-24).toISOString(),
    });
  });

  describe('answers as described', () => {
    const cases: readonly (readonly [string, string | (() => string), number, CallOptions?])[] = [
      ['GET', '/report', 200],
      ['HEAD', '/report?top=3', 200],
      ['GET', '/report?top=3&status=fail', 200],
      ...FORMATS.filter((format) => format !== 'html').map(
        (format) => ['GET', `/report?format=${format}`, 200] as const,
      ),
      ['GET', '/report', 200, { headers: { accept: 'application/sarif+json' } }],
      ['GET', '/report', 304, { headers: { 'if-none-match': '*' } }],
      ['GET', '/report?status=open', 400],
      ['GET', '/report', 400, { headers: { accept: 'image/png' } }],
      ['GET', () => `/report/${runIds[0]}`, 200],
      ['GET', () => `/report/${runIds[0]}`, 304, { headers: { 'if-none-match': '*' } }],
      ['GET', () => `/report/${runIds[0]}?continuationToken=x`, 400],
      ['GET', `/report/${unknownRun}`, 404],
      ['GET', '/report/..%2Fx', 404],
      ['GET', '/report/diff', 200],
      ['GET', '/report/diff?top=1', 200],
      ['GET', '/report/diff', 304, { headers: { 'if-none-match': '*' } }],
      ['GET', '/report/diff?from=x', 400],
      ['GET', `/report/diff?from=${unknownRun}`, 404],
      ['GET', () => `/report/diff?to=${runIds[0]}`, 404],
      ['GET', '/reports', 200],
      ['GET', '/reports?top=1', 200],
      ['GET', '/reports?top=0', 400],
      ['GET', '/status', 200],
      ['GET', '/status?top=1', 400],
      ['GET', '/metrics', 200],
      ['GET', '/metrics?top=1', 400],
      ['GET', '/alerts?state=pending', 200],
      ['GET', '/alerts?state=lost', 400],
      ['GET', '/exceptions', 200],
      ['GET', '/exceptions?fingerprint=x', 400],
      ['GET', `/exceptions/${applicationId(9)}`, 200],
      ['GET', `/exceptions/${applicationId(9)}?x=1`, 400],
      ['GET', '/exceptions/x', 404],
      ['POST', '/exceptions', 201, { body: { match: { subject: 'Loader*' }, reason: 'r', author: 'a', days: 7 } }],
      ['POST', '/exceptions', 200, { body: { match: { subject: 'Loader*' }, reason: 'r', author: 'a', days: 7 } }],
      ['POST', '/exceptions', 400, { body: {} }],
      ['POST', '/exceptions', 413, { body: 'x'.repeat(20_000) }],
      ['POST', '/diagnose', 200, { body: { text: 'AADSTS7000222: The provided client secret keys are expired.' } }],
      ['POST', '/diagnose', 400, { body: {} }],
      ['POST', '/diagnose', 404, { body: { runId: unknownRun } }],
      ['POST', '/diagnose', 413, { body: 'x'.repeat(70_000) }],
      ['DELETE', '/exceptions/x', 404],
      ['DELETE', '/exceptions/x?y=1', 400],
      ['DELETE', `/exceptions/${applicationId(9)}`, 204],
      ['POST', '/alerts/x/retry', 400],
      ['POST', `/alerts/${applicationId(8)}/retry`, 404],
      ['POST', `/alerts/${anAlert().id}/retry`, 409],
      ['GET', '/openapi.json', 200],
      ['GET', '/openapi.json?x=1', 400],
      ['POST', '/audit?when=now', 400],
    ];

    // One value a row, as jest takes a parameter without value for its callback.
    it.each(cases.map((one) => [one]))('%j', async ([method, address, status, options]) => {
      const answer = await ask(method, typeof address === 'string' ? address : address(), options);
      expect(answer.status).toBe(status);
    });

    it('of an alert that was given up', async () => {
      const { alerts } = app.services.storage;
      const [alert] = await alerts.list('pending');
      const claimed = await alerts.claim(alert!, ago(-1));
      await alerts.failed(claimed!, '404', 'refused', ago(0));
      expect(await ask('GET', '/alerts')).toMatchObject({ status: 200 });
      expect(await ask('POST', `/alerts/${alert!.id}/retry`)).toMatchObject({ status: 202 });
    });

    it('of runs without a report', async () => {
      const accepted = await ask('POST', '/audit');
      const { runId } = accepted.json() as { runId: string };
      expect(accepted).toMatchObject({ status: 202, headers: { location: `/api/report/${runId}` } });
      expect(await ask('GET', `/report/${runId}`)).toMatchObject({ status: 202, headers: { 'retry-after': '10' } });
      const { runs } = app.services.storage;
      const now = new Date();
      const lease = await runs.begin({ runId, trigger: 'request', now, expiresAt: ago(-1) });
      expect(await ask('POST', '/audit')).toMatchObject({ status: 409 });
      expect(await ask('GET', `/report/${runId}`)).toMatchObject({ status: 202 });
      await runs.fail(lease, 'no power', now);
      expect(await ask('GET', `/report/${runId}`)).toMatchObject({ status: 404 });
      expect(await ask('GET', '/reports')).toMatchObject({ status: 200 });
      expect(await ask('GET', '/status')).toMatchObject({ status: 503 });
    });
  });

  const filters = fc.record(
    {
      status: fc.subarray([...STATUSES], { maxLength: 3 }).map((values) => values.join()),
      severity: fc.subarray([...SEVERITIES], { maxLength: 3 }).map((values) => values.join()),
      check: fc.constantFrom('secret-expiry', 'firewall-open', 'secret-expiry,firewall-open', ''),
      subject: fc.constantFrom('loader', 'FINANCE1', workspaceId('finance3'), 'nobody'),
      workspace: fc.constantFrom('finance1', 'Finance3,finance1', workspaceId('FINANCE1'), 'finance'),
      principal: fc.constantFrom(applicationId(0), `${applicationId(0)},${applicationId(2)}`, 'x'),
      owner: fc.constantFrom('doe, jane', 'SAM@example.com'),
      q: fc.constantFrom('case high', 'LOADER', 'firewall fail', 'nothing of the kind'),
    },
    { requiredKeys: [] },
  );
  const addressOf = (query: object) => `/report?${new URLSearchParams(query as Record<string, string>).toString()}`;

  it('filters compose: what several let through is what each of them does', async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (query) => {
        const each = await Promise.all(
          Object.entries(query).map(async ([name, value]) => fingerprints(await json(addressOf({ [name]: value })))),
        );
        const all = findings.map((finding) => finding.fingerprint);
        const expected = all.filter((one) => each.every((some) => some.includes(one)));
        expect(fingerprints(await json(addressOf(query))).sort()).toEqual(expected.sort());
      }),
      { numRuns: 15 },
    );
  });

  it.each<[string, (finding: Finding) => boolean]>([
    ['status=fail,pass', ({ status }) => ['fail', 'pass'].includes(status)],
    ['severity=low', ({ severity }) => severity === 'low'],
    ['check=firewall-open', ({ checkId }) => checkId === 'firewall-open'],
    ['subject=loader%202', ({ subject }) => subject.name === 'Loader 2'],
    ['workspace=FINANCE1', ({ subject }) => subject.name === 'Finance1'],
    [`workspace=${workspaceId('finance1')},finance3`, ({ subject }) => subject.kind === 'workspace'],
    ['workspace=finance', () => false],
    [`principal=${applicationId(2)}`, ({ subject }) => subject.name === 'Loader 2'],
    ['owner=Doe,%20Jane', ({ subject }) => subject.name === 'Loader 0'],
    ['owner=sam@example.com', ({ subject }) => subject.name === 'Loader 2'],
    ['q=HIGH%20case', ({ severity }) => severity === 'high'],
    ['q=', () => true],
  ])('%s shows what it says', async (query, isMeant) => {
    const shown = fingerprints(await json(`/report?${query}`));
    expect(shown.sort()).toEqual(
      findings
        .filter(isMeant)
        .map((finding) => finding.fingerprint)
        .sort(),
    );
  });

  it('pages joined are the whole, by token and by link, for any filter and size', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 5, max: 90 }), async (query, top) => {
        const whole = fingerprints(await json(addressOf({ ...query, top: 5000 })));
        const joined: string[] = [];
        let address: string | undefined = addressOf({ ...query, top, code: 'a-key' });
        while (address !== undefined) {
          const answer = await ask('GET', address);
          const page: Answered = answer.json();
          expect(page.findings.length).toBeLessThanOrEqual(top);
          joined.push(...fingerprints(page));
          const [, link] = /^<\/api(.*)>; rel="next"$/.exec(answer.headers['link'] ?? '') ?? [];
          expect(link === undefined).toBe(page.continuationToken === undefined);
          const given = new URLSearchParams(link?.split('?')[1]);
          expect(given.has('code')).toBe(false);
          expect(given.get('continuationToken') ?? undefined).toBe(page.continuationToken);
          address = link;
        }
        expect(joined).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  describe('an entity tag', () => {
    const etag = async (address: string, headers = {}) => (await app.call('GET', address, { headers })).headers['etag'];

    it('is another one for every representation', async () => {
      const addresses = ['', '?format=csv', '?format=text', '?status=fail', '?top=3', '?q=case'].map(
        (q) => `/report${q}`,
      );
      const { continuationToken = '' } = await json('/report?top=3');
      const tags = await Promise.all(
        [...addresses, `/report?top=3&continuationToken=${continuationToken}`].map((a) => etag(a)),
      );
      expect(new Set([...tags, await etag('/report', { accept: 'application/sarif+json' })]).size).toBe(8);
      expect(tags.every((tag) => /^"[^"]+"$/.test(tag ?? ''))).toBe(true);
    });

    it('is the same for the same, whoever asks', async () => {
      expect(await etag('/report?code=x&status=')).toBe(await etag('/report'));
      expect(await etag('/report?format=csv')).toBe(await etag('/report', { accept: 'text/csv' }));
    });

    it('that is known is answered by 304, with the headers that matter', async () => {
      const tag = (await etag('/report')) ?? '';
      for (const known of [tag, `W/${tag}`, `"a,b", ${tag}`, '*']) {
        const answer = await ask('GET', '/report', { headers: { 'if-none-match': known } });
        expect(answer).toMatchObject({ status: 304, body: '', headers: { etag: tag, vary: 'Accept' } });
      }
      expect(await ask('GET', '/report', { headers: { 'if-none-match': tag.slice(1) } })).toMatchObject({
        status: 200,
      });
    });
  });

  describe('a diff', () => {
    interface Diff {
      readonly from: { readonly runId: string };
      readonly to: { readonly runId: string };
      readonly counts: Readonly<Record<string, number>>;
      readonly changes: readonly { readonly kind: string; readonly finding: Finding }[];
      readonly continuationToken?: string;
    }
    const diff = async (query: string): Promise<Diff> => (await ask('GET', `/report/diff?${query}`)).json();
    const told = ({ changes }: Diff) => changes.map(({ kind, finding }) => `${kind} ${finding.fingerprint}`);

    it('is of the latest report and the full one before it, where nothing else is asked for', async () => {
      const [first, second, third] = runIds;
      expect(await diff('')).toMatchObject({ from: { runId: second }, to: { runId: third }, changes: [] });
      expect(await diff(`to=${second}`)).toMatchObject({ from: { runId: first }, to: { runId: second } });
    });

    it('says what changed, and the other way round the reverse', async () => {
      const [first, , third] = runIds;
      const there = await diff(`from=${first}&to=${third}`);
      const back = await diff(`from=${third}&to=${first}`);
      const reverse: Record<string, string> = {
        opened: 'resolved',
        worsened: 'improved',
        unconfirmed: 'revealed',
        blinded: 'regained',
      };
      for (const [one, other] of Object.entries(reverse)) {
        expect([one, there.counts[one], there.counts[other]]).toEqual([one, back.counts[other], back.counts[one]]);
      }
      expect(there.counts).toMatchObject({ worsened: 1, improved: 0 });
      expect(Object.values(there.counts).reduce((sum, count) => sum + count)).toBe(there.changes.length);
    });

    it('comes in pages that joined are the whole, by kind', async () => {
      const [first, , third] = runIds;
      const query = `from=${first}&to=${third}`;
      const whole = await diff(query);
      for (const kind of ['', ...DIFF_KINDS, 'worsened,opened']) {
        const wanted = whole.changes.filter((change) => kind === '' || kind.split(',').includes(change.kind));
        const joined: string[] = [];
        let token = '';
        do {
          const page = await diff(`${query}&kind=${kind}&top=4${token && `&continuationToken=${token}`}`);
          expect(page.counts).toEqual(whole.counts);
          joined.push(...told(page));
          token = page.continuationToken ?? '';
        } while (token !== '');
        expect(joined).toEqual(told({ ...whole, changes: wanted }));
      }
    });

    it('goes on with the reports it began with, by its link', async () => {
      const { headers } = await ask('GET', `/report/diff?from=${runIds[0]}&top=4&code=x`);
      expect(headers['link']).toContain(`&to=${runIds[2]}`);
      expect(headers['link']).not.toContain('code');
    });

    it('refuses a token of other reports, and says which run it does not know', async () => {
      const { continuationToken = '' } = await diff(`from=${runIds[0]}&top=4`);
      for (const query of [`from=${runIds[1]}`, `from=${runIds[0]}&kind=opened`]) {
        const answer = await ask('GET', `/report/diff?${query}&top=4&continuationToken=${continuationToken}`);
        expect(answer).toMatchObject({ status: 400 });
        expect(answer.json()).toMatchObject({ parameter: 'continuationToken' });
      }
      const answer = await ask('GET', `/report/diff?from=${unknownRun}`);
      expect(answer.json()).toMatchObject({ parameter: 'from', detail: expect.stringContaining(unknownRun) });
    });
  });

  it('any request to read is answered by what is asked for, or by a problem that says why not', async () => {
    const routes = ['/report', '/report/diff', '/reports', '/alerts', '/exceptions', '/metrics', '/openapi.json'];
    const names = fc.oneof(
      fc.constantFrom(
        ...'status severity check subject workspace principal owner q top format from to kind'.split(' '),
      ),
      fc.constantFrom('continuationToken', 'state', 'fingerprint', 'audit', 'code', '__proto__', 'constructor', ''),
      fc.string(),
    );
    const values = fc.oneof(
      fc.constantFrom('fail', 'high', 'secret-expiry', '1', '0', '1e3', 'csv', 'sarif', 'failed', 'full', 'opened', ''),
      fc.constantFrom(unknownRun, 'MjAyMDAxMDFUMDAwMDAwWi0wMDAwMDAwMCAwIDA', 'Doe, Jane', '%00', '\u202e\ud83d', '*'),
      fc.string(),
    );
    const accepts = fc.oneof(fc.constantFrom('*/*', 'text/csv', 'application/*;q=0.5', 'image/png', ''), fc.string());
    const headers = fc.record(
      { accept: accepts, 'if-none-match': fc.constantFrom('*', '"x"', ', ,', '"') },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.array(fc.tuple(names, values), { maxLength: 3 }),
        headers,
        async (route, query, given) => {
          const visible = Object.fromEntries(
            Object.entries(given).map(([name, value]) => [name, value.replace(/[^ -~]/g, '').trim()]),
          );
          const answer = await ask('GET', `${route}?${new URLSearchParams(query).toString()}`, { headers: visible });
          expect([200, 304, 400, 404]).toContain(answer.status);
        },
      ),
      { numRuns: 120 },
    );
  });
});

describe('without storage', () => {
  beforeAll(async () => {
    // Another key than that of the account.
    const AzureWebJobsStorage = azurite.connectionString.replace(/AccountKey=[^;]*/, 'AccountKey=bm9ib2R5');
    app = await loadHttpApp({ AZURE_TENANT_ID: TENANT, AzureWebJobsStorage });
  });

  it.each<readonly [string, string] | readonly [string, string, object]>([
    ['GET', '/report'],
    ['GET', `/report/${unknownRun}`],
    ['GET', '/report/diff'],
    ['GET', '/reports'],
    ['GET', '/status'],
    ['GET', '/metrics'],
    ['GET', '/alerts'],
    ['POST', `/alerts/${applicationId(8)}/retry`],
    ['GET', '/exceptions'],
    ['GET', `/exceptions/${applicationId(9)}`],
    ['POST', '/exceptions', { match: { subject: 'a' }, reason: 'r', author: 'a', days: 7 }],
    ['POST', '/diagnose', { text: 'AADSTS7000222' }],
    ['DELETE', `/exceptions/${applicationId(9)}`],
    ['POST', '/audit'],
  ])('%s %s is 503 with the time to come again', async (method, address, body: object = {}) => {
    const answer = await ask(method, address, method === 'POST' ? { body } : {});
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '30' },
      mediaType: 'application/problem+json',
    });
  });

  it('the description is still there', async () => {
    expect(await ask('GET', '/openapi.json')).toMatchObject({ status: 200 });
  });
});

it('every answer that is described was seen, but for what the host says and for our own faults', () => {
  // The description itself asks nobody.
  const exempt = / (401|500)$|openapi\.json 503$|^(post|delete) \S+ 400$/;
  expect(unseen().filter((at) => !exempt.test(at))).toEqual([]);
});
