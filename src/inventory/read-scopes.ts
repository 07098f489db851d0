/**
 * Reads the scopes of a source side by side and turns what fails into facts. Collectors throw; here, and only here, that
 * becomes "not collected, because …", for that scope alone.
 */
import { setMaxListeners } from 'node:events';
import type { LimitFunction } from 'p-limit';
import type { Log } from '../log';
import type { AzureClients, ConnectAzure } from './azure/clients';
import type { Meter } from './azure/request-context';
import { classifyError } from './classify-error';
import { dataOf } from './scopes';
import { SOURCES, type Collected, type CollectedScope, type Scope, type SourceName, type Sources } from './sources';

export function createReader(connect: ConnectAzure, options: { readonly signal: AbortSignal; readonly log: Log }) {
  // Every request under way listens, and there are more than the ten that Node takes for a leak.
  const signal = AbortSignal.any([options.signal]);
  setMaxListeners(0, signal);
  return {
    /**
     * Reads the scopes of one source, as many at a time as the limit has room for; never rejects.
     * @param list is given clients that count for this source
     */
    async read<S extends SourceName>(
      source: S,
      scopes: readonly Scope[],
      limit: LimitFunction,
      list: (azure: AzureClients, scope: Scope) => Promise<Sources[S][]>,
    ): Promise<readonly CollectedScope<Sources[S]>[]> {
      const meter: Meter = { requests: 0, retries: 0 };
      const started = performance.now();
      const azure = connect({ meter, signal });
      const collected = await Promise.all(
        scopes.map((scope) => limit(() => readScope(source, scope, () => list(azure, scope)))),
      );
      const refused = collected.filter(({ result }) => !result.ok).length;
      options.log[refused > 0 ? 'warn' : 'info']('source collected', {
        source,
        count: dataOf(collected).length,
        scopes: scopes.length,
        notCollected: refused,
        // infra/queries/lost-permission.kql goes by it.
        forbidden: collected.filter(({ result }) => !result.ok && result.because === 'forbidden').length,
        ...meter,
        milliseconds: Math.round(performance.now() - started),
      });
      return collected;
    },
  };

  async function readScope<S extends SourceName>(
    source: S,
    scope: Scope,
    list: () => Promise<Sources[S][]>,
  ): Promise<CollectedScope<Sources[S]>> {
    try {
      options.signal.throwIfAborted();
      return { scope, result: { ok: true, data: await list() } };
    } catch (error) {
      // What breaks while everything is being stopped broke because of that.
      const reason = options.signal.aborted ? new DOMException('stopped', 'AbortError') : error;
      return { scope, result: { ok: false, ...classifyError(source, scope, reason) } };
    }
  }
}

/** What could not be listed has unknown scopes downstream: each such gap is handed on, so that it is not lost. */
export function gapsBehind(source: SourceName, unlisted: readonly NotCollected[]): readonly NotCollected[] {
  return unlisted.map(({ scope, result }) => ({
    scope,
    result: {
      ok: false,
      because: 'upstream',
      message: `${SOURCES[source].title} could not be looked for. ${result.message}`,
    },
  }));
}

export interface NotCollected {
  readonly scope: Scope;
  readonly result: Collected<never> & { readonly ok: false };
}

export function gapsIn(scopes: readonly CollectedScope<unknown>[] | undefined): readonly NotCollected[] {
  return (scopes ?? []).flatMap(({ scope, result }) => (result.ok ? [] : [{ scope, result }]));
}
