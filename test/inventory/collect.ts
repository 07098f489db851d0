import type { Sandbox } from '../../sandbox/azure/server';
import { neededBy } from '../../src/audit/sign-in-checks';
import { signInWatch } from '../../src/audit/sign-in-watch';
import { periodsAfter } from '../../src/audit/sign-in-window';
import { collectInventory } from '../../src/inventory/collect-inventory';
import { collectLogs } from '../../src/inventory/collect-logs';
import { SOURCE_NAMES, type Inventory, type SourceName } from '../../src/inventory/sources';
import type { Period } from '../../src/inventory/model';
import type { Own } from '../../src/inventory/own';
import type { SignInWatch } from '../../src/inventory/sign-ins';
import type { Log } from '../../src/log';
import { ownOf } from '../../src/own';
import { connectTo } from '../setup/connect-to';

export interface Collection {
  readonly inventory: Inventory;
  readonly watch: SignInWatch;
  /** The "source collected" lines, by source. */
  readonly lines: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Reads a sandbox's tenant and logs with the real clients, as the timer function does. */
export async function collect(
  sandbox: Sandbox,
  sources: readonly SourceName[] = SOURCE_NAMES,
  options: {
    readonly signal?: AbortSignal;
    readonly subscriptions?: readonly string[];
    readonly period?: Period;
    readonly now?: Date;
    readonly own?: Partial<Own>;
  } = {},
): Promise<Collection> {
  const { connect, settings } = connectTo(sandbox);
  const lines = new Map<string, Readonly<Record<string, unknown>>>();
  const write: Log['info'] = (_event, fields) => lines.set(String(fields['source']), fields);
  const now = options.now ?? new Date();
  const { tenantId, logWorkspaceIds } = settings;
  const reader = {
    tenantId,
    signal: options.signal ?? new AbortController().signal,
    log: { info: write, warn: write, error: write },
  };
  const needed = neededBy([{ requires: sources, uses: [] }]);
  const lastDay = { from: new Date(now.getTime() - 86_400_000), to: now };
  const reading = await collectInventory(connect, needed.inventory, {
    ...reader,
    subscriptions: options.subscriptions ?? settings.subscriptions,
    own: { ...ownOf(settings, sandbox.environment), ...options.own },
    period: options.period ?? lastDay,
    runsPeriod: lastDay,
  });
  const tenant = await reading.whole();
  const watch = signInWatch(tenant, { now, tenantId, logWorkspaceIds });
  const logs = await collectLogs(connect, needed.logs, { ...reader, watch, periodOf: periodsAfter({}, now) });
  return { inventory: { ...tenant, ...logs }, watch, lines };
}
