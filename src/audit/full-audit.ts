/** An audit of everything: the inventory first, then the logs of what in it concerns Synapse. */
import type { Auditing, Audited } from './audit';
import { compareWithBaseline, DRIFT_CHECK, driftOptions, periodOfChanges } from './baseline';
import { NOTHING } from './carry-over';
import { evaluate } from './evaluate';
import { coverageOf } from './report';
import { isSignInCheck, neededBy } from './sign-in-checks';
import { signInWatch } from './sign-in-watch';
import { judgedPeriod, periodsAfter, readUntilAfter } from './sign-in-window';

export async function auditEverything({ services, chosen, now, signal, log }: Auditing): Promise<Audited> {
  const { reports } = services.storage;
  const { checks, options } = chosen;
  const [known, state] = await Promise.all([reports.baseline(), reports.signIns()]);
  const needed = neededBy(checks);
  const tenant = await services.collect(needed.inventory, periodOfChanges(known, now), signal, log);
  const watch = signInWatch(tenant, { ...services, now });
  const readUntil = state?.readUntil ?? {};
  const periodOf = periodsAfter(readUntil, now);
  const inventory = { ...tenant, ...(await services.collectLogs(needed.logs, { watch, periodOf }, signal, log)) };
  const { acceptAfterDays } = driftOptions.parse(options[DRIFT_CHECK] ?? {});
  const { baseline, drift } = compareWithBaseline(known, inventory, { now, acceptAfterDays });
  const period = judgedPeriod(inventory, periodOf, now);
  const signIns = { period, watch, trustedNetworks: services.trustedNetworks };
  const judgesSignIns = checks.some(isSignInCheck);
  const findings = evaluate(checks, inventory, { ...services, now, options, drift, signIns });
  return {
    checks,
    coverage: coverageOf(inventory),
    findings,
    before: await reports.openFindings(),
    baseline,
    signIns: judgesSignIns ? { watch, readUntil: readUntilAfter(readUntil, inventory, now) } : null,
    signInPeriod: judgesSignIns ? period : null,
    carried: NOTHING,
  };
}
