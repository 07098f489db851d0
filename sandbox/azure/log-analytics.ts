/**
 * Log Analytics: runs the query it is sent over the tables that a workspace of the scenario has.
 * https://learn.microsoft.com/azure/azure-monitor/logs/api/request-format
 */
import { createAnalyzer, type Analyze } from '../kql/language';
import { InvalidQueryError, runQuery } from '../kql/run-query';
import { positionOf, UnsupportedQueryError, type Table } from '../kql/values';
import type { Scenario } from '../scenarios/schema';
import { customerIdOf, declarationsIn, tablesIn, toWire } from './log-rows';
import { isRefused, type Answer, type Call, type Service, type Tenant } from './service';

type Workspace = Scenario['logAnalyticsWorkspaces'][number];

/** What a query is for shows in what it reads. */
const QUERIES = {
  logTables: /^/,
  azurePowershellCallers: /\bUserAgent\b/,
  userSignIns: /\bAppDisplayName\b/,
  servicePrincipalSignIns: /\bServicePrincipalCredentialKeyId\b/,
  managedIdentitySignIns: /^AADManagedIdentitySignInLogs$/m,
  sqlLogins: /\bAdditionalInformation\b/,
  signInPlaces: /\bDay = bin\b/,
};

const DEFAULT_WAIT_SECONDS = 180;
const LONGEST_WAIT_SECONDS = 600;

export function createLogAnalytics(tenant: Tenant): Service {
  const { scenario, now } = tenant;
  const error = (code: string, message: string): unknown => ({ error: { message, code } });
  const refuse = (code: string, message: string): Answer => ({ status: 401, body: error(code, message) });
  const tables = new Map<Workspace, ReadonlyMap<string, Table>>();
  const ownAnalyzers = new Map<Workspace, Analyze>();

  const query = (workspace: Workspace, call: Call): Answer => {
    const { query: text, timespan } = (call.body ?? {}) as { readonly query?: unknown; readonly timespan?: unknown };
    if (isForbidden(tenant, workspace, String(text))) {
      const message = 'The provided credentials have insufficient access to perform the requested operation';
      return { status: 403, body: error('InsufficientAccessError', message) };
    }
    // So the service answers a body that it cannot read.
    if (typeof text !== 'string' || workspace.answers === 'nothing') return { status: 200 };
    if (workspace.tables.length === 0) return { status: 204 };
    const wait = Number(/\bwait=(\d+)/.exec(String(call.headers['prefer'] ?? ''))?.[1] ?? DEFAULT_WAIT_SECONDS);
    if (wait > LONGEST_WAIT_SECONDS) {
      return {
        status: 400,
        body: badArgument('ValidationError', `A query may run ${LONGEST_WAIT_SECONDS} seconds at most.`),
      };
    }
    if (workspace.takesSeconds > wait) {
      return { status: 504, body: error('GatewayTimeout', 'The query did not end in the time that it was given.') };
    }
    const window = typeof timespan === 'string' && timespan !== '' ? windowOf(timespan, now) : undefined;
    if (window === null)
      return { status: 400, body: badArgument('ValidationError', `The timespan ${String(timespan)} is not valid.`) };
    const known = tables.get(workspace) ?? tablesIn(workspace, now);
    tables.set(workspace, known);
    return answer(workspace, text, (name) => within(known.get(name), window));
  };

  const answer = (workspace: Workspace, text: string, tableOf: (name: string) => Table | undefined): Answer => {
    const analyze = ownAnalyzers.get(workspace) ?? analyzerOf(workspace);
    ownAnalyzers.set(workspace, analyze);
    let result: Table;
    try {
      result = runQuery(text, { analyze, tableOf }, now);
    } catch (cause) {
      if (cause instanceof UnsupportedQueryError) return { status: 501, body: error('NotSimulated', cause.message) };
      if (!(cause instanceof InvalidQueryError)) throw cause;
      const code = cause.syntactic ? 'SyntaxError' : 'SemanticError';
      return { status: 400, body: badArgument(code, cause.message) };
    }
    if (workspace.answers === 'whole') return { status: 200, body: { tables: [toWire(result)] } };
    const message = 'There were some errors when processing your query.';
    const part = { ...result, rows: result.rows.slice(0, Math.ceil(result.rows.length / 2)) };
    const details = [{ code: 'QueryExecutionError', message: 'The results of this query exceed the set limit.' }];
    return { status: 200, body: { tables: [toWire(part)], error: { code: 'PartialError', message, details } } };
  };

  return {
    audiences: ['https://api.loganalytics.io', 'https://api.loganalytics.io/'],
    constant: false,
    error,
    headers: () => ({}),
    unauthorized: (problem) =>
      problem === 'missing'
        ? refuse('AuthorizationRequiredError', 'Valid authentication was not provided')
        : refuse('InvalidTokenError', 'The provided authentication is not valid for this resource'),
    handle(call) {
      const id = call.method === 'POST' ? /^\/v1\/workspaces\/([^/]+)\/query$/.exec(call.path)?.[1] : undefined;
      if (id === undefined) return undefined;
      const workspace = scenario.logAnalyticsWorkspaces.find(({ name }) => customerIdOf(name) === id.toLowerCase());
      return workspace
        ? query(workspace, call)
        : { status: 404, body: error('PathNotFoundError', `The requested path does not exist: workspace ${id}`) };
    },
  };
}

