/** The nightly audit of the `large` tenant beside its floor. */
import { loadScenario } from '../sandbox/scenarios/load-scenario';
import { askOnce } from './child';
import type { BenchOptions } from './options';
import type { Stage } from './stage';
import { lanesOf } from './lanes';
import type { AppQuestion, AppRun } from './processes/app';
import type { FloorQuestion, FloorRun } from './processes/floor';
import { sortRequests } from './reads';

/** One audit with the floor that was taken before it. */
export interface Round {
  readonly floor: FloorRun;
  readonly audit: AppRun;
  /** Milliseconds from the call of the function until the last source was read. */
  readonly read: number;
  /** Milliseconds from the call of the function until the report was published and its alerts planned. */
  readonly published: number;
}

export interface SourceRequests {
  readonly name: string;
  readonly made: number;
  readonly least: number;
  readonly because: string;
}

export interface AuditFigures {
  readonly rounds: readonly Round[];
  readonly requests: readonly SourceRequests[];
  /** Files of the app that an audit loads, in the order of loading. */
  readonly loaded: readonly string[];
}

/** The first audit and the first floor only warm up the services. @throws where an audit is incomplete or fails */
export async function measureAudit(
  { environment, azureUrl, requests, app }: Stage,
  { sizes, rounds }: BenchOptions,
  signal: AbortSignal,
): Promise<AuditFigures> {
  const audit = async () => {
    signal.throwIfAborted();
    return askOnce<AppQuestion, AppRun>('app', environment, { directory: app, function: 'nightly-audit' });
  };
  const first = await audit();
  const asked = sortRequests(await requests());
  const floorQuestion: FloorQuestion = {
    lanes: lanesOf(asked, azureUrl),
    identity: { endpoint: environment['IDENTITY_ENDPOINT'] ?? '', header: environment['IDENTITY_HEADER'] ?? '' },
  };
  const floor = async () => {
    signal.throwIfAborted();
    return askOnce<FloorQuestion, FloorRun>('floor', environment, floorQuestion);
  };
  await floor();

  const measured: Round[] = [];
  while (measured.length < rounds) {
    measured.push(roundOf(await floor(), await audit()));
  }
  const tenant = loadScenario('large', { sizes });
  return {
    rounds: measured,
    requests: [...asked].map(([{ name, least, because }, made]) => ({
      name,
      made: made.length,
      least: least(tenant),
      because,
    })),
    loaded: first.loaded,
  };
}

function roundOf(floor: FloorRun, audit: AppRun): Round {
  const last = (start: string) => audit.events.filter(({ message }) => message.startsWith(start)).at(-1);
  const [read, published] = [last('source collected '), last('report published ')];
  if (read === undefined || published === undefined || published.message.includes('"overall":"incomplete"')) {
    throw new Error(`The audit did not read everything: ${audit.events.map(({ message }) => message).join('\n')}`);
  }
  return { floor, audit, read: read.at, published: published.at };
}
