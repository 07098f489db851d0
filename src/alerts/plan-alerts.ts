/** Which mails a run asks for: who is told what. Pure; the alerts are stored with the report and delivered later. */
import { concernedBy, mergedContacts, NO_CONTACTS, type Contacts } from '../audit/contacts';
import type { Exception } from '../audit/exception';
import { endedBetween, exceptionFor } from '../audit/exceptions';
import type { Change, OpenFinding } from '../audit/compare';
import { isWorse, type Finding, type Severity } from '../audit/finding';
import type { PendingAlert } from '../storage/alerts';
import { alertId } from './alert-id';
import type { AlertMemory } from './alert-memory';
import type { AlertSettings } from './alert-settings';
import type { MailRun } from './mail-content';
import type { Message } from './message';
import type { News } from './news';
import { keyOf, PATIENCE, planBlindness } from './plan-blindness';
import { planProblems, digestProblems } from './plan-problems';
import { recipientsOfMails } from './recipients';
import { renderMail } from './render-mail';
import { route, type Delivery } from './routing';
import { webhookAlert } from './webhook-alert';

export interface PlannedRun extends MailRun {
  /** Of which everything is told: as its checks judge it. */
  readonly startedAt: Date;
  /** Checks that ran, by id. */
  readonly checkIds: readonly string[];
  /** Those whose findings are events, which end by themselves. */
  readonly eventCheckIds: readonly string[];
  /** `false`: of sign-ins alone. */
  readonly isWhole: boolean;
}

export interface Planning {
  /** What was told; `null`: nothing ever. */
  readonly memory: AlertMemory | null;
  readonly exceptions: readonly Exception[];
  /** As this run found them; `null`: it did not look, so that those of before hold. */
  readonly contacts: Contacts | null;
  /** Addresses that mail came back from, lower-cased. */
  readonly unreachable: ReadonlySet<string>;
  /** Who gets everything. Empty: mails are off. */
  readonly administrators: readonly string[];
  /** Whether what administrators are told goes to a webhook too. */
  readonly hasWebhook: boolean;
  readonly settings: AlertSettings;
  /** What stays open though this run did not judge them. */
  readonly carried: readonly OpenFinding[];
}

export interface AlertPlan {
  /** What is told, to whom. */
  readonly messages: readonly Message[];
  /** What tells it: mails, and what goes to the webhook. */
  readonly alerts: readonly PendingAlert[];
  /** What the next run goes by; `null`: still nothing was told. */
  readonly memory: AlertMemory | null;
}

/**
 * Mails about what is to be told, one for each person, or for several who get the very same; no mail where there is
 * nothing. The first ever is a digest for the administrators alone, however much there is in it: a tenant may have
 * hundreds of problems that nobody ever looked at, and owners hear of theirs when they come closer.
 */
export function planAlerts(changes: readonly Change[], run: PlannedRun, planning: Planning): AlertPlan {
  const { exceptions, settings } = planning;
  const contacts = contactsAfter(changes, planning);
  if (planning.administrators.length === 0 && !planning.hasWebhook) {
    return { messages: [], alerts: [], memory: planning.memory && { ...planning.memory, contacts } };
  }
  const now = run.startedAt;
  const isDigest = planning.memory === null;
  const known: AlertMemory = planning.memory ?? NOTHING_TOLD;
  const isSilenced = (finding: Finding) => exceptionFor(finding, exceptions, now) !== undefined;
  const context = {
    now,
    settings,
    checkIds: new Set(run.checkIds),
    eventCheckIds: new Set(run.eventCheckIds),
    isWhole: run.isWhole,
    isSilenced,
  };
  // A digest says how everything stands, also what this run did not look at.
  const carried = planning.carried.map((open) => ({ ...open, kind: 'unchanged' }) as const);
  const all = isDigest ? [...changes, ...carried] : changes;
  const failing = all.filter(({ finding }) => finding.status === 'fail');
  const unread = all.filter(({ finding }) => finding.status === 'notEvaluated' && !isSilenced(finding));
  const problems = isDigest ? digestProblems(failing, context) : planProblems(failing, known.problems, context);
  const blindness = planBlindness(unread, known.blindness, { ...context, patience: isDigest ? 1 : PATIENCE });

  const [everything, ...others] = route(problems.told, blindness, { ...planning, contacts });
  const namedUntil = isDigest ? null : new Date(known.exceptionsNamedUntil);
  const endedExceptions = endedBetween(exceptions, namedUntil, now);
  const deliveries = [everything, ...(isDigest ? [] : others)].filter(hasNews);
  const messageOf = (delivery: Delivery, to: readonly string[]): Message => ({
    audience: delivery.audience,
    kind: isDigest ? 'digest' : 'changes',
    to,
    news: delivery.news,
    notices: delivery.notices,
    endedExceptions: delivery === everything ? endedExceptions : [],
  });
  const mailsAreOn = planning.administrators.length > 0;
  const messages = deliveries.flatMap((delivery) =>
    mailsAreOn ? recipientsOfMails(delivery.to).map((to) => messageOf(delivery, to)) : [],
  );
  const posted = planning.hasWebhook ? deliveries.filter((delivery) => delivery === everything) : [];
  const areNamed = deliveries.some((delivery) => delivery === everything);
  return {
    messages,
    alerts: [
      ...messages.map((message) => alertOf(message, run)),
      ...posted.map((delivery) => webhookAlert(alertOf(messageOf(delivery, []), run))),
    ],
    memory: {
      problems: problems.memory,
      blindness: blindness.memory,
      contacts,
      exceptionsNamedUntil: areNamed || isDigest ? now.toISOString() : known.exceptionsNamedUntil,
    },
  };
}

function contactsAfter(changes: readonly Change[], { memory, contacts }: Planning): Contacts {
  const known = memory?.contacts ?? NO_CONTACTS;
  return contacts === null
    ? known
    : mergedContacts(known, contacts, concernedBy(changes.map(({ finding }) => finding)));
}

const NOTHING_TOLD: AlertMemory = {
  problems: {},
  blindness: {},
  contacts: NO_CONTACTS,
  exceptionsNamedUntil: new Date(0).toISOString(),
};

function hasNews(delivery: Delivery | undefined): delivery is Delivery {
  return (
    delivery !== undefined && Object.values<readonly unknown[]>({ ...delivery.news }).some((part) => part.length > 0)
  );
}

function alertOf(message: Message, run: PlannedRun): PendingAlert {
  const { to, news } = message;
  const id = alertId({ tenantId: run.tenantId, baseRunId: run.baseRunId, to, changeKeys: changeKeysOf(news) });
  return { id, channel: 'mail', urgency: urgencyOf(news), to, ...renderMail(message, run) };
}

function changeKeysOf({ problems, resolved, blind, regained }: News): readonly string[] {
  return [
    ...[...problems, ...resolved].map(({ kind, finding, step }) =>
      [kind, finding.fingerprint, finding.severity, ...(step === undefined ? [] : [step])].join(' '),
    ),
    ...blind.map((one) => `blind ${keyOf(one)} ${one.because}`),
    ...regained.map((one) => `regained ${keyOf(one)} ${one.because}`),
  ];
}

/** Good news is never urgent. */
function urgencyOf({ problems, blind }: News): Severity {
  return [
    ...problems.map(({ finding }) => finding.severity),
    ...blind.map(({ severity }) => severity),
  ].reduce<Severity>((worst, severity) => (isWorse(severity, worst) ? severity : worst), 'info');
}
