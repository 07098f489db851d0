/** Reports as audits make them, of simulated tenants that the real clients read; nothing is stored. */
import type { Sandbox } from '../../sandbox/azure/server';
import { compareWithBaseline } from '../../src/audit/baseline';
import { chooseChecks } from '../../src/audit/choose-checks';
import { compare } from '../../src/audit/compare';
import { evaluate } from '../../src/audit/evaluate';
import { buildReport, coverageOf } from '../../src/audit/report';
import { newRunId } from '../../src/audit/run-id';
import { judgedPeriod, periodsAfter } from '../../src/audit/sign-in-window';
import all from '../../src/checks';
import type { ShownReport } from '../../src/report/shown-report';
import { collect } from '../inventory/collect';
import { GRAPH, PORTAL } from '../fixtures/facts';

/** The first report of the tenant that the sandbox has loaded. */
export async function firstReport(sandbox: Sandbox, now: Date): Promise<ShownReport> {
  const tenantId = sandbox.environment['AZURE_TENANT_ID'] ?? '';
  const { checks, options } = chooseChecks(all, {});
  const { inventory, watch } = await collect(sandbox, undefined, { now });
  const { drift } = compareWithBaseline(null, inventory, { now, acceptAfterDays: 7 });
  const period = judgedPeriod(inventory, periodsAfter({}, now), now);
  const signIns = { period, watch, trustedNetworks: [] };
  const judged = evaluate(checks, inventory, { now, tenantId, portal: PORTAL, graph: GRAPH, options, drift, signIns });
  const { findings, changes } = compare([], judged, { now, tenantId, checkIds: checks.map(({ id }) => id) });
  const run = {
    runId: newRunId(now),
    previousRunId: null,
    startedAt: now,
    finishedAt: new Date(now.getTime() + 60_000),
    tenantId,
    checksOff: [],
    alertsFailing: null,
    signInPeriod: period,
  };
  const report = buildReport(run, checks, coverageOf(inventory), findings, changes);
  const { runId, overall, finishedAt } = report;
  return { ...report, lastComplete: overall === 'incomplete' ? null : { runId, finishedAt } };
}
