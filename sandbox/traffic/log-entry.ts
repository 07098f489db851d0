/** What happens in the simulated month, and the row of a log that tells it: real columns, real shapes of values. */
import type { Value } from '../kql/values';
import { workspaceIdOf } from '../azure/resource-ids';
import type { Origin, Place } from './places';
import type { Chance } from './random';
import { REASONS, type Resource } from './resources';

export type TrafficTable =
  | 'SigninLogs'
  | 'AADNonInteractiveUserSignInLogs'
  | 'AADServicePrincipalSignInLogs'
  | 'AADManagedIdentitySignInLogs'
  | 'SQLSecurityAuditEvents'
  | 'AzureDiagnostics';

/** A row of a table; columns that are left out are empty. */
export interface LogEntry {
  /** Name of the Log Analytics workspace. */
  readonly exportedTo: string;
  readonly table: TrafficTable;
  /** When it can be found there: minutes, at times hours, after `TimeGenerated`. */
  readonly arrives: Date;
  readonly cells: Readonly<Record<string, Value>>;
}

interface Account {
  /** Object id. */
  readonly id: string;
  readonly name: string;
}

export interface Person extends Account {
  readonly upn: string;
}

export interface Workload extends Account {
  readonly clientId: string;
}

interface Occurrence {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: Origin;
  /** Number of an AADSTS or SQL error, `0` for success. */
  readonly result: string;
}

/** A sign-in to Entra ID. */
export type SignIn = Occurrence & {
  readonly resource: Resource;
} & (
    | { readonly kind: 'person'; readonly who: Person; readonly client: Resource; readonly interactive: boolean }
    | { readonly kind: 'application'; readonly who: Workload; readonly keyId: string }
    | { readonly kind: 'managedIdentity'; readonly who: Workload }
  );

/** A login to a SQL endpoint of a Synapse workspace. */
export interface SqlLogin extends Occurrence {
  readonly kind: 'sql';
  readonly login: string;
  readonly server: SqlServer;
  readonly database: string;
}

export interface SqlServer {
  readonly name: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** Which schema its diagnostic setting sends. */
  readonly table: 'SQLSecurityAuditEvents' | 'AzureDiagnostics';
}

export type Happening = SignIn | SqlLogin;

const MINUTE = 60_000;
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** How logs write a place; shared by all rows, of which there may be millions. */
const DETAILS = new Map<Place | null, { readonly bag: Value; readonly text: string }>();

function detailsOf(place: Place | null): { readonly bag: Value; readonly text: string } {
  const known = DETAILS.get(place);
  if (known) return known;
  const bag = place
    ? {
        city: place.city,
        state: place.state,
        countryOrRegion: place.country,
        geoCoordinates: { latitude: place.latitude, longitude: place.longitude },
      }
    : {};
  const made = { bag, text: JSON.stringify(bag) };
  DETAILS.set(place, made);
  return made;
}

/** One in fifty rows arrives hours late; none later than the audit's overlap of six hours. */
function delayIn(chance: Chance): number {
  return chance.happens(0.02) ? chance.between(30, 330) * MINUTE : chance.between(1, 10) * MINUTE;
}

export function entryOf(happening: Happening, exportedTo: string, chance: Chance): LogEntry {
  const at = new Date(happening.at);
  const { table, cells } = rowOf(happening, at, chance);
  return { exportedTo, table, arrives: new Date(happening.at + delayIn(chance)), cells };
}

function rowOf(happening: Happening, at: Date, chance: Chance): Pick<LogEntry, 'table' | 'cells'> {
  switch (happening.kind) {
    case 'person':
      return happening.interactive
        ? { table: 'SigninLogs', cells: interactiveCells(happening, at, chance) }
        : { table: 'AADNonInteractiveUserSignInLogs', cells: refreshCells(happening, at, chance) };
    case 'application':
      return { table: 'AADServicePrincipalSignInLogs', cells: applicationCells(happening, at, chance) };
    case 'managedIdentity':
      return { table: 'AADManagedIdentitySignInLogs', cells: managedIdentityCells(happening, at, chance) };
    case 'sql':
      return happening.server.table === 'AzureDiagnostics'
        ? { table: 'AzureDiagnostics', cells: diagnosticsCells(happening, at, chance) }
        : { table: 'SQLSecurityAuditEvents', cells: auditCells(happening, at, chance) };
  }
}

type Cells = LogEntry['cells'];
type PersonalSignIn = Extract<SignIn, { kind: 'person' }>;

/** What the four sign-in tables share. */
function commonCells({ resource, from, result }: SignIn, at: Date, chance: Chance): Cells {
  const id = chance.guid();
  return {
    TimeGenerated: at,
    CreatedDateTime: at,
    SourceSystem: 'Azure AD',
    OperationName: 'Sign-in activity',
    ResultType: result,
    ResultSignature: 'None',
    ResultDescription: REASONS[result] ?? '',
    DurationMs: 0,
    CorrelationId: chance.guid(),
    Id: id,
    UniqueTokenIdentifier: id,
    ResourceDisplayName: resource.name,
    ResourceIdentity: resource.id,
    IPAddress: from.address,
    Location: from.place?.country ?? '',
  };
}

function personCells(signIn: PersonalSignIn, at: Date, chance: Chance): Cells {
  const { who, client, result } = signIn;
  return {
    ...commonCells(signIn, at, chance),
    Identity: who.name,
    UserDisplayName: who.name,
    UserId: who.id,
    UserPrincipalName: who.upn,
    UserType: 'Member',
    AutonomousSystemNumber: signIn.from.autonomousSystem,
    AppDisplayName: client.name,
    AppId: client.id,
    ClientAppUsed: 'Browser',
    UserAgent: BROWSER,
    AuthenticationRequirement: 'multiFactorAuthentication',
    ConditionalAccessStatus: result === '53003' ? 'failure' : 'success',
    RiskState: 'none',
    RiskLevelDuringSignIn: 'none',
    RiskLevelAggregated: 'none',
    RiskEventTypes_V2: '[]',
  };
}

