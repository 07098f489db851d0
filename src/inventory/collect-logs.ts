/**
 * Reads what the checks need from Log Analytics. Which tables hold rows is asked first, once for each workspace: where a
 * table was never exported there is nothing to conclude from its silence.
 */
import pLimit from 'p-limit';
import type { Log } from '../log';
import { IncompleteAnswerError } from './azure/azure-request-error';
import type { AzureClients, ConnectAzure } from './azure/clients';
import type { LogAnalytics } from './azure/logs';
import { listAzurePowershellCallers } from './collectors/azure-powershell-callers';
import { listLogTables } from './collectors/log-tables';
import { readCustomerId } from './collectors/log-workspaces';
import { listSignInPlaces } from './collectors/sign-in-places';
import { listSignIns } from './collectors/sign-ins';
import { LOG_DAYS, type LogTableName } from './model';
import { createReader, gapsBehind, gapsIn, type NotCollected } from './read-scopes';
import { dataOf } from './scopes';
import type { PeriodOf, SignInKind, SignInWatch, WatchGap } from './sign-ins';
import {
  SIGN_IN_SOURCES,
  type CollectedScope,
  type Inventory,
  type LogSource,
  type Scope,
  type SignInSource,
  type SourceName,
  type Sources,
} from './sources';
import { TELLING_TABLES } from './telling-tables';

/** Five queries of one identity run at a time, in all workspaces: https://learn.microsoft.com/azure/azure-monitor/service-limits */
export const LOG_QUERIES_AT_A_TIME = 4;

/** For so long before the period that is judged it is read where principals signed in from. */
const DAYS_OF_PLACES = 14;

export interface CollectLogsOptions {
  readonly tenantId: string;
  readonly watch: SignInWatch;
  readonly periodOf: PeriodOf;
  /** Ends all reading; what is not read by then is "cancelled". */
  readonly signal: AbortSignal;
  readonly log: Log;
}

type ToldSource = Exclude<LogSource, 'logTables'>;

