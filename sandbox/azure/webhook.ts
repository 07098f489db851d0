import { randomUUID } from 'node:crypto';
import type { Call, Service, Tenant } from './service';

/** What a receiver got, once for each `Idempotency-Key`. */
export interface ReceivedAlert {
  readonly id: string;
  readonly at: string;
  readonly timestamp: string | null;
  readonly signature: string | null;
  readonly body: unknown;
  /** How often the same key came again. */
  readonly repeated: number;
}

/** By idempotency key, in the order they came. */
export type WebhookBox = Map<string, ReceivedAlert>;

/** An incoming webhook as Teams, Slack or a receiver of one's own has it: `POST` to any path, without a token. */
export function createWebhookReceiver({ clock }: Tenant, box: WebhookBox): Service {
  const headerOf = ({ headers }: Call, name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    audiences: [],
    constant: false,
    error: (code, message) => ({ error: { code, message } }),
    headers: () => ({}),
    unauthorized: () => ({ status: 401 }),
    handle(call) {
      if (call.method !== 'POST') return undefined;
      const id = headerOf(call, 'idempotency-key') ?? randomUUID();
      const known = box.get(id);
      box.set(id, {
        id,
        at: clock().toISOString(),
        timestamp: headerOf(call, 'x-timestamp'),
        signature: headerOf(call, 'x-signature'),
        body: call.body,
        repeated: known === undefined ? 0 : known.repeated + 1,
      });
      return { status: 202, body: {} };
    },
  };
}
