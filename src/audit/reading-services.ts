import type { InventoryReading } from '../inventory/inventory-reading';
import type { Period } from '../inventory/model';
import type { PeriodOf, SignInWatch } from '../inventory/sign-ins';
import type { Inventory, SourceName } from '../inventory/sources';
import type { Log } from '../log';
import type { ChosenChecks } from './choose-checks';

/** What it takes to read a tenant and judge it. Nothing of it stores, or tells anybody. */
export interface ReadingServices {
  chooseChecks(): Promise<ChosenChecks>;
  readonly tenantId: string;
  readonly portal: string;
  /** Base address of Microsoft Graph in this cloud, without trailing slash. */
  readonly graph: string;
  /** GUIDs of Log Analytics workspaces to ask beside those that diagnostic settings send to. */
  readonly logWorkspaceIds: readonly string[];
  /** CIDR ranges. */
  readonly trustedNetworks: readonly string[];
  /** After so long reading ends; what was not read by then is reported as not evaluated. */
  readonly timeoutMilliseconds: number;
  readonly now: () => Date;
  /** @param period of which logs of changes are read */
  collect(needed: ReadonlySet<SourceName>, period: Period, signal: AbortSignal, log: Log): Promise<InventoryReading>;
  /** What Log Analytics is asked for. */
  collectLogs(needed: ReadonlySet<SourceName>, what: WatchedLogs, signal: AbortSignal, log: Log): Promise<Inventory>;
}

/** Of whom logs are read, and of which time. */
export interface WatchedLogs {
  readonly watch: SignInWatch;
  readonly periodOf: PeriodOf;
}
