/**
 * An incoming webhook. Unlike the mail service a receiver keeps no account that could be asked, so that an alert whose
 * outcome nobody knows is posted again under the same `Idempotency-Key`; see docs/decisions/0015-alert-delivery.md.
 * The address is a secret: whoever has it may post. It is in no error and no log.
 */
import { createHmac } from 'node:crypto';
import { askedDelay } from '../inventory/azure/request-policies';
import { USER_AGENT } from '../inventory/azure/user-agent';
import type { DeliveryProblem, PendingAlert } from '../storage/alerts';
import { ChannelError, type Channel } from './channel';
import { multiLine, singleLine } from './safe-text';

export interface WebhookSettings {
  /** https. */
  readonly url: string;
  readonly format: 'teams' | 'slack' | 'json';
  /** Key of the signature; without it requests are not signed. */
  readonly secret: string | undefined;
}

const TIMEOUT_MILLISECONDS = 30_000;

/** UTF-16 units. A Teams message holds 28 kB, which three bytes a character and the card's own JSON stay within. */
const TEXT_LIMIT = 6_000;
const TITLE_LIMIT = 200;

/** @param now of the timestamp that is signed with the body */
export function createWebhook({ url, format, secret }: WebhookSettings, now: () => Date): Channel {
  return {
    async send(alert, signal) {
      const body = JSON.stringify(bodyOf(alert, format));
      const timestamp = String(Math.floor(now().getTime() / 1000));
      let response: Response;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'user-agent': USER_AGENT,
            'idempotency-key': alert.id,
            'x-timestamp': timestamp,
            ...(secret !== undefined && { 'x-signature': signatureOf(secret, timestamp, body) }),
          },
          body,
          // Another address is not the one that was trusted with this.
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
        });
        await response.body?.cancel();
      } catch (error) {
        // Without the error itself: what it holds may name the address.
        throw new ChannelError(`No answer from the webhook (${reasonOf(error)}).`, 'unavailable');
      }
      if (!response.ok) {
        throw refusalOf(response);
      }
      return { status: 'succeeded' };
    },

    stateOf: () => Promise.resolve({ status: 'unknown' }),
  };
}

/** `sha256=` and the HMAC-SHA256 of timestamp, a dot and the body, in hex. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

function bodyOf(alert: PendingAlert, format: WebhookSettings['format']): unknown {
  const subject = singleLine(alert.subject, TITLE_LIMIT);
  const text = multiLine(alert.plainText, TEXT_LIMIT);
  switch (format) {
    case 'teams':
      return teamsMessage(subject, text);
    case 'slack':
      return { text: `${forSlack(subject)}\n\n${forSlack(text)}`, mrkdwn: false };
    case 'json':
      return { id: alert.id, urgency: alert.urgency, subject, text };
  }
}

/** Text runs, as a text block would make links and pictures of the Markdown that a name may hold. */
function teamsMessage(subject: string, text: string): unknown {
  const block = (run: object) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', ...run }] });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [block({ text: subject, weight: 'Bolder', size: 'Medium' }), block({ text })],
        },
      },
    ],
  };
}

/** Slack makes mentions and links of what stands in angle brackets. https://api.slack.com/reference/surfaces/formatting */
function forSlack(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function refusalOf({ status, headers }: Response): ChannelError {
  const kind = kindOf(status);
  const advice =
    kind === 'configuration' ? ' Check ALERT_WEBHOOK_URL: it was withdrawn, or is not that of a webhook.' : '';
  return new ChannelError(`The webhook answered ${status}.${advice}`, kind, {
    retryAfterMilliseconds: askedDelay((name) => headers.get(name)),
  });
}

function kindOf(status: number): DeliveryProblem {
  if (status === 429) {
    return 'throttled';
  }
  if (status >= 500 || status === 408) {
    return 'unavailable';
  }
  return status < 400 || [401, 403, 404, 405, 410].includes(status) ? 'configuration' : 'refused';
}

/** A code such as ECONNREFUSED, or what kind of failure it was. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
