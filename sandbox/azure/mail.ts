import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Outbox, SentMail } from './outbox';
import type { Answer, Call, Service, Tenant } from './service';

const addresses = z.array(z.object({ address: z.email(), displayName: z.string().optional() }));

const message = z.object({
  senderAddress: z.email(),
  content: z
    .object({ subject: z.string().min(1), plainText: z.string().optional(), html: z.string().optional() })
    .refine(({ plainText, html }) => plainText !== undefined || html !== undefined, {
      error: 'Either plainText or html is required.',
    }),
  recipients: z.object({ to: addresses.default([]), cc: addresses.default([]), bcc: addresses.default([]) }),
  replyTo: addresses.optional(),
  attachments: z
    .array(
      z.object({
        name: z.string(),
        contentType: z.string(),
        contentInBase64: z.base64(),
        contentId: z.string().optional(),
      }),
    )
    .default([]),
  headers: z.record(z.string(), z.string()).optional(),
  userEngagementTrackingDisabled: z.boolean().optional(),
});

const MOST_RECIPIENTS = 50;
const MOST_BYTES = 10 * 1024 * 1024;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Azure Communication Services Email: https://learn.microsoft.com/rest/api/communication/email. A mail is accepted as
 * Running, read once as Running, then as Succeeded, or as Failed where all its recipients are suppressed.
 */
