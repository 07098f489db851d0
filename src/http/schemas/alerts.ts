import * as z from 'zod';
import type { describeAlert } from '../../functions/alerts';
import { ALERT_STATES } from '../../storage/outbox';
import { describes } from './agreement';
import { count, instant, severity } from './fields';
import { named } from './named';

const state = z.enum(ALERT_STATES);

const alert = describes<ReturnType<typeof describeAlert>>()(
  z.object({
    id: z.string(),
    channel: z.enum(['mail', 'webhook']),
    urgency: severity,
    to: z.array(z.string()).describe('Mail addresses; empty for a webhook.'),
    subject: z.string(),
    runId: z.string(),
    createdAt: instant,
    state,
    attempts: count,
    notBefore: instant.nullable(),
    sentAt: instant.nullable(),
    failedAt: instant.nullable(),
    lastError: z.string().nullable(),
  }),
);

export const alerts = named(
  'Alerts',
  z.object({ state, count: count.describe('Of all; the latest thousand are listed.'), alerts: z.array(alert) }),
);

export const retriedAlert = named('RetriedAlert', z.object({ id: z.string(), state: z.literal('pending') }));
