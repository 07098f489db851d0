import { toRow } from '../../src/storage/records';
import { countingRequests, dyingAt, justBefore, losingAnswerTo, onAzurite, type OpenedStorage } from './on-azurite';
import { anAlert, aReport, at, beginNight, night, publishNight, runIdOf } from './stored-things';

const azurite = onAzurite();

const read = ({ status }: OpenedStorage, minutes = 1) => status.read({ now: at(minutes), withAlerts: true });

async function settle({ alerts }: OpenedStorage, how: 'sent' | 'failed', minutes = 1): Promise<void> {
  const [alert] = await alerts.deliverable(at(minutes));
  const claimed = await alerts.claim(alert!, at(minutes + 10));
  await (how === 'sent'
    ? alerts.sent(claimed!, at(minutes))
    : alerts.failed(claimed!, 'no such box', 'recipients', at(minutes)));
}

describe('the status', () => {
  it('of nothing is nothing', async () => {
    const none = { report: undefined, latestComplete: undefined, lastRun: undefined };
    const counts = { pending: 0, sending: 0, sent: 0, failed: 0 };
    expect(await read(azurite.open('Nothing'))).toEqual({ ...none, alerts: { counts, failing: null } });
    await azurite.open('Nothing').status.noteAlerts(at(0));
    expect(await read(azurite.open('Nothing'))).toEqual({ ...none, alerts: { counts, failing: null } });
  });

  it('is the last report in short, the newest run and how alerts stand, in one read', async () => {
    const requests = countingRequests();
    const storage = azurite.open('OneRead', requests.policy);
    await publishNight(storage, 0, { overall: 'clean' });
    await settle(storage, 'failed');
    await storage.runs.fail(await beginNight(storage, 1), 'Graph is down', night(1));
    await storage.status.noteAlerts(at(1));
    const before = requests.all.length;
    expect(await read(storage)).toEqual({
      report: expect.objectContaining({ runId: runIdOf(0), overall: 'clean', totals: aReport('').totals }) as unknown,
      latestComplete: { runId: runIdOf(0), finishedAt: night(0).toISOString() },
      lastRun: expect.objectContaining({ runId: runIdOf(1), state: 'failed', message: 'Graph is down' }) as unknown,
      alerts: {
        counts: { pending: 0, sending: 0, sent: 0, failed: 1 },
        failing: { alerts: 1, reason: 'no such box', problem: 'recipients', isAnyGivenUp: true },
      },
    });
    expect(requests.all.length - before).toBe(1);
    expect(await storage.status.read({ now: at(9999), withAlerts: false })).toMatchObject({ alerts: undefined });
    expect(requests.all.length - before).toBe(2);
  });

  it('says nothing of where a run keeps what it wrote', async () => {
    const storage = azurite.open('Partition');
    await beginNight(storage, 0);
    expect((await read(storage)).lastRun).not.toHaveProperty('partition');
  });

  it('has the report itself where the version that published it kept no summary', async () => {
    const storage = azurite.open('OlderVersion');
    await publishNight(storage, 0);
    const key = { partitionKey: 'audit', rowKey: 'state' };
    const row = await storage.tables.runs.get(key);
    const { published, ...state } = JSON.parse(String(row?.['json'])) as { published: { summary?: unknown } };
    delete published.summary;
    await storage.tables.runs.put(toRow(key, { ...state, published }));
    expect((await read(storage)).report).toMatchObject({ runId: runIdOf(0), overall: 'attention' });
  });
});