export function createMail({ scenario, address, clock }: Tenant, outbox: Outbox): Service {
  const { sender, linkedDomains, suppressed, sendsPerMinute, sendsPerHour } = scenario.mail;
  const { statusReadsPerMinute, statusReadsPerHour } = scenario.mail;
  const domains = linkedDomains ?? [domainOf(sender)];
  const sends = createLimit({ perMinute: sendsPerMinute, perHour: sendsPerHour }, clock);
  const statusReads = createLimit({ perMinute: statusReadsPerMinute, perHour: statusReadsPerHour }, clock);
  const readAsRunning = new Set<string>();

  const error = (code: string, text: string): unknown => ({ error: { code, message: text } });
  const refuse = (status: number, code: string, text: string, headers: Record<string, string> = {}): Answer => ({
    status,
    headers: { 'x-ms-error-code': code, ...headers },
    body: error(code, text),
  });
  const tooMany = (waitMilliseconds: number): Answer => {
    const seconds = scenario.mail.retryAfterSeconds ?? Math.ceil(waitMilliseconds / 1000);
    return refuse(429, 'TooManyRequests', 'Sending limit of the subscription reached.', {
      'retry-after': String(seconds),
    });
  };

  const accepted = (operationId: string, version: string): Answer => ({
    status: 202,
    headers: {
      'operation-location': `${address}/mail/emails/operations/${operationId}?api-version=${version}`,
      'retry-after': '1',
    },
    body: { id: operationId, status: 'Running' },
  });

  const send = (call: Call): Answer => {
    const version = call.query.get('api-version');
    if (!version) return refuse(400, 'MissingApiVersion', 'The api-version is missing.');
    const wait = sends();
    if (wait > 0) return tooMany(wait);
    const operationId = headerOf(call, 'operation-id') ?? randomUUID();
    if (!z.guid().safeParse(operationId).success) {
      return refuse(400, 'InvalidOperationId', `The operation id '${operationId}' is not a UUID.`);
    }
    const repeated = outbox.get(operationId);
    if (repeated) {
      outbox.set(operationId, { ...repeated, repeated: repeated.repeated + 1 });
      return accepted(operationId, version);
    }
    if (Number(headerOf(call, 'content-length') ?? 0) > MOST_BYTES) {
      return refuse(413, 'RequestBodyTooLarge', `The request is larger than ${MOST_BYTES} bytes.`);
    }
    const parsed = message.safeParse(call.body);
    if (!parsed.success) return refuse(400, 'BadRequest', z.prettifyError(parsed.error));
    const mail = parsed.data;
    if (!domains.includes(domainOf(mail.senderAddress))) {
      return refuse(404, 'DomainNotLinked', 'The specified sender domain has not been linked.');
    }
    const [to, cc, bcc] = [mail.recipients.to, mail.recipients.cc, mail.recipients.bcc].map((list) =>
      list.map((each) => each.address),
    ) as [string[], string[], string[]];
    const recipients = [...to, ...cc, ...bcc];
    if (recipients.length === 0 || recipients.length > MOST_RECIPIENTS) {
      return refuse(400, 'BadRequest', `A mail has 1 to ${MOST_RECIPIENTS} recipients, this one ${recipients.length}.`);
    }
    outbox.set(operationId, {
      operationId,
      at: clock().toISOString(),
      from: mail.senderAddress,
      to,
      cc,
      bcc,
      subject: mail.content.subject,
      plainText: mail.content.plainText ?? null,
      html: mail.content.html ?? null,
      attachments: mail.attachments.map(({ name, contentType, contentInBase64 }) => ({
        name,
        contentType,
        bytes: Buffer.from(contentInBase64, 'base64').length,
        text: contentType.startsWith('text/') ? Buffer.from(contentInBase64, 'base64').toString() : null,
      })),
      status: 'Running',
      repeated: 0,
    });
    return accepted(operationId, version);
  };

  const readStatus = (id: string): Answer => {
    const wait = statusReads();
    if (wait > 0) return tooMany(wait);
    const mail = outbox.get(id);
    if (!mail) return refuse(404, 'OperationNotFound', `There is no operation '${id}'.`);
    if (!readAsRunning.has(id) && mail.status === 'Running') {
      readAsRunning.add(id);
      return { status: 200, headers: { 'retry-after': '1' }, body: { id, status: 'Running' } };
    }
    const status = finalStatus(mail, suppressed);
    outbox.set(id, { ...mail, status });
    return {
      status: 200,
      body: {
        id,
        status,
        ...(status === 'Failed' && {
          error: {
            code: 'EmailDroppedAllRecipientsSuppressed',
            message: 'Message dropped because all recipients were suppressed.',
          },
        }),
      },
    };
  };

  return {
    audiences: ['https://communication.azure.com', 'https://communication.azure.com/'],
    constant: false,
    error,
    headers: () => ({ 'x-ms-client-request-id': randomUUID() }),
    unauthorized: () => refuse(401, 'Denied', 'Denied by the resource provider.'),
    handle(call) {
      if (call.method === 'POST' && call.path === '/emails:send') return send(call);
      const id = call.method === 'GET' ? /^\/emails\/operations\/([^/]+)$/.exec(call.path)?.[1] : undefined;
      return id === undefined ? undefined : readStatus(id);
    },
  };
}

function finalStatus({ to, cc, bcc }: SentMail, suppressed: readonly string[]): 'Succeeded' | 'Failed' {
  return [...to, ...cc, ...bcc].every((recipient) => suppressed.includes(recipient)) ? 'Failed' : 'Succeeded';
}

/** Counts calls of the last hour; each call returns how long to wait, 0 where it is within the limits. */
function createLimit(
  limits: { readonly perMinute: number | undefined; readonly perHour: number | undefined },
  clock: () => Date,
): () => number {
  const times: number[] = [];
  return () => {
    const now = clock().getTime();
    while (times[0] !== undefined && times[0] <= now - HOUR) times.shift();
    const waitFor = (limit: number | undefined, window: number): number =>
      limit === undefined ? 0 : (times.at(-limit) ?? -Infinity) + window - now;
    const wait = Math.max(waitFor(limits.perMinute, MINUTE), waitFor(limits.perHour, HOUR));
    if (wait > 0) return wait;
    times.push(now);
    return 0;
  };
}

function domainOf(mailAddress: string): string {
  return mailAddress.slice(mailAddress.indexOf('@') + 1).toLowerCase();
}

function headerOf({ headers }: Call, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
