/** An audit of sign-ins alone: the logs of what the last full audit found to concern Synapse; all else stays as it was. */
import type { Auditing, Audited } from './audit';
import { carryOver } from './carry-over';
import { openAfter } from './compare';
import { evaluate } from './evaluate';
import { coverageOf } from './report';
import { isSignInCheck, neededBy } from './sign-in-checks';
import { judgedPeriod, periodsAfter, readUntilAfter } from './sign-in-window';

/** @returns `undefined` where no audit of everything left a report and what to watch */
export async function auditSignIns(auditing: Auditing): Promise<Audited | undefined> {
  const { services, latest, chosen, now, signal, log } = auditing;
  if (latest === undefined) {
    return undefined;
  }
  const [last, state, baseline] = await Promise.all([latest.whole(), latest.signIns(), latest.baseline()]);
  if (state === null) {
    return undefined;
  }
  const { options, off } = chosen;
  const checks = chosen.checks.filter(isSignInCheck);
  const { watch, readUntil } = state;
  const periodOf = periodsAfter(readUntil, now);
  const inventory = await services.collectLogs(neededBy(checks).logs, { watch, periodOf }, signal, log);
  const period = judgedPeriod(inventory, periodOf, now);
  const signIns = { period, watch, trustedNetworks: services.trustedNetworks };
  const drift = { compared: [], changes: [] };
  return {
    checks,
    coverage: coverageOf(inventory),
    findings: evaluate(checks, inventory, { ...services, now, options, drift, signIns }),
    before: { runId: latest.runId, open: openAfter({ ...last, findings: last.report.findings }) },
    baseline,
    signIns: { watch, readUntil: readUntilAfter(readUntil, inventory, now) },
    signInPeriod: period,
    contacts: null,
    carried: carryOver(
      last,
      checks.map(({ id }) => id),
      off,
    ),
  };
}
