/** Audits of either kind after each other, over storage on Azurite: what is judged, told, carried over and kept. */
import * as z from 'zod';
import { DEFAULT_ALERT_SETTINGS } from '../../src/alerts/alert-settings';
import { defineTenantCheck, type Check, type SignInContext } from '../../src/audit/check';
import type { Exception } from '../../src/audit/exception';
import type { Finding, Severity } from '../../src/audit/finding';
import type { ReportHeader } from '../../src/audit/report';
import { runAudit, type AuditServices } from '../../src/audit/run-audit';
import { readingOf } from '../../src/inventory/inventory-reading';
import type { SignIns } from '../../src/inventory/sign-ins';
import { LOG_SOURCES, type CollectedScope, type Inventory, type SourceName } from '../../src/inventory/sources';
import type { Log } from '../../src/log';
import { RunInProgressError, StorageError } from '../../src/storage/errors';
import { anApplication, aWorkspace, GRAPH, PORTAL, TENANT } from '../fixtures/facts';
import { anInventory } from '../fixtures/judge';
import { someSignIns } from '../fixtures/sign-ins';
import { afterChunk, countingRequests, dyingAt, onAzurite, type OpenedStorage } from '../storage/on-azurite';
import { reportOf } from '../storage/stored-things';

const azurite = onAzurite();
const HOUR = 3_600_000;
const NIGHT = Date.parse('2026-03-01T02:00:00.000Z');
/** That many hours after the first night. */
const at = (hours: number) => new Date(NIGHT + hours * HOUR);

/** Fails for each row it is given. */
const aCheck = (
  id: string,
  source: 'userSignIns' | 'sqlLogins' | 'applications',
  severity: Severity,
  onJudged: () => void = () => undefined,
): Check =>
  defineTenantCheck({
    id,
    title: id,
    severity,
    why: 'w',
    remediation: ['r'],
    link: 'https://learn.microsoft.com/',
    requires: [source],
    partial: true,
    options: z.strictObject({}),
    evaluate: (facts, context) => {
      onJudged();
      const { tenantId } = context;
      if (source !== 'applications') {
        contexts.push(context.signIns);
      }
      const names = facts[source].map((row) => ('displayName' in row ? row.displayName : row.principalName));
      return names.map((name) => ({
        subject: { id: `${tenantId}/${name}`, kind: 'identity', name },
        status: 'fail',
        severity,
        message: `${name} fails.`,
        evidence: { endsAt: '2027-01-01T00:00:00.000Z' },
        remediation: 'r',
      }));
    },
  });
const nightly = aCheck('secret-expiry', 'applications', 'medium');
const hourly = aCheck('failed-login-burst', 'userSignIns', 'high');
const hourlyToo = aCheck('sql-burst', 'sqlLogins', 'high');
let contexts: SignInContext[] = [];

/** What Azure is like when an audit reads it. */
interface World {
  readonly applications?: readonly string[];
  readonly applicationsRefused?: true;
  /** Something of the tenant is read only once logs are asked for, or once this has happened. */
  readonly endsAfter?: 'logs' | Promise<void>;
  readonly users?: readonly string[] | 'refused';
  readonly sqlLogins?: readonly string[] | 'refused';
  readonly checks?: readonly Check[];
  readonly off?: readonly string[];
  readonly mailsOff?: true;
}

function logScope<T>(id: string, rows: readonly T[] | 'refused'): CollectedScope<T> {
  const scope = { kind: 'logAnalytics', id, name: id } as const;
  return {
    scope,
    result:
      rows === 'refused' ? { ok: false, because: 'forbidden', message: 'No logs for you.' } : { ok: true, data: rows },
  };
}
const rowsOf = (names: readonly string[] | 'refused'): readonly SignIns[] | 'refused' =>
  names === 'refused' ? names : names.map((principalName) => someSignIns({ principalName }));