describe('the note on alerts', () => {
  it.each([
    [0, 15, true],
    [0, 15.001, false],
    // Clocks differ: one that is far ahead must not make a note that lasts.
    [15, 0, true],
    [15.001, 0, false],
  ])('made at minute %d is believed at minute %d: %s; else the alerts are asked', async (made, asked, believed) => {
    const storage = azurite.open(`Believed${String(made).replace('.', 'x')}At${String(asked).replace('.', 'x')}`);
    await publishNight(storage, 0);
    await storage.status.noteAlerts(at(made));
    await settle(storage, 'sent');
    expect((await read(storage, asked)).alerts?.counts).toMatchObject(believed ? { pending: 1 } : { sent: 1 });
  });

  it('is made of the alerts as they are, whatever it was before', async () => {
    const storage = azurite.open('Anew');
    await publishNight(storage, 0, { alerts: [anAlert(), anAlert({ id: '00000000-0000-4000-8000-000000000002' })] });
    await storage.status.noteAlerts(at(0));
    await settle(storage, 'sent');
    await settle(storage, 'failed');
    await storage.status.noteAlerts(at(1));
    expect((await read(storage)).alerts?.counts).toEqual({ pending: 0, sending: 0, sent: 1, failed: 1 });
  });

  it.each([
    ['first', false],
    ['later', true],
  ])('a %s one that was made of older alerts never replaces one of newer ones', async (name, isThere) => {
    const other = azurite.open(`Race${name}`);
    await publishNight(other, 0);
    if (isThere) {
      await other.status.noteAlerts(at(0));
    }
    // What it read of the alerts is old by the time it writes.
    const slow = azurite.open(
      `Race${name}`,
      justBefore(0, async () => {
        await settle(other, 'sent');
        await other.status.noteAlerts(at(1));
      }),
    );
    await slow.status.noteAlerts(at(0));
    expect((await read(other)).alerts?.counts).toEqual({ pending: 0, sending: 0, sent: 1, failed: 0 });
  });

  it('has in it what changed before, whoever else makes one', async () => {
    await publishNight(azurite.open('Many'), 0, {
      alerts: [1, 2, 3, 4].map((number) => anAlert({ id: `00000000-0000-4000-8000-00000000000${number}` })),
    });
    const processes = [1, 2, 3, 4].map(() => azurite.open('Many'));
    const all = await processes[0]!.alerts.deliverable(at(0));
    await Promise.all(
      processes.map(async ({ alerts, status }, index) => {
        await alerts.sent((await alerts.claim(all[index]!, at(10)))!, at(1));
        await status.noteAlerts(at(1));
      }),
    );
    expect((await read(azurite.open('Many'))).alerts?.counts).toMatchObject({ sent: 4 });
  });

  it('is made though its answer gets lost', async () => {
    await publishNight(azurite.open('LostNote'), 0);
    await azurite.open('LostNote', losingAnswerTo(0)).status.noteAlerts(at(0));
    expect(await azurite.rows('LostNote', 'Runs')).toContainEqual(expect.objectContaining({ rowKey: 'standing' }));
  });

  it('is left to the next one by a process that dies', async () => {
    const storage = azurite.open('DiesNoting');
    await publishNight(storage, 0);
    await storage.status.noteAlerts(at(0));
    await settle(storage, 'sent');
    await expect(azurite.open('DiesNoting', dyingAt(0, 'before')).status.noteAlerts(at(1))).rejects.toThrow('died');
    expect((await read(storage)).alerts?.counts).toMatchObject({ pending: 1 });
    await storage.status.noteAlerts(at(2));
    expect((await read(storage)).alerts?.counts).toMatchObject({ pending: 0, sent: 1 });
  });

  it('costs as much however many alerts were sent, of however many runs', async () => {
    const requests = countingRequests();
    const storage = azurite.open('ManySent', requests.policy);
    const counted = async () => {
      const before = requests.all.length;
      await storage.status.noteAlerts(at(9999));
      return requests.all.length - before;
    };
    await publishNight(storage, 0);
    await settle(storage, 'sent');
    const one = await counted();
    for (const index of [1, 2, 3]) {
      await publishNight(storage, index);
      await settle(storage, 'sent', 9999);
    }
    expect(await counted()).toBe(one);
  });

  it('fits its row, whatever the service said', async () => {
    const storage = azurite.open('HostileNote');
    await publishNight(storage, 0);
    const [alert] = await storage.alerts.deliverable(at(0));
    const claimed = await storage.alerts.claim(alert!, at(10));
    await storage.alerts.failed(claimed!, '\ud83d\u0000"😀'.repeat(10_000), 'refused', at(1));
    await storage.status.noteAlerts(at(1));
    expect((await read(storage)).alerts?.failing).toMatchObject({ alerts: 1, problem: 'refused' });
  });
});
