/** The nightly audit of the `large` tenant beside its floor. */
import { loadScenario } from '../sandbox/scenarios/load-scenario';
import { inNewChild } from './child';
import type { BenchOptions } from './options';
import type { Stage } from './stage';
import { lanesOf } from './lanes';
import type { AppRun } from './processes/app';
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
  /** Against services that answer at once, so that nothing but the own work counts: no goal, but the first to show a change. */
  readonly atOnce: readonly Round[];
  /** Against services that answer {@link DELAY_MILLISECONDS} later. */
  readonly delayed: readonly Round[];
  /** The same as the last of these, where V8 has all the memory of this machine. */
  readonly roomy: AppRun;
  readonly requests: readonly SourceRequests[];
  /** Files of the app that an audit loads, in the order of loading. */
  readonly loaded: readonly string[];
}

/**
 * What Azure Resource Manager took for one role definition in a debug log somebody published, rounded down:
 * https://github.com/hashicorp/terraform-provider-azurerm/issues/19603. Pages of 999 applications take longer.
 */
export const DELAY_MILLISECONDS = 100;

/** Of the instance that infra/function-app.bicep asks for. */
export const INSTANCE_MEGABYTES = 2048;

/**
 * The heap that V8 takes there: how long it puts off collecting goes by the memory that it finds, an old generation of a
 * half and two young ones of a 256th. Node.js 20 and 22 say the same limit in a control group of that size.
 */
const ON_AN_INSTANCE = {
  NODE_OPTIONS: `--max-old-space-size=${INSTANCE_MEGABYTES / 2} --max-semi-space-size=${INSTANCE_MEGABYTES / 256}`,
};

/** Waiting is most of what these take, and waiting hardly varies. */
const DELAYED_ROUNDS = 3;

/**
 * An audit and a floor take turns. The first of each only warms up the services.
 * @throws Error where an audit fails or does not read everything
 */
export async function measureAudit(
  { environment, azure, azureUrl, app }: Stage,
  { sizes, rounds }: BenchOptions,
  signal: AbortSignal,
): Promise<AuditFigures> {
  const audit = (options: Readonly<Record<string, string>> = ON_AN_INSTANCE) =>
    inNewChild('app', { ...environment, ...options }, signal, (child) =>
      child.ask('run', { directory: app, function: 'nightly-audit' }),
    );
  const { loaded } = await audit();
  const asked = sortRequests(await azure.ask('requests'));
  const floorQuestion: FloorQuestion = {
    lanes: lanesOf(asked, azureUrl),
    identity: { endpoint: environment['IDENTITY_ENDPOINT'] ?? '', header: environment['IDENTITY_HEADER'] ?? '' },
  };
  const floor = () =>
    inNewChild('floor', { ...environment, ...ON_AN_INSTANCE }, signal, (child) => child.ask('run', floorQuestion));
  const measure = async (count: number): Promise<readonly Round[]> => {
    await floor();
    const measured: Round[] = [];
    while (measured.length < count) {
      measured.push(roundOf(await floor(), await audit()));
    }
    return measured;
  };

  const atOnce = await measure(rounds);
  await azure.ask('delay', DELAY_MILLISECONDS);
  // The tenant was loaded anew, with ends of credentials that nobody was told of.
  await audit();
  const delayed = await measure(Math.min(rounds, DELAYED_ROUNDS));
  const roomy = await audit({});
  const tenant = loadScenario('large', { sizes });
  return {
    atOnce,
    delayed,
    roomy,
    requests: [...asked].map(([{ name, least, because }, { length: made }]) => ({
      name,
      made,
      least: least(tenant),
      because,
    })),
    loaded,
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
