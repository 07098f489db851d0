import type { QueuedAlert, StoredAlert } from '../../src/storage/alerts';
import { writeDocument } from '../../src/storage/documents';
import { onAzurite, type OpenedStorage } from './on-azurite';
import { anAlert, aReport, at, beginNight, publishNight, runIdOf } from './stored-things';

const azurite = onAzurite();

/** Storage with the alerts of one published run. */
async function withAlerts(prefix: string, ...subjects: readonly string[]): Promise<OpenedStorage> {
  const storage = azurite.open(prefix);
  await publishNight(storage, 0, { alerts: subjects.map((subject) => anAlert({ subject })) });
  return storage;
}

async function only(storage: OpenedStorage, minute: number): Promise<QueuedAlert> {
  const [alert, ...others] = await storage.alerts.deliverable(at(minute));
  if (alert === undefined || others.length > 0) {
    throw new Error(`expected one deliverable alert at minute ${minute}`);
  }
  return alert;
}

async function claimed(storage: OpenedStorage, minute: number): Promise<StoredAlert> {
  const alert = await storage.alerts.claim(await only(storage, minute), at(minute + 10));
  if (alert === undefined) {
    throw new Error('somebody else was quicker');
  }
  return alert;
}

describe('an alert', () => {
  it('is deliverable as it was planned', async () => {
    const storage = await withAlerts('Planned', 'hello');
    expect(await storage.alerts.read(await only(storage, 0))).toEqual({
      ...anAlert({ subject: 'hello' }),
      runId: runIdOf(0),
      createdAt: at(0).toISOString(),
      state: 'pending',
      attempts: 0,
      key: expect.stringContaining(runIdOf(0)) as unknown,
      etag: expect.any(String) as unknown,
    });
  });

  it('comes after older ones, and in the order of its run', async () => {
    const storage = await withAlerts('Order', ...Array.from({ length: 12 }, (_, index) => `first ${index}`));
    await publishNight(storage, 1, { alerts: [anAlert({ subject: 'second' })] });
    const subjects = (await storage.alerts.deliverable(at(9999))).map(({ subject }) => subject);
    expect(subjects).toEqual([...Array.from({ length: 12 }, (_, index) => `first ${index}`), 'second']);
  });

  it('keeps a body of any size and any characters', async () => {
    const storage = azurite.open('Body');
    const html = `<p>😀\ud83d\r\n\u0000${'é'.repeat(700_000)}</p>`;
    await publishNight(storage, 0, { alerts: [anAlert({ html, plainText: '\ude00'.repeat(100_000) })] });
    const alert = await claimed(storage, 0);
    expect(alert.html === html).toBe(true);
    expect(alert.plainText === '\ude00'.repeat(100_000)).toBe(true);
  });

  it('of a run that is not published is nobody’s business', async () => {
    const storage = azurite.open('Unpublished');
    const lease = await beginNight(storage, 0);
    const { partition } = lease.run;
    await writeDocument(storage.tables.alerts, { partitionKey: partition, rowKey: '00000' }, '{}');
    await storage.tables.alerts.put({
      partitionKey: 'outbox',
      rowKey: `${partition}.00000`,
      state: 'pending',
      json: JSON.stringify({ ...anAlert(), runId: runIdOf(0), state: 'pending', attempts: 0 }),
    });
    expect(await storage.alerts.deliverable(at(1))).toEqual([]);
    expect((await storage.alerts.standing()).counts).toEqual({ pending: 0, sending: 0, sent: 0, failed: 0 });
    await storage.reports.publish(lease, { report: aReport(runIdOf(0)), unconfirmed: [], alerts: [] });
    expect(await storage.alerts.deliverable(at(1))).toHaveLength(1);
  });

  it('is one of at most 100 at a time, the oldest', async () => {
    const subjects = Array.from({ length: 103 }, (_, index) => `alert ${index}`);
    const storage = await withAlerts('Many', ...subjects);
    const deliverable = await storage.alerts.deliverable(at(0));
    expect(deliverable.map(({ subject }) => subject)).toEqual(subjects.slice(0, 100));
  });
});

describe('a claim', () => {
  it('goes to one of many who ask at the same time', async () => {
    const storage = await withAlerts('Race', 'hello');
    const processes = [0, 1, 2, 3, 4].map(() => azurite.open('Race'));
    const read = await Promise.all(processes.map((process) => only(process, 0)));
    const claims = await Promise.all(read.map(async (alert, index) => processes[index]?.alerts.claim(alert, at(10))));
    expect(claims.filter((claim) => claim !== undefined)).toMatchObject([{ state: 'sending', attempts: 1 }]);
    expect(await storage.alerts.deliverable(at(9))).toEqual([]);
  });

  it('keeps the alert from others until it runs out', async () => {
    const storage = await withAlerts('Expiring', 'hello');
    await claimed(storage, 0);
    expect(await storage.alerts.deliverable(at(9))).toEqual([]);
    expect(await only(storage, 10)).toMatchObject({ state: 'sending', attempts: 1 });
    expect(await claimed(storage, 10)).toMatchObject({ state: 'sending', attempts: 2 });
  });
});