/** A tenant with its storage, audited hour by hour. */
function tenant(storage: OpenedStorage) {
  const read: { readonly what: 'tenant' | 'logs'; readonly needed: readonly SourceName[] }[] = [];
  const warnings: string[] = [];
  /** What the log calls each audit that was published. */
  const published: unknown[] = [];
  const log: Log = {
    info: (event, { audit }) => event === 'report published' && published.push(audit),
    warn: () => undefined,
    error: (event) => warnings.push(event),
  };

  async function audit(kind: 'full' | 'signIns', hours: number, world: World = {}, through = storage) {
    const { applications = ['ci'], users = [], sqlLogins = [], checks = [hourly, nightly, hourlyToo] } = world;
    const pick = (inventory: Inventory, needed: ReadonlySet<SourceName>) =>
      Object.fromEntries(Object.entries(inventory).filter(([source]) => needed.has(source as SourceName)));
    let logsAreAsked: () => void = () => undefined;
    const logsAsked = new Promise<void>((resolve) => (logsAreAsked = resolve));
    const services: AuditServices = {
      chooseChecks: () => Promise.resolve({ checks, off: world.off ?? [], options: {} }),
      tenantId: TENANT,
      portal: PORTAL,
      graph: GRAPH,
      storage: through,
      recipients: world.mailsOff ? [] : ['team@example.com'],
      hasWebhook: false,
      baseUrl: 'https://func.example.com',
      mailTimeZone: 'Europe/Berlin',
      alerting: DEFAULT_ALERT_SETTINGS,
      retentionDays: 90,
      logWorkspaceIds: ['logs'],
      trustedNetworks: ['198.51.100.0/24'],
      timeoutMilliseconds: 60_000,
      now: () => at(hours),
      collect: (needed) => {
        read.push({ what: 'tenant', needed: [...needed] });
        const facts = { applications: applications.map((displayName) => anApplication({ displayName })) };
        const refused = world.applicationsRefused ? ({ applications: 'everywhere' } as const) : {};
        const reading = readingOf(pick(anInventory(facts, [aWorkspace()], refused), needed));
        const whole = async () => {
          await (world.endsAfter === 'logs' ? logsAsked : world.endsAfter);
          return reading.whole();
        };
        return Promise.resolve({ of: (sources) => reading.of(sources), whole });
      },
      collectLogs: (needed, what) => {
        logsAreAsked();
        read.push({ what: 'logs', needed: [...needed] });
        asked.push({ watched: what.watch.takenAt, from: what.periodOf('userSignIns', 'logs').from });
        const inventory: Inventory = {
          userSignIns: [logScope('logs', rowsOf(users))],
          sqlLogins: [logScope('logs', rowsOf(sqlLogins))],
          logTables: [logScope('logs', users === 'refused' ? 'refused' : [])],
        };
        return Promise.resolve(needed.size === 0 ? {} : pick(inventory, new Set([...needed, 'logTables'])));
      },
      deliver: () => Promise.resolve(),
    };
    read.length = 0;
    contexts = [];
    const runId = `${at(hours)
      .toISOString()
      .replace(/[-:]|\.\d+/g, '')}-00000000`;
    const stop = new AbortController().signal;
    const header = await runAudit(services, { runId, trigger: 'schedule', audit: kind, stop, log });
    const { report, unconfirmed } = await (await reportOf(storage)).whole();
    const queued = (await storage.alerts.deliverable(at(10_000))).filter((mail) => mail.runId === header.runId);
    const mails = await Promise.all(queued.map((alert) => storage.alerts.read(alert)));
    return { header, findings: report.findings, unconfirmed, mails };
  }
  const asked: { readonly watched: string; readonly from: Date }[] = [];
  return { audit, read, asked, warnings, published };
}

const told = (findings: readonly Finding[]) => findings.map(({ status, subject }) => `${subject.name} ${status}`);
/** What a reader concludes from. */
const conclusionOf = ({ coverage, totals, changes, overall }: ReportHeader) => ({
  coverage,
  totals,
  changes,
  overall,
});

