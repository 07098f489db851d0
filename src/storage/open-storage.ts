import type { TokenCredential } from '@azure/core-auth';
import { openAlerts, type Alerts } from './alerts';
import { openExceptions, type Exceptions } from './exceptions';
import { openReports, type Reports } from './reports';
import { openRuns, type Runs } from './runs';
import { openStatus, type Status } from './status';
import { openWatch, type Watch } from './watch';
import { openTables, type StorageSettings, type Tables } from './tables';

/** All that outlives a run. Every method throws `StorageError` where Table Storage cannot be reached or refuses. */
export interface Storage {
  readonly runs: Runs;
  readonly reports: Reports;
  readonly alerts: Alerts;
  readonly exceptions: Exceptions;
  readonly watch: Watch;
  readonly status: Status;
}

/** Connects on first use. */
export function openStorage(settings: StorageSettings, credential: () => TokenCredential): Storage {
  return storageIn(openTables(settings, credential));
}

export function storageIn(tables: Tables): Storage {
  const [reports, alerts] = [openReports(tables), openAlerts(tables)];
  return {
    runs: openRuns(tables),
    reports,
    alerts,
    exceptions: openExceptions(tables),
    watch: openWatch(tables),
    status: openStatus(tables, alerts, reports),
  };
}
