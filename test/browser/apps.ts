/** The built app on the local host, once for each state that its page can be in. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Azurite } from '../../sandbox/azurite';
import { appEnvironment } from '../../sandbox/cli/app-environment';
import { startHostProcess, type HostProcess } from '../../sandbox/cli/host-process';
import { runFunction } from '../../sandbox/cli/run-function';
import { buildOverview } from '../../src/audit/build-overview';
import type { Finding } from '../../src/audit/finding';
import type { Report } from '../../src/audit/report';
import { newRunId } from '../../src/audit/run-id';
import { storageIn, type Storage } from '../../src/storage/open-storage';
import { openTables } from '../../src/storage/tables';
import { startAzurite } from '../setup/start-azurite';
import { startTestSandbox } from '../setup/start-test-sandbox';

const ROOT = join(__dirname, '../..');
const HOUR = 3_600_000;

export interface Apps {
  /** Audits a tenant of sandbox/scenarios; resolves to the address of its report. */
  audited(scenario: string): Promise<string>;
  /** With what `fill` puts into its storage. */
  stored(fill: (storage: Storage) => Promise<void>): Promise<string>;
  /** The storage of one that was started. */
  storageOf(address: string): Storage;
  close(): Promise<void>;
}

/** Bundles the app and the host, and starts what all share. */
export async function openApps(): Promise<Apps> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT });
  execFileSync(process.execPath, ['scripts/build.mjs', 'sandbox/host/main.ts'], { cwd: ROOT });
  const azurite: Azurite = await startAzurite();
  const sandboxes: Sandbox[] = [];
  const hosts: HostProcess[] = [];
  const storages = new Map<string, Storage>();

  async function start(scenario: string, fill?: (storage: Storage) => Promise<void>) {
    const tablePrefix = `S${storages.size}`;
    const storage = storageIn(
      openTables({ connectionString: azurite.connectionString, tablePrefix }, () => {
        throw new Error('Azurite takes the key of its connection string.');
      }),
    );
    // Taken at once: several are started side by side.
    storages.set(tablePrefix, storage);
    await fill?.(storage);
    const sandbox = await startTestSandbox(scenario);
    sandboxes.push(sandbox);
    const host = await startHostProcess({
      main: join(ROOT, 'build/sandbox/host/main.js'),
      app: ROOT,
      port: 0,
      environment: {
        ...appEnvironment(sandbox),
        AzureWebJobsStorage: azurite.connectionString,
        AUDIT_TABLE_PREFIX: tablePrefix,
      },
      onLine: () => undefined,
    });
    hosts.push(host);
    const address = `${host.url}/api/report`;
    storages.set(address, storage);
    return { host, address };
  }

  return {
    audited: async (scenario) => {
      const { host, address } = await start(scenario);
      const { signal } = new AbortController();
      await runFunction(host.url, 'nightly-audit', signal);
      await runFunction(host.url, 'sign-in-audit', signal);
      return address;
    },
    stored: async (fill) => (await start('healthy', fill)).address,
    storageOf: (address) => {
      const storage = storages.get(address);
      if (storage === undefined) {
        throw new Error(`No app was started at ${address}.`);
      }
      return storage;
    },
    close: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
      await Promise.all([azurite.close(), ...sandboxes.map((sandbox) => sandbox.close())]);
    },
  };
}

/**
 * Publishes a report as a full audit of so many hours ago would have.
 * @param report what it says, but for its id and times
 */
export async function publishAged(storage: Storage, report: Report, hoursAgo: number): Promise<void> {
  const now = new Date(Date.now() - hoursAgo * HOUR);
  const runId = newRunId(now);
  const lease = await storage.runs.begin({
    runId,
    trigger: 'schedule',
    audit: 'full',
    now,
    expiresAt: new Date(now.getTime() + HOUR),
  });
  const at = now.toISOString();
  const aged: Report = { ...report, runId, startedAt: at, finishedAt: at, fullAuditAt: at, signInsAt: at };
  await storage.reports.publish(lease, {
    report: aged,
    unconfirmed: [],
    alerts: [],
    overview: buildOverview(aged, { applications: [], workspaces: [] }),
  });
}

/** As many failing findings as that, made of those there are, each of its own name. */
export function multiplied(report: Report, count: number): Report {
  const failing = report.findings.filter(({ status }) => status === 'fail');
  const severities = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const findings = failing.flatMap((finding, kind): readonly Finding[] => {
    const share = Math.floor(count / failing.length) + (kind < count % failing.length ? 1 : 0);
    severities[finding.severity] += share;
    return Array.from({ length: share }, (_, copy) => ({
      ...finding,
      fingerprint: `${kind.toString(16).padStart(4, '0')}${copy.toString(16).padStart(8, '0')}`.padEnd(64, '0'),
      subject: { ...finding.subject, name: `${finding.subject.name} no-${kind}-${copy}` },
    }));
  });
  return { ...report, findings, severities, totals: { fail: count, notEvaluated: 0, pass: 0, notApplicable: 0 } };
}
