/** The simulated Azure whose logs hold the generated month. */
import { startSandbox, type Sandbox } from '../../sandbox/azure/server';
import { trafficScenario } from '../../sandbox/traffic/scenario';
import { createTraffic } from '../../sandbox/traffic/traffic';
import { answerParent } from '../answer-parent';
import { BENCHMARK } from '../detections/benchmark-month';
import type { StartedAzure } from './azure';

export interface StartedTraffic extends StartedAzure {
  /** In all tables together. */
  readonly rows: number;
}

let sandbox: Sandbox | undefined;

export const answers = {
  async start(): Promise<StartedTraffic> {
    const scenario = trafficScenario(createTraffic(BENCHMARK));
    sandbox = await startSandbox({ scenario, now: BENCHMARK.until });
    const { url, caFile, environment } = sandbox;
    const tables = scenario.logAnalyticsWorkspaces.flatMap((workspace) => workspace.tables);
    return { url, caFile, environment, rows: tables.reduce((sum, { rows }) => sum + rows.length, 0) };
  },
};

answerParent(answers, async () => sandbox?.close());