function isForbidden(tenant: Tenant, { name, subscription }: Workspace, query: string): boolean {
  return (Object.keys(QUERIES) as (keyof typeof QUERIES)[])
    .filter((source) => QUERIES[source].test(query))
    .some((source) => [undefined, `logs:${name}`, subscription].some((scope) => isRefused(tenant, source, scope)));
}

function badArgument(code: string, message: string): unknown {
  return {
    error: {
      message: 'The request had some invalid properties',
      code: 'BadArgumentError',
      innererror: { code, message },
    },
  };
}

const analyzers = new Map<string, Analyze>();

/** Declaring tables takes the parser longer than a query does: workspaces with the same tables share them. */
function analyzerOf(workspace: Workspace): Analyze {
  const declarations = declarationsIn(workspace);
  const key = declarations.map(({ name, columns }) => `${name}:${columns.length}`).join();
  const analyze = analyzers.get(key) ?? createAnalyzer(declarations);
  analyzers.set(key, analyze);
  return analyze;
}

interface Window {
  readonly from: Date;
  readonly to: Date;
}

const PART = String.raw`(?:(\d+)([DHMS]))?`;
const SECONDS: Readonly<Record<string, number>> = { D: 86_400, H: 3600, M: 60, S: 1 };

/** An ISO 8601 duration until now, or two moments; `null` where it is neither. */
function windowOf(timespan: string, now: Date): Window | null {
  const [first = '', second] = timespan.split('/');
  if (second !== undefined) {
    const [from, to] = [new Date(first), new Date(second)];
    return Number.isNaN(from.getTime()) || Number.isNaN(to.getTime()) ? null : { from, to };
  }
  if (!new RegExp(`^P${PART}(?:T${PART}${PART}${PART})?$`).test(first)) return null;
  const seconds = [...first.matchAll(/(\d+)([DHMS])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (SECONDS[unit ?? ''] ?? 0),
    0,
  );
  return { from: new Date(now.getTime() - seconds * 1000), to: now };
}

/** The timespan of a request holds beside whatever the query says of `TimeGenerated`. */
function within(table: Table | undefined, window: Window | undefined): Table | undefined {
  if (!table || !window) return table;
  const position = positionOf(table.columns, 'TimeGenerated');
  const rows = table.rows.filter((row) => {
    const at = row[position];
    return at instanceof Date && at >= window.from && at <= window.to;
  });
  return { ...table, rows };
}
