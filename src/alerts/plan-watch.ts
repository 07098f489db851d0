/** What the watch over the audits tells, and when: once an outage begins, daily while it lasts, once it has ended. Pure. */
import type { PendingAlert } from '../storage/alerts';
import type { WatchAlerts, WatchState } from '../storage/watch';
import { alertId } from './alert-id';
import type { AuditFacts, Judgement, Overdue } from './overdue';
import { renderOutage, renderRunningAgain, type Reading } from './render-watch';
import { distinctAddresses, recipientsOfMails } from './recipients';
import { webhookAlert } from './webhook-alert';

export interface WatchPlanning extends Reading {
  /** Empty: mails are off. */
  readonly administrators: readonly string[];
  readonly hasWebhook: boolean;
}

export interface WatchPlan {
  readonly state: WatchState;
  /** `null`: nothing is to be told. */
  readonly told: WatchAlerts | null;
}

/** A day, but for what one run of the watch may come earlier than the one of the day before. */
const REMIND_AFTER_MS = 24 * 3_600_000 - 10 * 60_000;

export function planWatch(
  judgement: Judgement,
  { firstSeenAt, outage }: WatchState,
  { now, fullAuditAt }: Pick<AuditFacts, 'now' | 'fullAuditAt'>,
  planning: WatchPlanning,
): WatchPlan {
  const hasEnded = outage !== null && fullAuditAt !== null && fullAuditAt > outage.since;
  if (typeof judgement === 'object') {
    const known = hasEnded ? null : outage;
    const isTold = known !== null && now.getTime() - Date.parse(known.lastToldAt) < REMIND_AFTER_MS;
    return isTold ? { state: { firstSeenAt, outage }, told: null } : tell(judgement, known?.alerts ?? 0);
  }
  if (!hasEnded) {
    // An audit under way, or another schedule, is no good audit yet: nothing says that it runs again.
    return { state: { firstSeenAt, outage }, told: null };
  }
  const mail = renderRunningAgain({ since: outage.since, fullAuditAt }, planning);
  const told = alertsOf(outage.since, outage.alerts, 'info', mail, planning);
  return { state: { firstSeenAt, outage: null }, told };

  function tell(overdue: Overdue, first: number): WatchPlan {
    // By the outage that was told first: its alerts are numbered through.
    const since = first === 0 ? overdue.since : (outage?.since ?? overdue.since);
    const told = alertsOf(since, first, 'critical', renderOutage(overdue, now, planning), planning);
    const alerts = first + told.alerts.length;
    return { state: { firstSeenAt, outage: { since, lastToldAt: now.toISOString(), alerts } }, told };
  }
}

function alertsOf(
  since: string,
  first: number,
  urgency: PendingAlert['urgency'],
  mail: ReturnType<typeof renderOutage>,
  { tenantId, administrators, hasWebhook }: WatchPlanning,
): WatchAlerts {
  const alertTo = (to: readonly string[]): PendingAlert => ({
    id: alertId({ tenantId, baseRunId: null, to, changeKeys: ['watch', since, String(first)] }),
    channel: 'mail',
    urgency,
    to,
    ...mail,
  });
  const mails = recipientsOfMails(distinctAddresses(administrators)).map(alertTo);
  return { since, first, alerts: [...mails, ...(hasWebhook ? [webhookAlert(alertTo([]))] : [])] };
}