describe('a full audit', () => {
  it('reads the tenant, then the logs of what concerns Synapse in it, and judges everything', async () => {
    const { audit, read, asked } = tenant(azurite.open('Full'));
    const { header, findings } = await audit('full', 0, { users: ['ada'], sqlLogins: ['sa'] });
    expect(read.map(({ what }) => what)).toEqual(['tenant', 'logs']);
    expect(read[0]?.needed).toEqual(expect.arrayContaining(['applications', 'linkedServices', 'diagnosticSettings']));
    expect(read[0]?.needed.filter((source) => (LOG_SOURCES as readonly SourceName[]).includes(source))).toEqual([]);
    expect(read[1]?.needed).toEqual(['userSignIns', 'sqlLogins']);
    expect(asked).toEqual([{ watched: at(0).toISOString(), from: at(-24) }]);
    expect(told(findings)).toEqual(['ada fail', 'sa fail', 'ci fail']);
    expect(header).toMatchObject({
      fullAuditAt: at(0).toISOString(),
      signInsAt: at(0).toISOString(),
      signInPeriod: { from: at(-24).toISOString(), to: at(0).toISOString() },
    });
  });

  it('reads logs as soon as it is known whose, while the rest of the tenant is still read', async () => {
    const { audit, read } = tenant(azurite.open('Early'));
    const { header } = await audit('full', 0, { endsAfter: 'logs' });
    expect(header.fullAuditAt).toBe(at(0).toISOString());
    expect(read.map(({ what }) => what)).toEqual(['tenant', 'logs']);
  });

  it('judges sign-ins while the tenant is still read', async () => {
    let judged: () => void = () => undefined;
    const endsAfter = new Promise<void>((resolve) => (judged = resolve));
    const early = aCheck('failed-login-burst', 'userSignIns', 'high', () => {
      judged();
    });
    // Were it judged at the end, both would wait for each other.
    const { findings } = await tenant(azurite.open('AsRead')).audit('full', 0, {
      checks: [early],
      endsAfter,
      users: ['ada'],
    });
    expect(told(findings)).toEqual(['ada fail']);
  });

  it('compares with the baseline while the tenant is still read', async () => {
    let judged: () => void = () => undefined;
    const endsAfter = new Promise<void>((resolve) => (judged = resolve));
    const early: Check = {
      ...aCheck('authentication-drift', 'applications', 'high', () => {
        judged();
      }),
      usesDrift: true,
    };
    // Were that done at the end, both would wait for each other.
    const { findings } = await tenant(azurite.open('Drift')).audit('full', 0, { checks: [early], endsAfter });
    expect(told(findings)).toEqual(['ci fail']);
  });

  describe('of which much passes', () => {
    const passing = defineTenantCheck({
      ...nightly,
      id: 'certificate-expiry',
      requires: ['applications'],
      options: z.strictObject({}),
      evaluate: ({ applications }) =>
        applications.map(({ displayName }) => ({
          subject: { id: displayName, kind: 'application', name: displayName },
          status: 'pass',
          message: 'x'.repeat(240_000),
          evidence: {},
        })),
    });
    const world = { checks: [nightly, passing], applications: ['c', 'b', 'a'] };

    it('stores that while the tenant is still read, and reports it in its order', async () => {
      let stored: () => void = () => undefined;
      const endsAfter = new Promise<void>((resolve) => (stored = resolve));
      // Were it stored at the end, both would wait for each other.
      const storage = azurite.open(
        'Ahead',
        afterChunk(() => {
          stored();
        }),
      );
      const { findings } = await tenant(storage).audit('full', 0, { ...world, endsAfter });
      expect(told(findings)).toEqual(['a fail', 'b fail', 'c fail', 'a pass', 'b pass', 'c pass']);
    });

    it('fails where that cannot be stored, and leaves nothing', async () => {
      const healthy = azurite.open('NotAhead');
      const refusing = azurite.open(
        'NotAhead',
        afterChunk(() => {
          throw new Error('Table Storage refused');
        }),
      );
      const { audit } = tenant(healthy);
      await expect(audit('full', 0, world, refusing)).rejects.toThrow('Table Storage refused');
      expect(await healthy.runs.last()).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('Table Storage refused'),
      });
      expect(await healthy.tables.findings.listKeys("PartitionKey ne ''")).toEqual([]);
    });

    it('that fails otherwise leaves nothing of what was stored ahead', async () => {
      const storage = azurite.open('Aborted');
      let stored: () => void = () => undefined;
      const chunk = new Promise<void>((resolve) => (stored = resolve));
      const through = azurite.open(
        'Aborted',
        afterChunk(() => {
          stored();
        }),
      );
      const endsAfter = chunk.then(() => {
        throw new Error('Azure is gone');
      });
      endsAfter.catch(() => undefined);
      await expect(tenant(storage).audit('full', 0, { ...world, endsAfter }, through)).rejects.toThrow('Azure is gone');
      expect(await storage.runs.last()).toMatchObject({ state: 'failed', message: 'Azure is gone' });
      expect(await azurite.rows('Aborted', 'Findings')).toEqual([]);
    });
  });

  it('says in its report that earlier alerts did not arrive, and why', async () => {
    const storage = azurite.open('Undelivered');
    const { audit } = tenant(storage);
    expect((await audit('full', 0)).header.alertsFailing).toBeNull();
    const [first] = await storage.alerts.deliverable(at(1));
    const claimed = await storage.alerts.claim(first!, at(2));
    await storage.alerts.failed(claimed!, 'All recipients are suppressed.', 'recipients', at(1));
    expect((await audit('full', 24)).header.alertsFailing).toEqual({
      alerts: 1,
      reason: 'All recipients are suppressed.',
    });
  });

  it('that removes old reports notes how the alerts stand that are left', async () => {
    const storage = azurite.open('Removing');
    const { audit } = tenant(storage);
    await audit('full', 0);
    const [first] = await storage.alerts.deliverable(at(1));
    await storage.alerts.sent((await storage.alerts.claim(first!, at(2)))!, at(1));
    await storage.status.noteAlerts(at(1));
    const standing = jest.spyOn(storage.alerts, 'standing');
    await audit('full', 91 * 24);
    standing.mockClear();
    const { alerts } = await storage.status.read({ now: at(91 * 24), withAlerts: true });
    expect(alerts?.counts).toMatchObject({ sent: 0 });
    expect(standing).not.toHaveBeenCalled();
  });

  it('tells checks of whom is watched, of which time, and which networks are trusted', async () => {
    await tenant(azurite.open('Context')).audit('full', 0);
    for (const { watch, period, trustedNetworks } of contexts) {
      expect(watch).toMatchObject({ workspaces: [{ name: 'contoso' }], logWorkspaceIds: ['logs'], gaps: [] });
      expect(period).toEqual({ from: at(-24), to: at(0) });
      expect(trustedNetworks).toEqual(['198.51.100.0/24']);
    }
    expect(contexts).toHaveLength(2);
  });

  it('without checks of sign-ins reads no logs, and keeps nothing for audits of them', async () => {
    const storage = azurite.open('NoSignIns');
    const { audit, read } = tenant(storage);
    const { header } = await audit('full', 0, { checks: [nightly] });
    expect(read.map(({ needed }) => needed)).toEqual([['applications'], []]);
    expect(header).toMatchObject({ signInsAt: null, signInPeriod: null, fullAuditAt: at(0).toISOString() });
    expect(await (await reportOf(storage)).signIns()).toBeNull();
  });
});

