/** An audit of everything: the inventory, and the logs of what in it concerns Synapse. */
import type { Auditing, Audited } from './audit';
import { compareWithBaseline, DRIFT_CHECK, driftOptions, periodOfChanges } from './baseline';
import { NOTHING } from './carry-over';
import { isOpen } from './compare';
import { concernedBy, contactsIn } from './contacts';
import { evaluate } from './evaluate';
import { isJudgedAsRead, judgeAsRead } from './judge-as-read';
import { coverageOf } from './report';
import { isSignInCheck, neededBy } from './sign-in-checks';
import { signInWatch, WATCH_SOURCES } from './sign-in-watch';
import { judgedPeriod, periodsAfter, readUntilAfter } from './sign-in-window';

export async function auditEverything({ services, chosen, now, signal, log }: Auditing): Promise<Audited> {
  const { reports } = services.storage;
  const { checks, options } = chosen;
  const [known, state] = await Promise.all([reports.baseline(), reports.signIns()]);
  const needed = neededBy(checks);
  const readUntil = state?.readUntil ?? {};
  const periodOf = periodsAfter(readUntil, now);
  const reading = await services.collect(needed.inventory, periodOfChanges(known, now), signal, log);
  // Logs are read as soon as it is known whose: settings that only checks ask for take longer.
  const watched = reading.of(WATCH_SOURCES).then(async (part) => {
    const watch = signInWatch(part, { ...services, now });
    return { watch, logs: await services.collectLogs(needed.logs, { watch, periodOf }, signal, log) };
  });
  const [early, late] = [checks.filter(isJudgedAsRead), checks.filter((check) => !isJudgedAsRead(check))];
  const context = { ...services, now, options };
  const [tenant, { watch, logs }, settled] = await Promise.all([
    reading.whole(),
    watched,
    judgeAsRead(early, reading, context),
  ]);
  const inventory = { ...tenant, ...logs };
  const { acceptAfterDays } = driftOptions.parse(options[DRIFT_CHECK] ?? {});
  const { baseline, drift } = compareWithBaseline(known, inventory, { now, acceptAfterDays });
  const period = judgedPeriod(inventory, periodOf, now);
  const signIns = { period, watch, trustedNetworks: services.trustedNetworks };
  const judgesSignIns = checks.some(isSignInCheck);
  const findings = [...settled, ...evaluate(late, inventory, { ...context, drift, signIns })];
  const before = await reports.openFindings();
  const open = [...findings.filter(isOpen), ...before.open.map(({ finding }) => finding)];
  // Sign-in audits until the next full one may find something about anybody who is watched.
  const watchedIds = watch.principals.flatMap(({ id, applicationId }) => [id, applicationId]);
  const concerned = new Set([...concernedBy(open).applications, ...watchedIds]);
  return {
    checks,
    coverage: coverageOf(inventory),
    findings,
    before,
    baseline,
    signIns: judgesSignIns ? { watch, readUntil: readUntilAfter(readUntil, inventory, now) } : null,
    signInPeriod: judgesSignIns ? period : null,
    contacts: contactsIn(inventory, concerned, services.alerting.tag),
    carried: NOTHING,
  };
}
