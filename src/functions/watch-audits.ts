import type { InvocationContext, Timer } from '@azure/functions';
import { appServices, stopSignal } from '../app-services';
import { logTo, type Log } from '../log';
import { nextRun } from '../schedule';
import type { Services } from '../services';

/** The timer function that tells when the nightly audit fails or does not run at all. */
export async function watchAudits(_timer: Timer, context: InvocationContext): Promise<void> {
  await watch(appServices(), stopSignal, logTo(context));
}

/**
 * What is told is stored before it is sent, together with the note that it was told. Where another process was quicker,
 * nothing is done: it has told the same.
 * @throws StorageError where the state cannot be read or written; the next hour tries again
 */
export async function watch(
  services: Pick<Services, 'storage' | 'settings' | 'tenantId' | 'recipients' | 'hasWebhook' | 'now' | 'deliver'>,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const [{ judgeAudits }, { planWatch }] = await Promise.all([
    import('../alerts/overdue'),
    import('../alerts/plan-watch'),
  ]);
  const { storage, settings, tenantId } = services;
  const now = services.now();
  const before = await storage.watch.read(signal);
  const state = before.state ?? { firstSeenAt: now.toISOString(), outage: null };
  const latest = await storage.reports.find(undefined, signal);
  const fullAuditAt = (await latest?.header(signal))?.fullAuditAt ?? null;
  // A run's id is made when it is asked for, before it starts.
  const runs = await storage.runs.since(new Date(Date.parse(fullAuditAt ?? EPOCH)), signal);
  const judgement = judgeAudits({
    now,
    firstSeenAt: state.firstSeenAt,
    fullAuditAt,
    runs,
    nextDue: (after) => nextRun(settings.schedule, after),
  });
  const plan = planWatch(
    judgement,
    state,
    { now, fullAuditAt },
    {
      tenantId,
      timeZone: settings.mailTimeZone,
      administrators: services.recipients,
      hasWebhook: services.hasWebhook,
    },
  );
  if (before.state !== undefined && plan.told === null) {
    return;
  }
  if (!(await storage.watch.write(before, plan.state, plan.told, now, signal))) {
    log.info('audits are watched by another process too', {});
    return;
  }
  if (plan.told !== null) {
    const outage = plan.state.outage === null ? 'over' : 'on';
    log.warn('state of the audits told', { outage, since: plan.told.since, alerts: plan.told.alerts.length });
    await services.deliver(signal, log);
  }
}

const EPOCH = '1970-01-01T00:00:00.000Z';