describe.each(['full', 'signIns'] as const)('an audit (%s) after another', (kind) => {
  it('looks for the last report once, and reads its header once', async () => {
    const prefix = `Once${kind}`;
    await tenant(azurite.open(prefix)).audit('full', 0);
    const requests = countingRequests();
    const storage = azurite.open(prefix, requests.policy);
    const find = jest.spyOn(storage.reports, 'find');
    const { audit } = tenant(azurite.open(prefix));
    const { header } = await audit(kind, 1, {}, storage);
    expect(header).toMatchObject({
      previousRunId: expect.any(String),
      changes: { unchanged: kind === 'full' ? 1 : 0 },
    });
    expect(find).toHaveBeenCalledTimes(1);
    const headers = requests.takeReads('Findings').filter((path) => path.includes("RowKey='header'"));
    expect(headers).toHaveLength(1);
  });

  it('fails where the header of the last report is missing, and leaves everything as it was', async () => {
    const prefix = `Headless${kind}`;
    const storage = azurite.open(prefix);
    const { audit } = tenant(storage);
    const { header } = await audit('full', 0);
    const [key] = await storage.tables.findings.listKeys("RowKey eq 'header'");
    await storage.tables.findings.remove(key!);
    const message = `The header of the latest report (run ${header.runId}) is missing.`;
    await expect(audit(kind, 1)).rejects.toThrow(message);
    expect(await storage.runs.last()).toMatchObject({ state: 'failed', message });
    expect(await storage.reports.find()).toMatchObject({ runId: header.runId });
    expect(await storage.alerts.deliverable(at(10_000))).toHaveLength(1);
  });
});

