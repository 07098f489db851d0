import type { IncomingHttpHeaders } from 'node:http';
import type { Scenario } from '../scenarios/schema';
import { lacks, type Grants } from './grants';
import type { TokenProblem } from './tokens';

/** One request, as a simulated service sees it. */
export interface Call {
  readonly method: string;
  /** Decoded, without the service's prefix and the query; repeated leading slashes are one. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it was sent, to be repeated in links to the next page. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON, `undefined` where nothing was sent. */
  readonly body: unknown;
  /** A list shall answer with no items and where it goes on. */
  readonly emptyPage: boolean;
}

/** `body` is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A simulated service of Azure. */
export interface Service {
  /** Audiences a token may have; empty: the service asks for no token. */
  readonly audiences: readonly string[];
  /** Whether equal GET requests have equal answers, so that one may be kept. */
  readonly constant: boolean;
  /** `undefined`: there is no such route. */
  handle(call: Call): Answer | undefined;
  /** The 401 of this service. */
  unauthorized(problem: TokenProblem): Answer;
  /** The body of this service's errors. */
  error(code: string, message: string, status: number): unknown;
  /** Headers of every answer. */
  headers(): Readonly<Record<string, string>>;
}

/** What all services of one simulated tenant share. */
export interface Tenant {
  readonly scenario: Scenario;
  readonly id: string;
  readonly now: Date;
  /** What limits and what was sent go by. */
  readonly clock: () => Date;
  /** `https://localhost:PORT`. */
  readonly address: string;
  readonly grants: Grants;
  readonly caller: Caller;
}

/** Who asks: the auditor, or somebody who may read everything and grant permissions. */
export type Caller = 'auditor' | 'administrator';

/** Whether the caller may not read a source: everywhere, or in the scope given by its symbol. */
export function isRefused(
  { scenario, grants, caller }: Pick<Tenant, 'scenario' | 'grants' | 'caller'>,
  source: Extract<Scenario['refuse'][number], string>,
  scope?: string,
): boolean {
  if (caller === 'administrator') return false;
  const isWithheld = scenario.refuse.some((refusal) =>
    typeof refusal === 'string' ? refusal === source : refusal.source === source && refusal.scope === scope,
  );
  return isWithheld || lacks(scenario, grants, source, scope);
}
