/** An audit of sign-ins alone: the logs of what the last full audit found to concern Synapse; all else stays as it was. */
import type { Auditing, Audited } from './audit';
import { carryOver } from './carry-over';
import { evaluate } from './evaluate';
import { isSignInCheck, neededBy } from './sign-in-checks';
import { judgedPeriod, periodsAfter, readUntilAfter } from './sign-in-window';

/** @returns `undefined` where no audit of everything left a report and what to watch */
export async function auditSignIns({ services, chosen, now, signal, log }: Auditing): Promise<Audited | undefined> {
  const { reports } = services.storage;
  const [last, before, baseline] = await Promise.all([reports.whole(), reports.signIns(), reports.baseline()]);
  if (last === undefined || before === null) {
    return undefined;
  }
  const { options, off } = chosen;
  const checks = chosen.checks.filter(isSignInCheck);
  const { watch, readUntil } = before;
  const periodOf = periodsAfter(readUntil, now);
  const inventory = await services.collectLogs(neededBy(checks).logs, { watch, periodOf }, signal, log);
  const period = judgedPeriod(inventory, periodOf, now);
  const signIns = { period, watch, trustedNetworks: services.trustedNetworks };
  const drift = { compared: [], changes: [] };
  return {
    checks,
    inventory,
    findings: evaluate(checks, inventory, { ...services, now, options, drift, signIns }),
    baseline,
    signIns: { watch, readUntil: readUntilAfter(readUntil, inventory, now) },
    signInPeriod: period,
    carried: carryOver(
      last,
      checks.map(({ id }) => id),
      off,
    ),
  };
}
