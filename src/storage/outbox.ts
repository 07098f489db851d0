/** The rows of the outbox. What an alert says is immutable and stands apart, in a partition of its run. */
import { odata } from '@azure/data-tables';
import type { Severity } from '../audit/finding';
import { writeDocument } from './documents';
import { fromRow, toRow } from './records';
import type { Key, Row, StoredRow, Table } from './table';

export type AlertChannel = 'mail' | 'webhook';

/** What is to be told, through one channel. */
export interface PendingAlert {
  /** UUID; the mail service and receivers of webhooks know the alert by it too. */
  readonly id: string;
  readonly channel: AlertChannel;
  /** The more urgent ones are delivered first. */
  readonly urgency: Severity;
  /** Mail addresses; empty for a webhook. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly plainText: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

export const ALERT_STATES = ['pending', 'sending', 'sent', 'failed'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** An alert without what it says. */
export type Envelope = Pick<PendingAlert, 'id' | 'channel' | 'urgency' | 'to' | 'subject'>;

/**
 * Why an alert was not taken. `throttled`: too many, for all of the channel; `unavailable`: no answer or a failing
 * service, so that the outcome may be unknown; `configuration`: none at all gets through until somebody mends it (sign-in,
 * role, sender, domain, address of the webhook); `refused`: this one will never be taken; `recipients`: no more will it,
 * because of whom it goes to.
 */
export type DeliveryProblem = 'throttled' | 'unavailable' | 'configuration' | 'refused' | 'recipients';

/** What became of an alert so far. Times are ISO 8601. */
export interface Delivery {
  readonly runId: string;
  readonly createdAt: string;
  readonly state: AlertState;
  /** The service knows it by this id where it is sent anew after it had failed for good; by its own otherwise. */
  readonly operationId?: string | undefined;
  /** How often it was claimed to be sent. */
  readonly attempts: number;
  /** Not to be tried before. Set for `pending`. */
  readonly notBefore?: string | undefined;
  /** From then on another may claim it. Set for `sending`. */
  readonly claimedUntil?: string | undefined;
  readonly sentAt?: string | undefined;
  readonly failedAt?: string | undefined;
  /** Of the last try. It holds no secret. */
  readonly lastError?: string | undefined;
  readonly lastProblem?: DeliveryProblem | undefined;
}

export const OUTBOX = 'outbox';

/** Filter for alerts in any of these states, published or not. */
export function inStates(...states: readonly AlertState[]): string {
  return `${odata`PartitionKey eq ${OUTBOX}`} and (${states.map((state) => odata`state eq ${state}`).join(' or ')})`;
}

/** Filter for an alert, by its id. */
export function withId(id: string): string {
  return odata`PartitionKey eq ${OUTBOX} and alertId eq ${id}`;
}

/** Filter for what is not delivered yet, published or not. */
export const UNDELIVERED = inStates('pending', 'sending');

/** Row of the outbox's partition that is no alert: see `watch.ts`. It stands here to change together with alerts. */
export const WATCH_STATE = 'watcher';

/** Begins the partition of alerts that belong to no run, and stands for the run's id in them. */
export const WATCH = 'watch';

/** Whether an alert is of the watch over the audits: nobody has to publish it. */
export function isOfWatch(key: string): boolean {
  return key.startsWith(`${WATCH}.`);
}

/** Stores an alert of a run that is about to be published. Repeated, it leaves the first as it is. */
export async function insertAlert(
  alerts: Table,
  run: { readonly runId: string; readonly partition: string },
  index: number,
  alert: PendingAlert,
  createdAt: string,
  signal?: AbortSignal,
): Promise<void> {
  const key = alertKey(run.partition, index);
  await writeDocument(alerts, mailKey(key), JSON.stringify(alert), signal);
  const delivery: Delivery = { runId: run.runId, createdAt, state: 'pending', attempts: 0 };
  await alerts.commit([{ kind: 'insert', row: outboxRow(key, { ...envelopeOf(alert), ...delivery }) }], signal);
}

/** Row key of an alert in the outbox. */
export function alertKey(partition: string, index: number): string {
  return `${partition}.${String(index).padStart(5, '0')}`;
}

/** A row holds 32,000 characters, and 50 addresses are half of that. */
const SUBJECT_UNITS = 200;

export function envelopeOf({ id, channel, urgency, to, subject }: Envelope): Envelope {
  return { id, channel, urgency, to, subject: subject.slice(0, SUBJECT_UNITS) };
}

export function outboxRow(key: string, alert: Envelope & Delivery): Row {
  return toRow({ partitionKey: OUTBOX, rowKey: key }, alert, { state: alert.state, alertId: alert.id });
}

export function alertOf(row: StoredRow): Envelope & Delivery {
  return fromRow(row) as Envelope & Delivery;
}

/** Partition of the run that an alert belongs to. */
export function partitionOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

/** Where the mail itself stands. */
export function mailKey(key: string): Key {
  return { partitionKey: partitionOf(key), rowKey: key.slice(key.lastIndexOf('.') + 1) };
}