describe('a claimed alert', () => {
  it('that was sent stays sent', async () => {
    const storage = await withAlerts('Sent', 'hello');
    await storage.alerts.sent(await claimed(storage, 0), at(1));
    expect(await storage.alerts.deliverable(at(9999))).toEqual([]);
    expect((await storage.alerts.standing()).counts).toEqual({ pending: 0, sending: 0, sent: 1, failed: 0 });
  });

  it('that was sent is sent, even if somebody else has claimed it since', async () => {
    const storage = await withAlerts('SentLate', 'hello');
    const slow = await claimed(storage, 0);
    const quick = await claimed(storage, 10);
    await storage.alerts.sent(slow, at(11));
    await storage.alerts.retryLater(quick, at(20), 'no answer', 'unavailable');
    await storage.alerts.failed(quick, 'no answer', 'refused', at(20));
    expect(await storage.alerts.deliverable(at(9999))).toEqual([]);
    expect((await storage.alerts.standing()).counts).toMatchObject({ sent: 1, pending: 0, failed: 0 });
  });

  it('that is to be retried later is not deliverable before', async () => {
    const storage = await withAlerts('Later', 'hello');
    await storage.alerts.retryLater(await claimed(storage, 0), at(30), 'too many mails', 'unavailable');
    expect(await storage.alerts.deliverable(at(29))).toEqual([]);
    expect(await only(storage, 30)).toMatchObject({
      state: 'pending',
      attempts: 1,
      notBefore: at(30).toISOString(),
      lastError: 'too many mails',
    });
    expect((await storage.alerts.standing()).counts).toMatchObject({ pending: 1, sending: 0 });
  });

  it('that another has claimed since is not taken from it', async () => {
    const storage = await withAlerts('Overtaken', 'hello');
    const slow = await claimed(storage, 0);
    await claimed(storage, 10);
    await storage.alerts.retryLater(slow, at(11), 'no answer', 'unavailable');
    await storage.alerts.failed(slow, 'no answer', 'refused', at(11));
    expect(await storage.alerts.deliverable(at(12))).toEqual([]);
    expect((await storage.alerts.standing()).counts).toMatchObject({ sending: 1, pending: 0, failed: 0 });
  });

  it('that failed for good is never tried again, and says why', async () => {
    const storage = await withAlerts('Failed', 'hello');
    await storage.alerts.failed(await claimed(storage, 0), '\ud83d sender unknown\r\n'.repeat(1000), 'refused', at(1));
    expect(await storage.alerts.deliverable(at(9999))).toEqual([]);
    expect((await storage.alerts.standing()).counts).toEqual({ pending: 0, sending: 0, sent: 0, failed: 1 });
    expect(await azurite.rows('Failed', 'Alerts')).toContainEqual(
      expect.objectContaining({ state: 'failed', json: expect.stringContaining('sender unknown') as unknown }),
    );
  });
});

describe('the most urgent', () => {
  it('goes first, then the oldest', async () => {
    const storage = azurite.open('Urgent');
    const alerts = (['low', 'critical', 'medium'] as const).map((urgency) => anAlert({ urgency, subject: urgency }));
    await publishNight(storage, 0, { alerts });
    await publishNight(storage, 1, { alerts: [anAlert({ urgency: 'critical', subject: 'later' })] });
    const deliverable = await storage.alerts.deliverable(at(9999));
    expect(deliverable.map(({ subject }) => subject)).toEqual(['critical', 'later', 'medium', 'low']);
  });
});

