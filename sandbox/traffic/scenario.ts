import { parseScenario } from '../scenarios/load-scenario';
import type { Scenario } from '../scenarios/schema';
import { LOGS, MORE_LOGS, SUBSCRIPTION } from './cast';
import type { LogEntry } from './log-entry';
import type { Traffic } from './traffic';

type LogWorkspace = Scenario['logAnalyticsWorkspaces'][number];
type LogTable = LogWorkspace['tables'][number];

/** A tenant whose Log Analytics workspaces hold the traffic. Its rows are as the generator makes them, and not checked again. */
export function trafficScenario(traffic: Traffic): Scenario {
  const scenario = parseScenario(
    {
      name: 'traffic',
      tenant: { id: 'tenant:traffic', domain: 'traffic.example' },
      subscriptions: [{ id: SUBSCRIPTION, name: 'Traffic' }],
      logAnalyticsWorkspaces: [LOGS, MORE_LOGS].map((name) => ({ name, subscription: SUBSCRIPTION })),
    },
    'traffic',
  );
  const tables = new Map<string, Map<string, LogEntry['cells'][]>>();
  for (const { exportedTo, table, cells } of traffic.entries()) {
    const ofWorkspace = tables.get(exportedTo) ?? new Map<string, LogEntry['cells'][]>();
    const rows = ofWorkspace.get(table) ?? [];
    rows.push(cells);
    tables.set(exportedTo, ofWorkspace.set(table, rows));
  }
  const tablesOf = ({ name }: LogWorkspace): LogTable[] =>
    [...(tables.get(name) ?? [])].map(([table, rows]) => ({ name: table, rows }));
  return {
    ...scenario,
    logAnalyticsWorkspaces: scenario.logAnalyticsWorkspaces.map((each) => ({ ...each, tables: tablesOf(each) })),
  };
}