const DEVICE = { operatingSystem: 'Windows 10', browser: 'Chrome 140.0.0', deviceId: '' };

function interactiveCells(signIn: PersonalSignIn, at: Date, chance: Chance): Cells {
  return {
    ...personCells(signIn, at, chance),
    Category: 'SignInLogs',
    IsInteractive: true,
    LocationDetails: detailsOf(signIn.from.place).bag,
    DeviceDetail: DEVICE,
    Status: { errorCode: Number(signIn.result), failureReason: REASONS[signIn.result] ?? 'Other.' },
    ConditionalAccessPolicies: [],
    MfaDetail: {},
  };
}

const DEVICE_TEXT = JSON.stringify(DEVICE);

/** Here everything that is dynamic in SigninLogs is text. */
function refreshCells(signIn: PersonalSignIn, at: Date, chance: Chance): Cells {
  return {
    ...personCells(signIn, at, chance),
    Category: 'NonInteractiveUserSignInLogs',
    IsInteractive: false,
    LocationDetails: detailsOf(signIn.from.place).text,
    DeviceDetail: DEVICE_TEXT,
    Status: JSON.stringify({ errorCode: Number(signIn.result) }),
    ConditionalAccessPolicies: '[]',
    MfaDetail: '{}',
  };
}

function applicationCells(signIn: Extract<SignIn, { kind: 'application' }>, at: Date, chance: Chance): Cells {
  return {
    ...commonCells(signIn, at, chance),
    Category: 'ServicePrincipalSignInLogs',
    AppId: signIn.who.clientId,
    ServicePrincipalId: signIn.who.id,
    ServicePrincipalName: signIn.who.name,
    ServicePrincipalCredentialKeyId: signIn.keyId,
    AutonomousSystemNumber: signIn.from.autonomousSystem,
    ClientCredentialType: signIn.keyId === '' ? 'federatedIdentityCredential' : 'clientSecret',
    LocationDetails: detailsOf(signIn.from.place).text,
    ConditionalAccessStatus: 'notApplied',
  };
}

function managedIdentityCells(signIn: Extract<SignIn, { kind: 'managedIdentity' }>, at: Date, chance: Chance): Cells {
  return {
    ...commonCells(signIn, at, chance),
    Category: 'ManagedIdentitySignInLogs',
    AppId: signIn.who.clientId,
    ServicePrincipalId: signIn.who.id,
    ServicePrincipalName: signIn.who.name,
    LocationDetails: '{}',
  };
}

/** State 8: the password is wrong. */
function loginInformation(result: string): string {
  return result === '0'
    ? ''
    : `<login_information><error_code>${result}</error_code><error_state>8</error_state></login_information>`;
}

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/sqlsecurityauditevents */
function auditCells({ login, server, database, from, result }: SqlLogin, at: Date, chance: Chance): Cells {
  const succeeded = result === '0';
  return {
    TimeGenerated: at,
    EventTime: at,
    _ResourceId: workspaceIdOf(server).toLowerCase(),
    Category: 'SQLSecurityAuditEvents',
    LogicalServerName: server.name,
    ResourceGroup: server.resourceGroup,
    ActionId: succeeded ? 'DBAS' : 'DBAF',
    ActionName: succeeded ? 'DATABASE AUTHENTICATION SUCCEEDED' : 'DATABASE AUTHENTICATION FAILED',
    Succeeded: succeeded,
    ClientIp: from.address,
    ServerPrincipalName: login,
    SessionServerPrincipalName: login,
    DatabaseName: database,
    AdditionalInformation: loginInformation(result),
    ApplicationName: 'Core Microsoft SqlClient Data Provider',
    HostName: 'localhost',
    SequenceNumber: 1,
    SequenceGroupId: chance.guid(),
    EventId: chance.guid(),
    IsServerLevelAudit: true,
  };
}

/** https://learn.microsoft.com/azure/azure-sql/database/audit-log-format */
function diagnosticsCells({ login, server, database, from, result }: SqlLogin, at: Date, chance: Chance): Cells {
  const succeeded = result === '0';
  const id = workspaceIdOf(server);
  return {
    TimeGenerated: at,
    event_time_t: at,
    _ResourceId: id.toLowerCase(),
    ResourceId: id.toUpperCase(),
    ResourceProvider: 'MICROSOFT.SYNAPSE',
    Resource: server.name.toUpperCase(),
    ResourceGroup: server.resourceGroup.toUpperCase(),
    Category: 'SQLSecurityAuditEvents',
    OperationName: 'AuditEvent',
    LogicalServerName_s: server.name,
    action_id_s: succeeded ? 'DBAS' : 'DBAF',
    action_name_s: succeeded ? 'DATABASE AUTHENTICATION SUCCEEDED' : 'DATABASE AUTHENTICATION FAILED',
    succeeded_s: String(succeeded),
    client_ip_s: from.address,
    server_principal_name_s: login,
    session_server_principal_name_s: login,
    database_name_s: database,
    additional_information_s: loginInformation(result),
    application_name_s: 'Core Microsoft SqlClient Data Provider',
    host_name_s: 'localhost',
    sequence_number_d: 1,
    sequence_group_id_g: chance.guid(),
    is_server_level_audit_s: 'true',
  };
}
