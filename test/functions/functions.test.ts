/** The handlers as the host calls them, over real sockets: the simulated Azure and Azurite. */
import { HttpRequest, InvocationContext, type HttpResponseInit, type Timer } from '@azure/functions';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Azurite } from '../../sandbox/azurite';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { appServices } from '../../src/app-services';
import { runAudit } from '../../src/audit/run-audit';
import { newRunId } from '../../src/audit/run-id';
import checks from '../../src/checks';
import { auditEndpoint } from '../../src/functions/audit';
import { nightlyAudit } from '../../src/functions/nightly-audit';
import { reportEndpoint } from '../../src/functions/report';
import { requestedAudit, requestOutput } from '../../src/functions/requested-audit';
import { statusEndpoint } from '../../src/functions/status';
import type { Finding } from '../../src/audit/finding';
import type { Report } from '../../src/audit/report';
import { loadChecks } from '../../src/load-checks';
import { logTo } from '../../src/log';
import { startAzurite } from '../setup/start-azurite';
import { startTestSandbox } from '../setup/start-test-sandbox';

type ReportAnswer = Report & { continuationToken?: string; lastComplete: { runId: string } | null };

const contoso = loadScenario('contoso');
const forbidden = loadScenario('forbidden');
let sandbox: Sandbox;
let azurite: Azurite;
const logged: string[] = [];

beforeAll(async () => {
  [sandbox, azurite] = await Promise.all([startTestSandbox(contoso), startAzurite()]);
  Object.assign(process.env, sandbox.environment, { AzureWebJobsStorage: azurite.connectionString });
});
afterAll(() => Promise.all([sandbox.close(), azurite.close()]));

const context = () =>
  new InvocationContext({
    functionName: 'test',
    invocationId: 'invocation-1',
    logHandler: (_level, ...args) => logged.push(args.join(' ')),
  });
const timer: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};

