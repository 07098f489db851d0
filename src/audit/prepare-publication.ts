/** From a tenant to a report that is ready to be stored, with what is to be told of it. */
import { describeFailing } from '../alerts/failing-alerts';
import { mailLinks } from '../alerts/mail-links';
import { planAlerts } from '../alerts/plan-alerts';
import type { Draft } from '../storage/draft';
import type { Publication } from '../storage/reports';
import { buildOverview } from './build-overview';
import type { ChosenChecks } from './choose-checks';
import { compare, openAfter } from './compare';
import { NO_CONTACTS } from './contacts';
import type { Finding } from './finding';
import { auditEverything } from './full-audit';
import { buildReport, inReportOrder } from './report';
import type { AuditRun, AuditServices } from './run-audit';
import { auditSignIns } from './sign-in-audit';
import { isSignInCheck } from './sign-in-checks';

/**
 * Reads, judges, compares with the last report and plans who is told.
 * @param draft takes what passes as soon as that is known; nothing else is stored
 */
export async function preparePublication(
  services: AuditServices,
  run: AuditRun,
  chosen: ChosenChecks,
  startedAt: Date,
  draft: Draft,
): Promise<Publication> {
  const { storage, now } = services;
  const signal = AbortSignal.any([run.stop, AbortSignal.timeout(services.timeoutMilliseconds)]);
  const latest = await storage.reports.find(undefined, signal);
  const auditing = {
    services,
    latest,
    chosen,
    now: startedAt,
    signal,
    log: run.log,
    // Whatever a pass is compared with, it stays as it is; those of a check stand next to each other in the report.
    onJudged: (findings: readonly Finding[]) => {
      draft.add(inReportOrder(findings.filter(({ status }) => status === 'pass')));
    },
  };
  const audited =
    (run.audit === 'signIns' ? await auditSignIns(auditing) : undefined) ?? (await auditEverything(auditing));
  run.stop.throwIfAborted();
  const [memory, exceptions, unreachable, failing] = await Promise.all([
    latest?.alertMemory(run.stop) ?? null,
    storage.exceptions.list(run.stop),
    storage.alerts.unreachable(run.stop),
    storage.alerts.failing(run.stop),
  ]);
  const { checks, coverage, before, baseline, signIns, signInPeriod, carried } = audited;
  // Where nothing was ever told there is no memory that holds them.
  const contacts = audited.contacts ?? (memory === null ? ((await latest?.contacts(run.stop)) ?? null) : null);
  const { findings, changes, unconfirmed } = compare(before.open, audited.findings, {
    now: startedAt,
    tenantId: services.tenantId,
    checkIds: checks.map((check) => check.id),
  });
  const finishedAt = now();
  const checksOff = chosen.off;
  const alertsFailing = describeFailing(failing);
  const outcome = { previousRunId: before.runId, startedAt, finishedAt, checksOff, alertsFailing, signInPeriod };
  const facts = { ...services, ...run, ...outcome };
  const report = buildReport(facts, checks, coverage, findings, changes, carried);
  const plan = planAlerts(
    changes,
    {
      ...report,
      baseRunId: before.runId,
      startedAt,
      finishedAt,
      portal: services.portal,
      timeZone: services.mailTimeZone,
      ...mailLinks(services.baseUrl),
      checkIds: checks.map(({ id }) => id),
      eventCheckIds: checks.filter(isSignInCheck).map(({ id }) => id),
      isWhole: carried.fullAuditAt === null,
    },
    {
      memory,
      exceptions,
      unreachable,
      contacts,
      administrators: services.recipients,
      hasWebhook: services.hasWebhook,
      settings: services.alerting,
      carried: openAfter(carried),
    },
  );
  return {
    report,
    unconfirmed: [...unconfirmed, ...carried.unconfirmed],
    alerts: plan.alerts,
    overview: buildOverview(report, plan.memory?.contacts ?? contacts ?? NO_CONTACTS),
    ...(plan.memory !== null && { alertMemory: plan.memory }),
    ...(plan.memory === null && contacts !== null && { contacts }),
    ...(baseline !== null && { baseline }),
    ...(signIns !== null && { signIns }),
  };
}
