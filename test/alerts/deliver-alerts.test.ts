import { deliverAlerts } from '../../src/alerts/deliver-alerts';
import { MailError, type Mailer, type MailState } from '../../src/alerts/mailer';
import type { Log } from '../../src/log';
import type { PendingAlert } from '../../src/storage/alerts';
import { memoryOutbox, type MemoryOutbox } from './memory-outbox';

const NOW = new Date('2026-11-22T02:15:00Z');
const ACCEPTED: MailState = { status: 'running' };

function anAlert(id: string, changes: Partial<PendingAlert> = {}): PendingAlert {
  const texts = { subject: `Subject of ${id}`, plainText: 'text', html: '<p>text</p>', attachments: [] };
  return { id, channel: 'mail', urgency: 'high', to: ['team@example.com'], ...texts, ...changes };
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
  return () => Promise.reject(new MailError(...problem));
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
    const mailer = aMailer({
      send: () => Promise.resolve({ status: 'failed', reason: 'AllSuppressed: nobody to send to' }),
    });
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

  it.each<MailState>([{ status: 'running' }, { status: 'succeeded' }])(
    'counts as sent when the service has it as $status, without sending it again',
    async (state) => {
      const outbox = tried();
      const mailer = aMailer({ stateOf: () => Promise.resolve(state) });
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
    const mailer = aMailer({ stateOf: () => Promise.resolve({ status: 'failed', reason: 'dropped' }) });
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

  it('is asked for after a crash during sending, once the claim has run out', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    const [alert] = await outbox.deliverable(NOW);
    const until = new Date(NOW.getTime() + 10 * 60_000);
    await outbox.claim(alert!, until);
    const mailer = aMailer({ stateOf: () => Promise.resolve({ status: 'succeeded' }) });
    expect(await deliver(outbox, mailer)).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(await deliver(outbox, mailer, { now: until })).toMatchObject({ sent: 1 });
    expect(mailer.calls).toEqual(['stateOf a']);
  });
});

describe('a mail that is not accepted', () => {
  it('waits as long as the service asks for', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    const mailer = aMailer({ send: fails('too many', 'throttled', { retryAfterMilliseconds: 3 * 3_600_000 }) });
    expect(await deliver(outbox, mailer)).toEqual({ sent: 0, deferred: 1, failed: 0 });
    expect(minutesAfterNow(outbox.row('a').notBefore)).toBe(180);
  });

  it.each([
    [0, 1],
    [1, 2],
    [4, 16],
    [8, 256],
    [9, 360],
    [5000, 360],
  ])('after %d tries waits %d minutes when the service does not say', async (attempts, minutes) => {
    const outbox = memoryOutbox(anAlert('a'));
    outbox.change('a', { attempts });
    await deliver(outbox, aMailer({ send: fails('no answer', 'unavailable') }));
    expect(minutesAfterNow(outbox.row('a').notBefore)).toBe(minutes);
  });

  it('waits an hour at least when a setting or role must be mended, and is kept', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    expect(await deliver(outbox, aMailer({ send: fails('DomainNotLinked', 'configuration') }))).toMatchObject({
      deferred: 1,
    });
    expect(outbox.row('a')).toMatchObject({ state: 'pending', lastError: 'DomainNotLinked' });
    expect(minutesAfterNow(outbox.row('a').notBefore)).toBe(60);
  });

  it('has failed for good when the service refuses this very mail', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    expect(await deliver(outbox, aMailer({ send: fails('no such address', 'refused') }))).toMatchObject({ failed: 1 });
    expect(outbox.row('a')).toMatchObject({ state: 'failed', lastError: 'no such address' });
  });

  it('is tried again after an error nobody foresaw', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    const mailer = aMailer({
      send: () => Promise.reject(new TypeError('surprise')),
    });
    expect(await deliver(outbox, mailer)).toMatchObject({ deferred: 1 });
    expect(outbox.row('a')).toMatchObject({ state: 'pending', lastError: 'surprise' });
  });
});

describe('several alerts', () => {
  it('are each delivered although one fails', async () => {
    const outbox = memoryOutbox(anAlert('a'), anAlert('b'), anAlert('c'));
    const mailer = aMailer({
      send: ({ id }) =>
        id === 'b' ? Promise.reject(new MailError('no answer', 'unavailable')) : Promise.resolve(ACCEPTED),
    });
    expect(await deliver(outbox, mailer)).toEqual({ sent: 2, deferred: 1, failed: 0 });
    expect(outbox.row('c').state).toBe('sent');
  });

  it('all wait, unsent, when the service has had too many', async () => {
    const outbox = memoryOutbox(anAlert('a'), anAlert('b'));
    const mailer = aMailer({ send: fails('too many', 'throttled', { retryAfterMilliseconds: 3_600_000 }) });
    expect(await deliver(outbox, mailer)).toEqual({ sent: 0, deferred: 2, failed: 0 });
    expect(mailer.calls).toEqual(['send a']);
    expect(minutesAfterNow(outbox.row('b').notBefore)).toBe(60);
  });

  it('are left to whoever claimed them first', async () => {
    const outbox = memoryOutbox(anAlert('a'), anAlert('b'));
    const mailer = aMailer();
    const claim = outbox.claim;
    const raced = {
      ...outbox,
      claim: async (...[alert, until]: Parameters<typeof claim>) => {
        if (alert.id === 'a') {
          outbox.change('a', { state: 'sending' });
        }
        return claim(alert, until);
      },
    };
    expect(await deliver(raced, mailer)).toEqual({ sent: 1, deferred: 0, failed: 0 });
    expect(mailer.calls).toEqual(['send b']);
  });

  it('are delivered although the outcome of one could not be stored, which is logged', async () => {
    const outbox = memoryOutbox(anAlert('a'), anAlert('b'));
    const log = aLog();
    const sent = outbox.sent;
    const failing = {
      ...outbox,
      sent: async (...[alert, at]: Parameters<typeof sent>) => {
        if (alert.id === 'a') {
          throw new Error('storage is gone');
        }
        await sent(alert, at);
      },
    };
    expect(await deliver(failing, aMailer(), { log })).toEqual({ sent: 1, deferred: 1, failed: 0 });
    expect(log.lines).toContainEqual(expect.stringMatching(/^error alert outcome not stored .*storage is gone/));
  });

  it('stay where they are when the host is stopping', async () => {
    const outbox = memoryOutbox(anAlert('a'));
    const mailer = aMailer();
    expect(await deliver(outbox, mailer, { signal: AbortSignal.abort() })).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(mailer.calls).toEqual([]);
    expect(outbox.row('a')).toMatchObject({ state: 'pending', attempts: 0 });
  });
});
