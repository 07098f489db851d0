/** Which mails a run asks for: who is told what. Pure; the alerts are stored with the report and delivered later. */
import type { Change } from '../audit/compare';
import { SEVERITIES } from '../audit/finding';
import type { PendingAlert } from '../storage/alerts';
import { alertId } from './alert-id';
import type { MailRun } from './mail-content';
import type { Message } from './message';
import { isTold, newsOf } from './news';
import { renderMail } from './render-mail';

/** https://learn.microsoft.com/azure/communication-services/concepts/service-limits (email: recipients) */
const RECIPIENTS_A_MAIL = 50;

/**
 * One mail about all that changed, to all recipients together (they are one team's list); more only where the service
 * takes no more recipients in one. No mail where nothing is to be told or nobody is to be told.
 */
export function planAlerts(
  changes: readonly Change[],
  run: MailRun,
  recipients: readonly string[],
): readonly PendingAlert[] {
  const told = changes.filter(isTold);
  const everybody = distinctAddresses(recipients);
  return told.length === 0 ? [] : batches(everybody, RECIPIENTS_A_MAIL).map((to) => alertFor(to, told, run));
}

function alertFor(to: readonly string[], changes: readonly Change[], run: MailRun): PendingAlert {
  const changeKeys = changes.map(({ kind, finding }) => `${kind} ${finding.fingerprint} ${finding.severity}`);
  const id = alertId({ tenantId: run.tenantId, baseRunId: run.baseRunId, to, changeKeys });
  const news = newsOf(changes);
  const [worst] = [...news.problems, ...news.blind]
    .map((told) => ('severity' in told ? told.severity : told.finding.severity))
    .sort((a, b) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b));
  const kind = run.baseRunId === null ? 'digest' : 'changes';
  const message: Message = { audience: 'administrators', kind, to, news, notices: [], endedExceptions: [] };
  return { id, channel: 'mail', urgency: worst ?? 'info', to, ...renderMail(message, run) };
}

function distinctAddresses(addresses: readonly string[]): readonly string[] {
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()];
}

function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