describe('the right to send', () => {
  const limits = { perMinute: 2, perHour: 3 };
  const after = (seconds: number) => new Date(at(0).getTime() + seconds * 1000);

  it('is given so often a minute and so often an hour, to all processes and after a restart', async () => {
    const [one, other] = [azurite.open('Rate').alerts, azurite.open('Rate').alerts];
    expect(await one.reserveSend('mail', after(0), limits)).toBeUndefined();
    expect(await other.reserveSend('mail', after(10), limits)).toBeUndefined();
    expect(await one.reserveSend('mail', after(11), limits)).toEqual(after(65));
    expect(await azurite.open('Rate').alerts.reserveSend('mail', after(65), limits)).toBeUndefined();
    expect(await one.reserveSend('mail', after(200), limits)).toEqual(after(3605));
    expect(await other.reserveSend('mail', after(3605), limits)).toBeUndefined();
  });

  it('is given to no more than the limit of many who ask at the same time', async () => {
    const asking = Array.from({ length: 6 }, () => azurite.open('RateRace').alerts);
    const answers = await Promise.all(asking.map((alerts) => alerts.reserveSend('mail', at(0), limits)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(2);
  });

  it('is nobody’s while the service wants to be left alone, and each channel has its own', async () => {
    const { alerts } = azurite.open('Quiet');
    await alerts.holdBack('mail', at(30));
    await alerts.holdBack('mail', at(20));
    expect(await azurite.open('Quiet').alerts.reserveSend('mail', at(29), limits)).toEqual(at(30));
    expect(await alerts.reserveSend('webhook', at(29), limits)).toBeUndefined();
    expect(await alerts.reserveSend('mail', at(30), limits)).toBeUndefined();
  });

  it('that was given for nothing leaves the alert as untried as it was', async () => {
    const storage = await withAlerts('PutBack', 'hello');
    await storage.alerts.putBack(await claimed(storage, 0), at(5));
    expect(await storage.alerts.deliverable(at(4))).toEqual([]);
    expect(await only(storage, 5)).toMatchObject({ state: 'pending', attempts: 0 });
  });
});

describe('a dead letter', () => {
  const { id } = anAlert();

  it('is listed, is trouble, and is sent anew under another operation when somebody asks', async () => {
    const storage = await withAlerts('Dead', 'hello');
    await storage.alerts.failed(await claimed(storage, 0), 'no such box', 'recipients', at(1));
    expect(await storage.alerts.list('failed')).toMatchObject([{ id, subject: 'hello', lastError: 'no such box' }]);
    expect(await storage.alerts.failing()).toMatchObject([{ id, failedAt: at(1).toISOString() }]);
    expect((await storage.alerts.standing()).failing).toEqual({
      alerts: 1,
      reason: 'no such box',
      problem: 'recipients',
      isAnyGivenUp: true,
    });
    expect(await storage.alerts.retry(id)).toBe('failed');
    expect(await only(storage, 1)).toMatchObject({
      attempts: 0,
      operationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
    expect(await storage.alerts.failing()).toEqual([]);
    expect((await storage.alerts.standing()).failing).toBeNull();
    expect(await storage.alerts.retry(id)).toBe('pending');
    expect(await storage.alerts.retry('00000000-0000-4000-8000-00000000dead')).toBeUndefined();
  });

  it('of the last mail to an address makes it unreachable until one arrives', async () => {
    const storage = azurite.open('Unreachable');
    const mail = (subject: string, to: readonly string[]) => anAlert({ subject, to });
    await publishNight(storage, 0, {
      alerts: [mail('dropped', ['Gone@example.com', 'b@example.com']), mail('too large', ['c@example.com'])],
    });
    const [dropped, tooLarge] = await storage.alerts.deliverable(at(0));
    expect(await storage.alerts.unreachable()).toEqual(new Set());
    await storage.alerts.failed(dropped!, 'suppressed', 'recipients', at(1));
    await storage.alerts.failed(tooLarge!, 'too large', 'refused', at(1));
    expect(await storage.alerts.unreachable()).toEqual(new Set(['gone@example.com', 'b@example.com']));
    await publishNight(storage, 1, { alerts: [mail('arrived', ['B@example.com'])] });
    await storage.alerts.sent(await only(storage, 2000), at(2000));
    expect(await storage.alerts.unreachable()).toEqual(new Set(['gone@example.com']));
  });
});

describe('trouble', () => {
  it.each([
    ['a setting that must be mended', 'configuration', 1, true],
    ['a service that did not answer once', 'unavailable', 1, false],
    ['a service that did not answer three times', 'unavailable', 3, true],
    ['a limit', 'throttled', 9, false],
  ] as const)('is not everything: %s', async (_, problem, attempts, isTrouble) => {
    const storage = await withAlerts(`Trouble${problem}${attempts}`, 'hello');
    await storage.alerts.retryLater({ ...(await claimed(storage, 0)), attempts }, at(5), 'why', problem);
    expect(await storage.alerts.failing()).toHaveLength(isTrouble ? 1 : 0);
    const trouble = { alerts: 1, reason: 'why', problem, isAnyGivenUp: false };
    expect((await storage.alerts.standing()).failing).toEqual(isTrouble ? trouble : null);
  });
});