/** @param needed sources the checks ask for; which tables there are is read as well */
export async function collectLogs(
  connect: ConnectAzure,
  needed: ReadonlySet<SourceName>,
  { watch, periodOf, ...options }: CollectLogsOptions,
): Promise<Inventory> {
  if (needed.size === 0) {
    return {};
  }
  const tenant: Scope = { kind: 'tenant', id: options.tenantId, name: options.tenantId };
  const reader = createReader(connect, options);
  const limit = pLimit(LOG_QUERIES_AT_A_TIME);
  const customerIds = new Map<string, Promise<string>>();
  const untold = watch.gaps.filter(({ source }) => source === 'diagnosticSettings').map(notCollected);
  const unwatched = watch.gaps.filter(({ source }) => source !== 'diagnosticSettings').map(notCollected);

  const logTables = await readLogTables();
  const [
    azurePowershellCallers,
    userSignIns,
    servicePrincipalSignIns,
    managedIdentitySignIns,
    sqlLogins,
    signInPlaces,
  ] = await Promise.all([
    inPlaces('azurePowershellCallers', gapsIn(logTables), (logs, { workspaceId, readFrom }) =>
      listAzurePowershellCallers(logs, workspaceId, readFrom),
    ),
    signInsOf('userSignIns', 'user'),
    signInsOf('servicePrincipalSignIns', 'servicePrincipal'),
    signInsOf('managedIdentitySignIns', 'managedIdentity'),
    signInsOf('sqlLogins', 'sqlLogin'),
    aboutSignIns('signInPlaces', (logs, where) => listSignInPlaces(logs, where, watch, periodOfPlaces(where.readFrom))),
  ]);
  return defined({
    logTables,
    azurePowershellCallers,
    userSignIns,
    servicePrincipalSignIns,
    managedIdentitySignIns,
    sqlLogins,
    signInPlaces,
  });

  /** Where the workspaces' own diagnostic settings send to, and where the settings say. */
  async function readLogTables(): Promise<NonNullable<Inventory['logTables']>> {
    const ids = watch.logWorkspaceIds;
    if (ids.length + untold.length === 0 && watch.workspaces.length > 0) {
      return nothingToRead(
        'logTables',
        'no diagnostic setting of a workspace sends to Log Analytics, and LOG_ANALYTICS_WORKSPACE_IDS names none.',
      );
    }
    const list = async (azure: AzureClients, { id }: Scope) => {
      const customerId = await customerIdOf(azure, id);
      // One that a setting names as well is read as that.
      return customerId !== id && ids.includes(customerId) ? [] : listLogTables(azure.logs, customerId, id);
    };
    const read = await reader.read('logTables', ids.map(logScope), limit, list);
    return [...read, ...gapsBehind('logTables', untold)];
  }

  function signInsOf(source: Exclude<SignInSource, 'signInPlaces'>, kind: SignInKind) {
    return aboutSignIns(source, (logs, where) =>
      listSignIns(logs, where, kind, watch, periodOf(source, where.readFrom)),
    );
  }

  /** Where something that concerns Synapse may not be known, its sign-ins are not known either. */
  function aboutSignIns<S extends SignInSource>(source: S, list: ListFrom<S>) {
    return inPlaces(source, oneForEachScope([...gapsIn(logTables), ...unwatched]), list);
  }

  /** A source that is read wherever a table tells of it. */
  async function inPlaces<S extends ToldSource>(
    source: S,
    gaps: readonly NotCollected[],
    list: ListFrom<S>,
  ): Promise<readonly CollectedScope<Sources[S]>[] | undefined> {
    if (!needed.has(source)) {
      return undefined;
    }
    const tables = tellingTables(source);
    const isSilent = tables.size === 0 && logTables.length > 0 && gapsIn(logTables).length === 0;
    const { tables: names, indispensable, advice } = TELLING_TABLES[source];
    const nobodyGot = (missing: readonly LogTableName[]) =>
      nothingToRead(
        source,
        `no Log Analytics workspace got rows of ${missing.join(', ')} in the last ${LOG_DAYS} days. ${advice}`,
      );
    const isPartOnly =
      tables.size > 0 && indispensable !== undefined && ![...tables.values()].flat().includes(indispensable);
    const read = isSilent
      ? await nobodyGot(names)
      : await reader.read(source, [...tables.keys()].map(logScope), limit, async (azure, { id }) => {
          const workspaceId = await customerIdOf(azure, id);
          return list(azure.logs, { workspaceId, readFrom: id, tables: tables.get(id) ?? [] });
        });
    const hidden = isPartOnly && gapsIn(logTables).length === 0 ? await nobodyGot([indispensable]) : [];
    return [...read, ...hidden, ...gapsBehind(source, gaps)];
  }

  /** Those with rows, by the id of the scope. */
  function tellingTables(source: ToldSource): ReadonlyMap<string, readonly LogTableName[]> {
    const byScope = new Map<string, readonly LogTableName[]>();
    for (const { readFrom, table, rows } of dataOf(logTables)) {
      if (rows > 0 && TELLING_TABLES[source].tables.includes(table)) {
        byScope.set(readFrom, [...(byScope.get(readFrom) ?? []), table]);
      }
    }
    return byScope;
  }

  /** Begins two weeks before the earliest that is judged anywhere, as a principal may sign in to any log. */
  function periodOfPlaces(scopeId: string) {
    const judged = SIGN_IN_SOURCES.filter((source) => needed.has(source)).flatMap((source) =>
      [...tellingTables(source).keys()].map((id) => periodOf(source, id).from.getTime()),
    );
    const from = new Date(Math.min(...judged));
    from.setUTCDate(from.getUTCDate() - DAYS_OF_PLACES);
    return { from, to: periodOf('signInPlaces', scopeId).to };
  }

  function nothingToRead<S extends SourceName>(
    source: S,
    reason: string,
  ): Promise<readonly CollectedScope<Sources[S]>[]> {
    return reader.read(source, [tenant], pLimit(1), () => {
      throw new IncompleteAnswerError('noData', reason);
    });
  }

  /** GUID of a Log Analytics workspace, given that or its ARM id; looked up once. */
  function customerIdOf({ resourceManager, resourceManagerEndpoint }: AzureClients, id: string): Promise<string> {
    const asked =
      customerIds.get(id) ??
      (id.startsWith('/') ? readCustomerId(resourceManager, resourceManagerEndpoint, id) : Promise.resolve(id));
    customerIds.set(id, asked);
    return asked;
  }
}

type ListFrom<S extends SourceName> = (logs: LogAnalytics, where: Where) => Promise<Sources[S][]>;

interface Where {
  /** GUID. */
  readonly workspaceId: string;
  /** Id of the scope. */
  readonly readFrom: string;
  readonly tables: readonly LogTableName[];
}

/** @param id GUID, or ARM id */
function logScope(id: string): Scope {
  return { kind: 'logAnalytics', id, name: id.slice(id.lastIndexOf('/') + 1) };
}

function notCollected({ scope, message }: WatchGap): NotCollected {
  return { scope, result: { ok: false, because: 'upstream', message } };
}

/** A workspace that refuses everything lacks many sources, and is one gap. */
function oneForEachScope(gaps: readonly NotCollected[]): readonly NotCollected[] {
  const messages = new Map<string, { readonly scope: Scope; readonly said: Set<string> }>();
  for (const { scope, result } of gaps) {
    const known = messages.get(scope.id) ?? { scope, said: new Set() };
    known.said.add(result.message);
    messages.set(scope.id, known);
  }
  return [...messages.values()].map(({ scope, said }) => ({
    scope,
    result: { ok: false, because: 'upstream', message: [...said].join(' ') },
  }));
}

function defined(inventory: { [S in LogSource]: Inventory[S] | undefined }): Inventory {
  return Object.fromEntries(Object.entries(inventory).filter(([, scopes]) => scopes !== undefined));
}