describe('an audit of sign-ins', () => {
  it('is a full one where there is no report yet', async () => {
    const storage = azurite.open('First');
    const { audit, read, published } = tenant(storage);
    const { header } = await audit('signIns', 0, { users: ['ada'] });
    expect(read.map(({ what }) => what)).toEqual(['tenant', 'logs']);
    expect(published).toEqual(['full']);
    expect(header).toMatchObject({ fullAuditAt: at(0).toISOString(), checks: [{}, {}, {}] });
    expect(await (await reportOf(storage)).signIns()).not.toBeNull();
  });

  it('is a full one where the last left nothing to watch, as no check of sign-ins was on then', async () => {
    const { audit, read } = tenant(azurite.open('SwitchedOn'));
    await audit('full', 0, { checks: [nightly] });
    const { header } = await audit('signIns', 1);
    expect(read.map(({ what }) => what)).toEqual(['tenant', 'logs']);
    expect(header.fullAuditAt).toBe(at(1).toISOString());
  });

  it('reads logs alone, goes by what was watched, and leaves everything else as it was', async () => {
    const storage = azurite.open('Hourly');
    const { audit, read, asked, published } = tenant(storage);
    const before = await audit('full', 0, { applications: ['ci'], users: ['ada'] });
    const baseline = await (await reportOf(storage)).baseline();
    // What would be found of applications now is nobody's business.
    const { header, findings } = await audit('signIns', 1, { applications: ['other'], users: ['ada', 'bob'] });
    expect(read).toEqual([{ what: 'logs', needed: ['userSignIns', 'sqlLogins'] }]);
    expect(published).toEqual(['full', 'signIns']);
    expect(asked[1]).toEqual({ watched: at(0).toISOString(), from: at(-23) });
    expect(told(findings)).toEqual(['ada fail', 'bob fail', 'ci fail', `${TENANT} notApplicable`]);
    const of = (all: readonly Finding[], id: string) => all.filter(({ checkId }) => checkId === id);
    expect(of(findings, 'secret-expiry')).toEqual(of(before.findings, 'secret-expiry'));
    expect(await (await reportOf(storage)).baseline()).toEqual(baseline);
    expect(header).toMatchObject({
      previousRunId: before.header.runId,
      startedAt: at(1).toISOString(),
      fullAuditAt: at(0).toISOString(),
      signInsAt: at(1).toISOString(),
      totals: { fail: 3 },
      severities: { high: 2, medium: 1 },
      nextExpiry: { endsAt: '2027-01-01T00:00:00.000Z' },
      coverage: before.header.coverage,
      overall: 'attention',
    });
    expect(header.checks.map(({ id, totals }) => [id, totals.fail])).toEqual([
      ['failed-login-burst', 2],
      ['secret-expiry', 1],
      ['sql-burst', 0],
    ]);
  });

  it('tells news of sign-ins alone', async () => {
    const { audit } = tenant(azurite.open('News'));
    expect((await audit('full', 0, { applications: ['ci'], users: ['ada'] })).mails).toHaveLength(1);
    const quiet = await audit('signIns', 1, { applications: [], users: ['ada'] });
    expect(quiet.mails).toEqual([]);
    expect(quiet.header.changes).toEqual({ opened: 0, worsened: 0, unchanged: 1, resolved: 0, unconfirmed: 0 });
    const [mail, ...others] = (await audit('signIns', 2, { applications: ['new'], users: ['ada', 'bob'] })).mails;
    expect(others).toEqual([]);
    expect(mail?.plainText).toContain('bob fails.');
    expect(mail?.plainText).not.toMatch(/ci fails|new fails/);
    expect((await audit('signIns', 3, { users: ['bob'] })).header.changes).toMatchObject({ unchanged: 1, resolved: 1 });
  });

  it('compares with what was open, whichever audit found it, and so does the full one after it', async () => {
    const { audit } = tenant(azurite.open('Compare'));
    await audit('full', 0, { applications: ['ci'], users: ['ada'] });
    const second = await audit('signIns', 1, { users: ['ada', 'bob'] });
    const { header, findings, mails } = await audit('full', 24, { applications: ['ci', 'cd'], users: ['bob'] });
    expect(header.changes).toEqual({ opened: 1, worsened: 0, unchanged: 2, resolved: 1, unconfirmed: 0 });
    expect(header).toMatchObject({ previousRunId: second.header.runId, fullAuditAt: at(24).toISOString() });
    const since = Object.fromEntries(findings.map(({ subject, firstSeen }) => [subject.name, firstSeen]));
    expect(since).toMatchObject({ ci: at(0).toISOString(), bob: at(1).toISOString(), cd: at(24).toISOString() });
    expect(mails[0]?.plainText).toContain('cd fails.');
  });

  it('that fails to read calls nothing resolved, says that it was blind, and regains its sight', async () => {
    const { audit } = tenant(azurite.open('Blind'));
    await audit('full', 0, { users: ['ada'] });
    const blind = await audit('signIns', 1, { users: 'refused' });
    expect(blind.header).toMatchObject({
      overall: 'incomplete',
      changes: { opened: 1, resolved: 0, unconfirmed: 1 },
      coverage: { applications: 'collected', logTables: 'collected', userSignIns: { because: 'forbidden' } },
    });
    expect(told(blind.findings)).toEqual([
      'ci fail',
      'ada notEvaluated',
      'logs notEvaluated',
      `${TENANT} notApplicable`,
    ]);
    expect(blind.mails).toEqual([]);
    const stillBlind = await audit('signIns', 2, { users: 'refused' });
    expect(stillBlind.header.changes).toEqual({ opened: 0, worsened: 0, unchanged: 1, resolved: 0, unconfirmed: 1 });
    expect(stillBlind.mails).toHaveLength(1);
    expect((await audit('signIns', 3, { users: 'refused' })).mails).toEqual([]);
    const seeing = await audit('signIns', 4, { users: ['ada'] });
    expect(seeing.header).toMatchObject({ overall: 'attention', changes: { opened: 0, unchanged: 1, resolved: 1 } });
    expect(seeing.mails).toHaveLength(1);
  });

  it('carries over what the last full audit could not look at, and never calls it known', async () => {
    const { audit } = tenant(azurite.open('CarriedBlindness'));
    await audit('full', 0, { applications: ['ci'] });
    const blind = await audit('full', 24, { applicationsRefused: true });
    const { header, findings, unconfirmed } = await audit('signIns', 25);
    expect(conclusionOf(header)).toEqual({
      ...conclusionOf(blind.header),
      changes: { opened: 0, worsened: 0, unchanged: 0, resolved: 0, unconfirmed: 0 },
    });
    expect(header).toMatchObject({ overall: 'incomplete', fullAuditAt: at(24).toISOString() });
    expect(told(findings)).toEqual(told(blind.findings));
    expect(unconfirmed.map(({ finding }) => finding.subject.name)).toEqual(['ci']);
    expect((await audit('full', 48, { applications: ['ci'] })).header.changes).toMatchObject({
      opened: 0,
      unchanged: 1,
    });
  });

  it('carries over again what it carried over', async () => {
    const { audit } = tenant(azurite.open('Twice'));
    const first = await audit('full', 0, { users: ['ada'] });
    await audit('signIns', 1);
    const { header, findings } = await audit('signIns', 2, { users: ['ada'] });
    expect(told(findings)).toEqual(told(first.findings));
    expect(header).toMatchObject({ fullAuditAt: at(0).toISOString(), totals: first.header.totals });
  });

  it('is refused while another audit runs, and leaves the report as it was', async () => {
    const storage = azurite.open('Refused');
    const { audit } = tenant(storage);
    await audit('full', 0);
    const before = await (await reportOf(storage)).header();
    await storage.runs.begin({
      runId: '20260301T023000Z-00000001',
      trigger: 'schedule',
      now: at(0.5),
      expiresAt: at(1.5),
    });
    await expect(audit('signIns', 1)).rejects.toThrow(RunInProgressError);
    expect(await (await reportOf(storage)).header()).toEqual(before);
  });

  it('that dies while it publishes leaves the last report, and the next one reads what it had read', async () => {
    const storage = azurite.open('Dies');
    const { audit, asked } = tenant(storage);
    await audit('full', 0);
    const before = await (await reportOf(storage)).whole();
    const dying = azurite.open('Dies', dyingAt(3, 'before'));
    await expect(audit('signIns', 48, { users: ['ada'] }, dying)).rejects.toThrow('the process died');
    expect(await (await reportOf(storage)).whole()).toEqual(before);
    const { findings } = await audit('signIns', 50, { users: ['ada'] });
    expect(told(findings)).toContain('ada fail');
    expect(asked.map(({ from }) => from)).toEqual([at(-24), at(-18), at(-18)]);
  });
});