async function get(
  handler: typeof reportEndpoint,
  query: Record<string, string> = {},
  { params = {}, headers = {} }: { params?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<HttpResponseInit & { json: unknown; header: (name: string) => string | undefined }> {
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api/x', query, params, headers });
  const response = await handler(request, context());
  const all = response.headers as Record<string, string>;
  return {
    ...response,
    json: typeof response.body === 'string' ? (JSON.parse(response.body) as unknown) : undefined,
    header: (name) => all[name],
  };
}
const report = async (query: Record<string, string> = {}, runId?: string) =>
  (await get(reportEndpoint, query, runId === undefined ? {} : { params: { runId } })).json as ReportAnswer;
const load = (scenario: Scenario) => {
  // The tenant stays the same; what may be read of it changes.
  sandbox.load({ ...scenario, tenant: contoso.tenant, settings: contoso.settings });
};

describe('before the first audit', () => {
  it('there is no report, and the answer says how to get one', async () => {
    expect(await get(reportEndpoint)).toMatchObject({
      status: 404,
      json: { detail: expect.stringContaining('POST /api/audit') },
    });
  });

  it('the status is 503: never run', async () => {
    expect(await get(statusEndpoint)).toMatchObject({
      status: 503,
      json: { healthy: false, overall: null, stale: true, ageHours: null, reasons: ['no audit has finished yet'] },
    });
  });
});

describe('after a nightly audit of contoso', () => {
  let first: ReportAnswer;
  beforeAll(async () => {
    load(contoso);
    sandbox.forget();
    await nightlyAudit(timer, context());
    first = await report();
  });

  it('the report has what the contract says', () => {
    expect(first).toMatchObject({
      schemaVersion: 1,
      runId: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      tenantId: process.env['AZURE_TENANT_ID'],
      overall: 'attention',
      lastComplete: { runId: first.runId },
    });
    expect(Object.values(first.coverage)).toEqual(Object.values(first.coverage).map(() => 'collected'));
    for (const finding of first.findings) {
      expect(finding).toEqual(
        expect.objectContaining<Partial<Finding>>({
          fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
          message: expect.any(String),
          remediation: expect.any(String),
        }),
      );
    }
  });

  const statusesOf = (id: string) => first.findings.filter(({ checkId }) => checkId === id).map(({ status }) => status);

  it.each(checks.map((check) => check.id))('%s has a pass and nothing that was not evaluated', (id) => {
    expect(statusesOf(id)).toContain('pass');
    expect(statusesOf(id)).not.toContain('notEvaluated');
  });

  // A first run has nothing to compare with: what changes is told below, after a second one.
  it.each(checks.map((check) => check.id).filter((id) => id !== 'authentication-drift'))('%s has a fail', (id) => {
    expect(statusesOf(id)).toContain('fail');
  });

  it('the baseline is taken and said, without alarm', () => {
    const drift = first.findings.filter(({ checkId }) => checkId === 'authentication-drift');
    expect(drift.map(({ subject }) => subject.name).sort()).toEqual(
      [...contoso.workspaces.map(({ name }) => name), process.env['AZURE_TENANT_ID']].sort(),
    );
    for (const { status, message } of drift) {
      expect([status, message]).toEqual(['pass', expect.stringContaining('The baseline of')]);
      expect(message).toContain(first.startedAt.slice(0, 10));
    }
  });

  it('every failing finding says what to do and where', () => {
    for (const finding of first.findings.filter(({ status }) => status === 'fail')) {
      expect(finding.remediation.length).toBeGreaterThan(20);
      // Of an address there is no page in the portal.
      if (finding.subject.kind !== 'address') {
        expect(finding.subject.link).toMatch(/^https:\/\//);
      }
      expect(finding.firstSeen).toBe(first.startedAt);
    }
  });

  it('one mail was accepted, naming what is worst', () => {
    const [mail, ...others] = sandbox.outbox();
    expect(others).toEqual([]);
    expect(mail?.subject).toMatch(/expire/);
    expect(mail?.plainText).toContain('az ad app credential');
  });

  it('filters compose, and an unknown one names the allowed values', async () => {
    const { findings } = await report({ status: 'fail', severity: 'critical,high', check: 'secret-expiry' });
    expect(findings.length).toBeGreaterThan(0);
    expect(findings).toEqual(
      first.findings.filter(
        (f) => f.status === 'fail' && ['critical', 'high'].includes(f.severity) && f.checkId === 'secret-expiry',
      ),
    );
    for (const [parameter, query] of [
      ['severity', { severity: 'urgent' }],
      ['check', { check: 'x' }],
      ['top', { top: '0' }],
      ['format', { format: 'pdf' }],
      ['query', { colour: 'red' }],
      ['continuationToken', { continuationToken: '%%%' }],
    ] as const) {
      expect(await get(reportEndpoint, query)).toMatchObject({ status: 400, json: { status: 400, parameter } });
    }
  });

  it('a subject is found by id and by part of its name', async () => {
    const [some] = first.findings;
    expect((await report({ subject: some!.subject.id.toUpperCase() })).findings.map((f) => f.subject.id)).toContain(
      some!.subject.id,
    );
    expect((await report({ subject: some!.subject.name.slice(1) })).findings.length).toBeGreaterThan(0);
    expect((await report({ subject: 'nobody has this name' })).findings).toEqual([]);
  });

  it('pages joined are the whole', async () => {
    const joined: Finding[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await report({ top: '7', ...(continuationToken === undefined ? {} : { continuationToken }) });
      expect(page.findings.length).toBeLessThanOrEqual(7);
      joined.push(...page.findings);
      ({ continuationToken } = page);
    } while (continuationToken !== undefined);
    expect(joined).toEqual(first.findings);
  });

  it('an unchanged report is 304', async () => {
    const { header } = await get(reportEndpoint);
    const etag = header('etag');
    expect(await get(reportEndpoint, {}, { headers: { 'if-none-match': `W/"x", ${etag ?? ''}` } })).toMatchObject({
      status: 304,
    });
    expect(await get(reportEndpoint, {}, { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
  });

  it('the status is 200 with the totals and the next expiry, and need not ask the alerts one by one', async () => {
    const asked = jest.spyOn(appServices().storage.alerts, 'standing');
    expect(await get(statusEndpoint)).toMatchObject({
      status: 200,
      json: {
        healthy: true,
        overall: 'attention',
        stale: false,
        totals: first.totals,
        nextExpiry: { endsAt: expect.any(String) },
        mails: { sent: 1, pending: 0 },
      },
    });
    expect(asked).not.toHaveBeenCalled();
  });

  it('answers are not cached and not sniffed', async () => {
    const { header } = await get(reportEndpoint);
    expect(header('cache-control')).toBe('no-store');
    expect(header('x-content-type-options')).toBe('nosniff');
  });

  it('no report is found under another id, however odd', async () => {
    for (const runId of ['20200101T000000Z-00000000', '../../etc', 'x'.repeat(5000), '%00']) {
      expect(await get(reportEndpoint, {}, { params: { runId } })).toMatchObject({ status: 404 });
    }
  });

  it('the same tenant a night later brings nothing new and no mail', async () => {
    sandbox.forget();
    await nightlyAudit(timer, context());
    const second = await report();
    expect(second.previousRunId).toBe(first.runId);
    expect(second.changes).toMatchObject({ opened: 0, resolved: 0, worsened: 0, unchanged: first.totals.fail });
    expect(sandbox.outbox()).toEqual([]);
  });

  it('no token, secret or hint went into the log', () => {
    const text = logged.join('\n');
    expect(text).toContain('"source":"applications"');
    expect(text).not.toMatch(/Bearer |secretText|AccountKey|hint/i);
  });
});

describe('when sources are refused', () => {
  let good: ReportAnswer;
  let blind: ReportAnswer;
  beforeAll(async () => {
    load(contoso);
    await nightlyAudit(timer, context());
    good = await report();
    load(forbidden);
    await nightlyAudit(timer, context());
    blind = await report();
  });

  it('the report is incomplete and each refusal names the missing permission', () => {
    expect(blind.overall).toBe('incomplete');
    const gaps = Object.entries(blind.coverage).filter(([, state]) => state !== 'collected');
    expect(gaps.length).toBeGreaterThan(7);
    for (const [source, state] of gaps) {
      expect([source, state]).toEqual([source, expect.objectContaining({ permission: expect.any(String) })]);
      expect((state as { message: string }).message).toMatch(/Missing permission: /);
    }
  });

  it('not one pass rests on a refused source', () => {
    const refused = new Set(
      Object.entries(blind.coverage).flatMap(([source, state]) => (state === 'collected' ? [] : [source])),
    );
    for (const finding of blind.findings.filter(({ status }) => status === 'pass')) {
      const { requires, ...check } = checks.find(({ id }) => id === finding.checkId)!;
      const rests = check.per === 'tenant' && check.partial ? [] : requires;
      expect([finding.checkId, rests.filter((source) => refused.has(source))]).toEqual([finding.checkId, []]);
    }
  });

  it('what was compared with the baseline is what was read', () => {
    const compared = (name: string) =>
      blind.findings.find(({ status, subject }) => status === 'pass' && subject.name === name)?.evidence['compared'];
    expect(compared('finance-ledger')).toEqual(['workspaces']);
    expect(compared('marketing-insight')).toEqual(expect.arrayContaining(['workspaces', 'synapseRoleAssignments']));
    expect(compared('retail-analytics')).toBeUndefined();
  });

  it('no problem is called resolved because nobody could look', () => {
    expect(blind.changes.resolved).toBe(0);
    expect(blind.changes.unconfirmed).toBeGreaterThan(0);
  });

  it('the last complete report still answers, and the blind one points to it', async () => {
    expect(blind.lastComplete?.runId).toBe(good.runId);
    expect(await report({}, good.runId)).toMatchObject({
      runId: good.runId,
      overall: 'attention',
      totals: good.totals,
    });
  });

  it('the status is 503 and says so', async () => {
    expect(await get(statusEndpoint)).toMatchObject({ status: 503, json: { overall: 'incomplete', stale: false } });
  });

  it('sight regained finds the same problems, not new ones', async () => {
    load(contoso);
    await nightlyAudit(timer, context());
    const again = await report();
    expect(again.changes).toMatchObject({ opened: 0, worsened: 0 });
    expect(again.overall).toBe('attention');
  });
});

describe('an audit on request', () => {
  it('is accepted with the place of its report, which says that it is asked for, and then answers', async () => {
    load(contoso);
    const invocation = context();
    const response = await auditEndpoint(
      new HttpRequest({ method: 'POST', url: 'http://localhost/api/audit' }),
      invocation,
    );
    const { runId, location } = JSON.parse(response.body as string) as { runId: string; location: string };
    expect(response).toMatchObject({ status: 202, headers: { location: `/api/report/${runId}` } });
    expect(location).toBe(`/api/report/${runId}`);
    expect(await get(reportEndpoint, {}, { params: { runId } })).toMatchObject({
      status: 202,
      json: { state: 'requested' },
    });
    await requestedAudit(invocation.extraOutputs.get(requestOutput), context());
    expect(await report({}, runId)).toMatchObject({ runId, overall: 'attention' });
    expect((await report()).runId).toBe(runId);
  });

  it('is run once, though the queue hands its message out twice', async () => {
    const { runId } = await report();
    await expect(requestedAudit({ runId }, context())).resolves.toBeUndefined();
    expect((await report()).runId).toBe(runId);
  });

  it('reads nothing for checks that are switched off, and says in its report which these are', async () => {
    const services = appServices();
    // The drift of settings is read off the same sources.
    const given = {
      ...services.settings.checkOptions,
      'authentication-drift': false,
      'credential-lifetime': false,
      'threat-detection': false,
    };
    const runId = newRunId(services.now());
    const log = logTo(context());
    const run = { runId, trigger: 'request', audit: 'full', stop: new AbortController().signal, log } as const;
    await runAudit({ ...services, chooseChecks: () => loadChecks(given) }, run);
    const { coverage, checksOff, checks: ran } = await report({}, runId);
    expect(checksOff).toEqual(['authentication-drift', 'credential-lifetime', 'threat-detection']);
    expect(ran.map(({ id }) => id)).not.toEqual(expect.arrayContaining(checksOff));
    expect(coverage).not.toHaveProperty('securityAlertPolicies');
    expect(coverage).not.toHaveProperty('appManagementPolicies');
    expect(coverage).toHaveProperty('sqlAuditing');
  });

  it('is refused while another runs, naming it', async () => {
    const { storage, now } = appServices();
    const lease = await storage.runs.begin({
      runId: newRunId(now()),
      trigger: 'schedule',
      now: now(),
      expiresAt: new Date(now().getTime() + 60_000),
    });
    const answer = await get(auditEndpoint);
    // A request that came before is left to the queue, which tries it again.
    await expect(requestedAudit({ runId: newRunId(now()) }, context())).rejects.toThrow(lease.run.runId);
    await storage.runs.fail(lease, 'stopped by the test', now());
    expect(answer).toMatchObject({ status: 409, json: { runId: lease.run.runId } });
  });

  it('takes the place of a nightly one that met another run', async () => {
    const { storage, now } = appServices();
    const expiresAt = new Date(now().getTime() + 60_000);
    const lease = await storage.runs.begin({ runId: newRunId(now()), trigger: 'schedule', now: now(), expiresAt });
    const before = await report();
    const night = context();
    await nightlyAudit(timer, night);
    expect(logged.at(-1)).toEqual(expect.stringMatching(`nightly audit put off .*${lease.run.runId}`));
    expect((await report()).runId).toBe(before.runId);
    await storage.runs.fail(lease, 'stopped by the test', now());
    await requestedAudit(night.extraOutputs.get(requestOutput), context());
    const { runId, fullAuditAt, startedAt } = await report();
    expect(runId).not.toBe(before.runId);
    expect(fullAuditAt).toBe(startedAt);
  });

  it('that could not begin within the hour says so', async () => {
    const { storage, now } = appServices();
    const asked = new Date(now().getTime() - 3_600_001);
    const runId = newRunId(asked);
    await storage.runs.request(runId, asked);
    expect(await get(reportEndpoint, {}, { params: { runId } })).toMatchObject({
      status: 404,
      json: { title: 'The run never began' },
    });
  });

  it('that is no request is not run and not repeated', async () => {
    const { runId } = await report();
    for (const message of ['x', null, {}, { runId: '../x' }]) {
      await requestedAudit(message, context());
    }
    expect((await report()).runId).toBe(runId);
  });
});

describe('a run that fails', () => {
  it('leaves the last report and says so in the status and under its own id', async () => {
    const before = await report();
    const { storage, now } = appServices();
    const runId = newRunId(now());
    const lease = await storage.runs.begin({
      runId,
      trigger: 'schedule',
      now: now(),
      expiresAt: new Date(now().getTime() + 60_000),
    });
    await storage.runs.fail(lease, 'the disk is on fire', now());
    expect((await report()).runId).toBe(before.runId);
    expect(await get(statusEndpoint)).toMatchObject({
      status: 503,
      json: { reasons: [expect.stringContaining('the disk is on fire')] },
    });
    expect(await get(reportEndpoint, {}, { params: { runId } })).toMatchObject({
      status: 404,
      json: { detail: expect.stringContaining('the disk is on fire') },
    });
  });
});
