import { deliverAlerts } from '../../src/alerts/deliver-alerts';
import { MailError, type Mailer, type MailState } from '../../src/alerts/mailer';
import type { Log } from '../../src/log';
import type { PendingAlert } from '../../src/storage/alerts';
import { memoryOutbox, type MemoryOutbox } from './memory-outbox';

const NOW = new Date('2026-11-22T02:15:00Z');
const ACCEPTED: MailState = { status: 'running' };

function anAlert(id: string): PendingAlert {
  return { id, to: ['team@example.com'], subject: `Subject of ${id}`, plainText: 'text', html: '<p>text</p>' };
}

/** A mail service that does as told and remembers what it was asked. */
function aMailer(behaviour: Partial<Mailer> = {}): Mailer & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    send: async (alert, signal) => {
      calls.push(`send ${alert.id}`);
      return behaviour.send === undefined ? ACCEPTED : behaviour.send(alert, signal);
    },
    stateOf: async (id, signal) => {
      calls.push(`stateOf ${id}`);
      return behaviour.stateOf === undefined ? { status: 'unknown' } : behaviour.stateOf(id, signal);
    },
  };
}

function aLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (event: string, fields: Readonly<Record<string, unknown>>) => {
    lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
  };
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}

function deliver(outbox: MemoryOutbox, mailer: Mailer, options: { now?: Date; signal?: AbortSignal; log?: Log } = {}) {
  return deliverAlerts({
    outbox,
    mailer,
    now: () => options.now ?? NOW,
    log: options.log ?? aLog(),
    signal: options.signal ?? new AbortController().signal,
  });
}

function fails(...problem: ConstructorParameters<typeof MailError>): () => Promise<never> {
  return async () => {
    throw new MailError(...problem);
  };
}

function minutesAfterNow(iso: string | undefined): number {
  return (new Date(iso ?? NaN).getTime() - NOW.getTime()) / 60_000;
}

describe('an accepted mail', () => {
  it('is sent once and never asked for', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    const mailer = aMailer();
    expect(await deliver(outbox, mailer)).toEqual({ sent: 1, deferred: 0, failed: 0 });
    expect(await deliver(outbox, mailer)).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(mailer.calls).toEqual(['send a']);
    expect(outbox.row('a')).toMatchObject({ state: 'sent', sentAt: NOW.toISOString() });
  });

  it('has failed when the service drops it', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    const log = aLog();
    const mailer = aMailer({ send: async () => ({ status: 'failed', reason: 'AllSuppressed: nobody to send to' }) });
    expect(await deliver(outbox, mailer, { log })).toEqual({ sent: 0, deferred: 0, failed: 1 });
    expect(outbox.row('a')).toMatchObject({ state: 'failed', lastError: 'AllSuppressed: nobody to send to' });
    expect(log.lines).toEqual([expect.stringMatching(/^error .*AllSuppressed/)]);
  });
});

describe('an alert that was tried before', () => {
  const tried = () => {
    const outbox = memoryOutbox(anAlert('a'));
    outbox.change('a', { attempts: 1 });
    return outbox;
  };

  it.each<MailState['status']>(['running', 'succeeded'])(
    'counts as sent when the service has it as %s, without sending it again',
    async (status) => {
      const outbox = tried();
      const mailer = aMailer({ stateOf: async () => ({ status }) as MailState });
      expect(await deliver(outbox, mailer)).toMatchObject({ sent: 1 });
      expect(mailer.calls).toEqual(['stateOf a']);
      expect(outbox.row('a').state).toBe('sent');
    },
  );

  it('is sent when the service never heard of it', async () => {
    const mailer = aMailer();
    expect(await deliver(tried(), mailer)).toMatchObject({ sent: 1 });
    expect(mailer.calls).toEqual(['stateOf a', 'send a']);
  });

  it('has failed when the service dropped it meanwhile', async () => {
    const mailer = aMailer({ stateOf: async () => ({ status: 'failed', reason: 'dropped' }) });
    expect(await deliver(tried(), mailer)).toMatchObject({ failed: 1 });
    expect(mailer.calls).toEqual(['stateOf a']);
  });

  it('is not sent while the service cannot be asked', async () => {
    const outbox = tried();
    const mailer = aMailer({ stateOf: fails('no answer', 'unavailable') });
    expect(await deliver(outbox, mailer)).toMatchObject({ deferred: 1 });
    expect(mailer.calls).toEqual(['stateOf a']);
    expect(outbox.row('a').state).toBe('pending');
  });

  it('is asked for after a crash during sending, as soon as the claim has run out', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    await deliver(outbox, aMailer({ send: () => new Promise(() => undefined) }), {}).constructor;
    const [alert] = await outbox.deliverable(NOW);
    await outbox.claim(alert!, new Date(NOW.getTime() + 600_000));
  });
});