describe('the overview', () => {
  /** A secret of the one application there is. */
  const secrets = defineTenantCheck({
    id: 'credential-lifetime',
    title: 't',
    severity: 'medium',
    why: 'w',
    remediation: ['r'],
    link: 'https://learn.microsoft.com/',
    requires: ['applications'],
    options: z.strictObject({}),
    evaluate: ({ applications }) =>
      applications.map(({ id, displayName }) => ({
        subject: { id: `${id}/key`, kind: 'secret', name: `${displayName} / key` },
        status: 'fail',
        severity: 'medium',
        message: 'm',
        evidence: {},
        remediation: 'r',
      })),
  });
  const checks = [hourly, secrets];
  const owned = { owners: { items: [{ key: 'ada@example.com', totals: { fail: 1 } }] } };

  it('is stored with the report of either kind of audit, which knows owners from the last full one', async () => {
    const storage = azurite.open('Overview');
    const { audit } = tenant(storage);
    const { header: full } = await audit('full', 0, { checks });
    const { header: signIns } = await audit('signIns', 1, { checks, users: ['ada'] });
    for (const { runId } of [full, signIns]) {
      expect(await (await reportOf(storage, runId)).overview()).toMatchObject(owned);
    }
    expect(await (await reportOf(storage)).contacts()).toBeNull();
  });

  it('knows owners without mails, too, and mails that are switched on later know them at once', async () => {
    const storage = azurite.open('OverviewOff');
    const { audit } = tenant(storage);
    await audit('full', 0, { checks, mailsOff: true });
    for (const hours of [1, 2]) {
      const { header } = await audit('signIns', hours, { checks, mailsOff: true });
      expect(await (await reportOf(storage, header.runId)).overview()).toMatchObject(owned);
    }
    const { header } = await audit('signIns', 3, { checks });
    expect(await (await reportOf(storage, header.runId)).overview()).toMatchObject(owned);
    expect(await (await reportOf(storage)).contacts()).toBeNull();
    expect((await (await reportOf(storage)).alertMemory())?.contacts.applications).toHaveLength(1);
  });

  it('goes by new owners also after mails were switched off', async () => {
    const storage = azurite.open('OverviewSwitched');
    const { audit } = tenant(storage);
    await audit('full', 0, { checks, applications: [] });
    await audit('full', 24, { checks, mailsOff: true });
    const { header } = await audit('signIns', 25, { checks, mailsOff: true });
    expect(await (await reportOf(storage, header.runId)).overview()).toMatchObject(owned);
  });
});

