/** `npm run bench`: measures against floors taken in the same run, and tells which goals are met. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { RecordedRequest } from '../sandbox/azure/server';
import { runSession, type Session } from '../sandbox/cli/session';
import { loadScenario } from '../sandbox/scenarios/load-scenario';
import { startChild } from './child';
import { lanesOf } from './lanes';
import type { AppQuestion, AppRun } from './processes/app';
import type { AzureQuestion, StartedAzure } from './processes/azure';
import type { FloorQuestion, FloorRun } from './processes/floor';
import type { LoadQuestion, LoadTimes } from './processes/load';
import { sortRequests } from './reads';

async function once<Q extends object, A>(session: Session, name: string, environment: Record<string, string>, q: Q): Promise<A> {
  session.signal.throwIfAborted();
  const child = startChild(name, environment);
  try { return await child.ask<Q, A>(q); } finally { await child.stop(); }
}

async function bench(session: Session) {
  const sizes = {};
  const azure = await session.open(() => Promise.resolve(startChild('azure', {})), (c) => c.stop());
  const storage = await session.open(() => Promise.resolve(startChild('storage', {})), (c) => c.stop());
  const [started, connectionString] = await Promise.all([
    azure.ask<AzureQuestion, StartedAzure>({ kind: 'start', sizes }),
    storage.ask<object, string>({}),
  ]);
  const environment = { ...started.environment, AzureWebJobsStorage: connectionString, NODE_EXTRA_CA_CERTS: started.caFile };
  const audit = () => once<AppQuestion, AppRun>(session, 'app', environment, { function: 'nightly-audit' });
  const first = await audit();
  const requests = await azure.ask<AzureQuestion, RecordedRequest[]>({ kind: 'requests' });
  const sorted = sortRequests(requests);
  const tenant = loadScenario('large', { sizes });
  for (const [read, list] of sorted) console.log(read.name.padEnd(30), String(list.length).padStart(5), String(read.least(tenant)).padStart(5), read.because);
  const lanes = lanesOf(sorted, started.url);
  console.log(first.events.map(e => `${e.at.toFixed(0)} ${e.message}`).join('\n'), first.loaded);
  const floor = () => once<FloorQuestion, FloorRun>(session, 'floor', environment, { lanes, identity: { endpoint: started.environment['IDENTITY_ENDPOINT'] ?? '', header: started.environment['IDENTITY_HEADER'] ?? '' } });
  await floor();
  for (let i = 0; i < 6; i++) {
    const f = await floor(); const a = await audit();
    const at = (p: string) => a.events.filter(e => e.message.startsWith(p)).at(-1)?.at ?? NaN;
    console.log('floor', f.milliseconds.toFixed(0), f.requests, f.bytes, (f.peakMemoryBytes / 1e6).toFixed(0), 'collect', at('source collected').toFixed(0), 'published', at('report published').toFixed(0), 'all', a.milliseconds.toFixed(0), 'MB', (a.peakMemoryBytes / 1e6).toFixed(0), ((at('report published')) / f.milliseconds).toFixed(2));
    if (i === 5) console.log(a.events.map(e => `${e.at.toFixed(0)} ${e.message}`).join('\n'));
  }
}
void runSession((session) => bench(session));
