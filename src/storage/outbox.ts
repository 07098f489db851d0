/** The rows of the outbox. What an alert says is immutable and stands apart, in a partition of its run. */
import { odata } from '@azure/data-tables';
import type { Severity } from '../audit/finding';
import { writeDocument } from './documents';
import { fromRow, toRow } from './records';
import type { Key, Row, StoredRow, Table } from './table';

/** What is to be told, through one channel. */
export interface PendingAlert {
  /** UUID; the mail service and receivers of webhooks know the alert by it too. */
  readonly id: string;
  readonly channel: 'mail' | 'webhook';
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

export type AlertState = 'pending' | 'sending' | 'sent' | 'failed';

/** What became of an alert so far. Times are ISO 8601. */
export interface Delivery {
  readonly runId: string;
  readonly createdAt: string;
  readonly state: AlertState;
  /** How often it was claimed. */
  readonly attempts: number;
  /** Not to be tried before. Set for `pending`. */
  readonly notBefore?: string | undefined;
  /** From then on another may claim it. Set for `sending`. */
  readonly claimedUntil?: string | undefined;
  readonly sentAt?: string | undefined;
  readonly lastError?: string | undefined;
}

export const OUTBOX = 'outbox';

/** Filter for what is not delivered yet, published or not. */
export const UNDELIVERED = odata`PartitionKey eq ${OUTBOX} and (state eq 'pending' or state eq 'sending')`;
export const ALL_ALERTS = odata`PartitionKey eq ${OUTBOX}`;

/** Stores an alert of a run that is about to be published. Repeated, it leaves the first as it is. */
export async function insertAlert(
  alerts: Table,
  run: { readonly runId: string; readonly partition: string },
  index: number,
  alert: PendingAlert,
  createdAt: string,
  signal?: AbortSignal,
): Promise<void> {
  const key = `${run.partition}.${String(index).padStart(5, '0')}`;
  await writeDocument(alerts, mailKey(key), [JSON.stringify(alert)], signal);
  const delivery: Delivery = { runId: run.runId, createdAt, state: 'pending', attempts: 0 };
  await alerts.commit([{ kind: 'insert', row: deliveryRow(key, delivery) }], signal);
}

export function deliveryRow(key: string, delivery: Delivery): Row {
  return toRow({ partitionKey: OUTBOX, rowKey: key }, delivery, { state: delivery.state });
}

export function deliveryOf(row: StoredRow): Delivery {
  return fromRow(row) as Delivery;
}

/** Partition of the run that an alert belongs to. */
export function partitionOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

/** Where the mail itself stands. */
export function mailKey(key: string): Key {
  return { partitionKey: partitionOf(key), rowKey: key.slice(key.lastIndexOf('.') + 1) };
}