describe('what is told', () => {
  /** Applications of {@link World}, one finding each, with Ada as their owner. */
  const ofApplications: Check = defineTenantCheck({
    ...nightly,
    requires: ['applications'],
    options: z.strictObject({}),
    evaluate: ({ applications }) =>
      applications.map(({ id, displayName: name }) => ({
        subject: { id: `${id}/${name}`, kind: 'application', name },
        status: 'fail',
        severity: 'medium',
        message: `${name} fails.`,
        evidence: {},
        remediation: 'r',
      })),
  });
  const checks = [ofApplications, hourly];
  const inboxes = (mails: readonly { readonly to: readonly string[] }[]) => mails.flatMap(({ to }) => to).sort();

  it('is a digest first, then to owners what is theirs, and goes by what was told before', async () => {
    const { audit } = tenant(azurite.open('Told'));
    expect(inboxes((await audit('full', 0, { checks, applications: ['ci'] })).mails)).toEqual(['team@example.com']);
    expect((await audit('signIns', 1, { checks })).mails).toEqual([]);
    const { mails } = await audit('full', 24, { checks, applications: ['ci', 'cd'] });
    expect(inboxes(mails)).toEqual(['ada@example.com', 'team@example.com']);
    expect(mails[0]?.plainText).not.toContain('ci fails.');
    expect((await audit('full', 48, { checks, applications: ['ci', 'cd'] })).mails).toEqual([]);
    // Ada was never told of "ci", so that she is not told that it is over either.
    expect(inboxes((await audit('full', 72, { checks, applications: ['cd'] })).mails)).toEqual(['team@example.com']);
    expect(inboxes((await audit('full', 96, { checks, applications: [] })).mails)).toEqual([
      'ada@example.com',
      'team@example.com',
    ]);
  });

  it('is forgotten by no run that dies, and told by the next', async () => {
    const storage = azurite.open('Untold');
    const { audit } = tenant(storage);
    await audit('full', 0, { checks, applications: ['ci'] });
    const memory = await (await reportOf(storage)).alertMemory();
    const world = { checks, applications: ['ci', 'cd'] };
    for (const write of [3, 5, 7]) {
      const dying = azurite.open('Untold', dyingAt(write, 'before'));
      await expect(audit('full', 24 + write, world, dying)).rejects.toThrow('the process died');
      expect(await (await reportOf(storage)).alertMemory()).toEqual(memory);
    }
    expect(inboxes((await audit('full', 48, world)).mails)).toEqual(['ada@example.com', 'team@example.com']);
  });
});

