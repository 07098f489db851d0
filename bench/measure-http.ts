/** What the HTTP functions cost, each beside a bare function that reads one row. */
import { inNewChild } from './child';
import type { ClientRun } from './processes/client';
import type { Memory } from './processes/host';
import type { Stage } from './stage';

export interface HttpRound {
  /** Milliseconds a request, by what was asked. */
  readonly perRequest: Readonly<Record<Asked, number>>;
}

export interface HttpFigures {
  readonly concurrency: number;
  readonly rounds: readonly HttpRound[];
  /** Milliseconds that 99 of 100 requests stayed below, over all rounds. */
  readonly p99: Readonly<Record<Asked, number>>;
  /** Of an answer. */
  readonly bytes: Readonly<Record<Asked, number>>;
  /** Before and while {@link STATUS_REQUESTS} were made, in equal steps. */
  readonly memory: readonly Memory[];
}

export type Asked = keyof typeof TARGETS;
/** In this order. */
export const TARGETS = {
  floor: 'floor: a bare function, one row read',
  status: 'GET /api/status',
  metrics: 'GET /api/metrics',
  notModified: 'GET /api/report, 304',
  report: 'GET /api/report, first page',
} as const;
const ASKED = Object.keys(TARGETS) as readonly Asked[];

const CONCURRENCY = 16;
const ROUNDS = 9;
/** A round; a page of a report takes tens of times longer than the others. */
const REQUESTS: Readonly<Record<Asked, number>> = {
  floor: 1_000,
  status: 1_000,
  metrics: 1_000,
  notModified: 500,
  report: 100,
};

export const STATUS_REQUESTS = 100_000;
const MEMORY_STEPS = 20;

/** @param stage with a tenant that is healthy enough for the status to be 200 after its audit */
export async function measureHttp({ app, environment }: Stage, now: Date, signal: AbortSignal): Promise<HttpFigures> {
  const settings = { ...environment, ...quietSchedules(now) };
  await inNewChild('app', settings, signal, (child) => child.ask('run', { directory: app, function: 'nightly-audit' }));
  return inNewChild('host', settings, signal, async (host) => {
    const url = await host.ask('start', { directory: app });
    return inNewChild('client', {}, signal, async (client) => {
      const ask = (path: string, requests: number, status = 200, headers: Readonly<Record<string, string>> = {}) =>
        client.ask('run', { url: `${url}/api/${path}`, headers, status, requests, concurrency: CONCURRENCY });
      const { etag = '' } = await ask('report', 1);
      const targets: Readonly<Record<Asked, (requests: number) => Promise<ClientRun>>> = {
        floor: (requests) => ask('floor', requests),
        status: (requests) => ask('status', requests),
        metrics: (requests) => ask('metrics', requests),
        notModified: (requests) => ask('report', requests, 304, { 'if-none-match': etag }),
        report: (requests) => ask('report', requests),
      };
      for (const asked of ASKED) {
        await targets[asked](REQUESTS[asked]);
      }
      const rounds: HttpRound[] = [];
      const runs = new Map<Asked, ClientRun[]>(ASKED.map((asked) => [asked, []]));
      while (rounds.length < ROUNDS) {
        signal.throwIfAborted();
        const perRequest = { floor: 0, status: 0, metrics: 0, notModified: 0, report: 0 };
        // Each begins a round in its turn: what comes before may leave garbage behind.
        const first = rounds.length % ASKED.length;
        for (const asked of [...ASKED.slice(first), ...ASKED.slice(0, first)]) {
          const run = await targets[asked](REQUESTS[asked]);
          perRequest[asked] = run.milliseconds / REQUESTS[asked];
          runs.get(asked)?.push(run);
        }
        rounds.push({ perRequest });
      }
      const memory = [await host.ask('memory')];
      while (memory.length <= MEMORY_STEPS) {
        signal.throwIfAborted();
        await targets.status(STATUS_REQUESTS / MEMORY_STEPS);
        memory.push(await host.ask('memory'));
      }
      const of = <T>(valueOf: (runs: readonly ClientRun[]) => T) =>
        Object.fromEntries(ASKED.map((asked) => [asked, valueOf(runs.get(asked) ?? [])])) as Record<Asked, T>;
      return {
        concurrency: CONCURRENCY,
        rounds,
        p99: of((all) => percentile99(all.flatMap(({ latencies }) => latencies))),
        bytes: of((all) => all.at(-1)?.bytes ?? 0),
        memory,
      };
    });
  });
}

function percentile99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? NaN;
}

/** No audit is due while it is measured: the last minute of the hour to come, and of the day. */
function quietSchedules(now: Date) {
  const before = new Date(now.getTime() - 60_000);
  const [minute, hour] = [before.getUTCMinutes(), before.getUTCHours()];
  return { SIGN_IN_SCHEDULE: `0 ${minute} * * * *`, AUDIT_SCHEDULE: `0 ${minute} ${hour} * * *` };
}
