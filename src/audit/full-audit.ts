/** An audit of everything, with what earlier ones left: it goes on from there, and leaves as much to the next one. */
import type { Auditing, Audited } from './audit';
import { NOTHING } from './carry-over';
import { isOpen } from './compare';
import { concernedBy, contactsIn } from './contacts';
import { readAndJudge } from './read-and-judge';
import { coverageOf } from './report';
import { isSignInCheck } from './sign-in-checks';
import { readUntilAfter } from './sign-in-window';

export async function auditEverything(auditing: Auditing): Promise<Audited> {
  const { services, latest, chosen, now } = auditing;
  const { checks } = chosen;
  // No more of that state stays in memory: whom to watch is found anew.
  const readUntilBefore = latest?.signIns().then((state) => state?.readUntil);
  const [known, readUntil = {}] = await Promise.all([latest?.baseline() ?? null, readUntilBefore]);
  const judged = await readAndJudge(auditing, { baseline: known, readUntil });
  const { inventory, watch, findings, baseline, signInPeriod } = judged;
  const before = { runId: latest?.runId ?? null, open: (await latest?.open()) ?? [] };
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
    signIns: checks.some(isSignInCheck) ? { watch, readUntil: readUntilAfter(readUntil, inventory, now) } : null,
    signInPeriod,
    contacts: contactsIn(inventory, concerned, services.alerting.tag),
    carried: NOTHING,
  };
}