describe('an exception', () => {
  const accepted = (changes: Partial<Exception> = {}): Exception => ({
    id: '00000000-0000-8000-8000-000000000001',
    match: { subject: 'C*' },
    reason: 'it moves on Monday',
    author: 'Ana',
    createdAt: at(1).toISOString(),
    until: at(60).toISOString(),
    ...changes,
  });

  it('silences what it is about until it ends, and never the report', async () => {
    const storage = azurite.open('Accepted');
    const { audit } = tenant(storage);
    const checks = [nightly];
    await audit('full', 0, { checks, applications: [] });
    await storage.exceptions.add(accepted());
    const silenced = await audit('full', 24, { checks, applications: ['ci'] });
    expect([told(silenced.findings), silenced.mails]).toEqual([['ci fail'], []]);
    expect(silenced.header.totals.fail).toBe(1);
    const [mail, ...others] = (await audit('full', 72, { checks, applications: ['ci'] })).mails;
    expect(others).toEqual([]);
    expect(mail?.plainText).toContain('EXCEPTIONS THAT ENDED');
    expect(mail?.plainText).toContain('it moves on Monday');
  });

  it('that is removed silences no more', async () => {
    const storage = azurite.open('TakenBack');
    const { audit } = tenant(storage);
    const checks = [nightly];
    await audit('full', 0, { checks, applications: [] });
    await storage.exceptions.add(accepted());
    expect((await audit('full', 24, { checks })).mails).toEqual([]);
    await storage.exceptions.remove(accepted().id);
    expect((await audit('full', 48, { checks })).mails).toHaveLength(1);
  });

  it('is kept for 90 days after its end', async () => {
    const storage = azurite.open('KeptExceptions');
    const { audit } = tenant(storage);
    await storage.exceptions.add(accepted());
    await audit('full', 60 + 90 * 24);
    expect(await storage.exceptions.list()).toHaveLength(1);
    await audit('full', 61 + 90 * 24);
    expect(await storage.exceptions.list()).toEqual([]);
  });

  it('that cannot be removed does not make the run fail', async () => {
    const storage = azurite.open('Stuck');
    const { audit, warnings } = tenant(storage);
    await storage.exceptions.add(accepted());
    const stuck: OpenedStorage = {
      ...storage,
      exceptions: { ...storage.exceptions, removeEndedBefore: () => Promise.reject(new Error('503')) },
    };
    await audit('full', 9_000, {}, stuck);
    expect(warnings).toEqual(['ended exceptions not removed']);
    expect(await storage.runs.last()).toMatchObject({ state: 'finished' });
  });

  it('that cannot be read makes the run fail, rather than tell what was silenced', async () => {
    const storage = azurite.open('Unreadable');
    const { audit } = tenant(storage);
    const unreadable: OpenedStorage = {
      ...storage,
      exceptions: { ...storage.exceptions, list: () => Promise.reject(new StorageError('503')) },
    };
    await expect(audit('full', 0, {}, unreadable)).rejects.toThrow('503');
    expect(await storage.runs.last()).toMatchObject({ state: 'failed' });
    expect(await storage.reports.find()).toBeUndefined();
  });
});

describe('the period', () => {
  it('reaches back to the last audit that could read a source, and is told', async () => {
    const { audit, asked } = tenant(azurite.open('Period'));
    await audit('full', 0);
    await audit('signIns', 30, { users: 'refused' });
    const { header } = await audit('signIns', 60);
    expect(asked.map(({ from }) => from)).toEqual([at(-24), at(-18), at(-18)]);
    expect(header.signInPeriod).toEqual({ from: at(-18).toISOString(), to: at(60).toISOString() });
    await audit('full', 61);
    expect(asked.at(-1)?.from).toEqual(at(37));
  });

  it('is kept for each source', async () => {
    const storage = azurite.open('Sources');
    const { audit } = tenant(storage);
    await audit('full', 0);
    await audit('signIns', 1, { users: 'refused' });
    expect((await (await reportOf(storage)).signIns())?.readUntil).toMatchObject({
      userSignIns: { logs: at(0).toISOString() },
      sqlLogins: { logs: at(1).toISOString() },
    });
  });
});

describe('checks that were switched', () => {
  it('off are dropped, and stand in the list of those that are', async () => {
    const { audit } = tenant(azurite.open('Off'));
    await audit('full', 0, { users: ['ada'] });
    const { header, findings } = await audit('signIns', 1, {
      checks: [hourlyToo],
      off: ['failed-login-burst', 'secret-expiry'],
    });
    expect(told(findings)).toEqual([`${TENANT} notApplicable`]);
    expect(header.checksOff).toEqual(['failed-login-burst', 'secret-expiry']);
    expect(header.coverage).not.toHaveProperty('userSignIns');
  });

  it('on stay in that list until a full audit judges them', async () => {
    const { audit } = tenant(azurite.open('On'));
    await audit('full', 0, { checks: [hourly], off: ['secret-expiry'] });
    expect((await audit('signIns', 1)).header.checksOff).toEqual(['secret-expiry']);
    expect((await audit('full', 2)).header.checksOff).toEqual([]);
  });
});
