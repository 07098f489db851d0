import type { WatchState } from '../../src/storage/watch';
import { dyingAt, losingAnswerTo, onAzurite } from './on-azurite';
import { anAlert, at, night, publishNight } from './stored-things';

const azurite = onAzurite();
const since = night(0).toISOString();
const told: WatchState = { firstSeenAt: since, outage: { since, lastToldAt: since, alerts: 1 } };
const unseen = { state: undefined, etag: undefined };
const alert = anAlert({ id: '00000000-0000-4000-8000-0000000000aa', subject: 'no audit' });
const alerts = (first = 0) => ({ since, first, alerts: [alert] });

it('stores what was told with its alerts, which are deliverable though no run was published', async () => {
  const { watch, alerts: outbox } = azurite.open('Told');
  expect(await watch.read()).toEqual(unseen);
  expect(await watch.write(unseen, told, alerts(), at(1))).toBe(true);
  expect((await watch.read()).state).toEqual(told);
  const [queued, ...others] = await outbox.deliverable(at(2));
  expect(others).toEqual([]);
  expect(await outbox.read(queued!)).toMatchObject({ ...alert, createdAt: at(1).toISOString() });
  const claimed = await outbox.claim(queued!, at(9));
  await outbox.failed(claimed!, 'nobody', 'refused', at(3));
  expect((await outbox.standing()).counts).toEqual({ pending: 0, sending: 0, sent: 0, failed: 1 });
  expect(await outbox.retry(alert.id)).toBe('failed');
  await outbox.sent((await outbox.deliverable(at(4)))[0]!, at(4));
  expect(await outbox.list('sent')).toMatchObject([{ id: alert.id }]);
});

it('gives way to whoever was quicker, and stores nothing then', async () => {
  const { watch, alerts: outbox } = azurite.open('Quick');
  expect(await watch.write(unseen, { firstSeenAt: since, outage: null }, null, at(0))).toBe(true);
  const read = await watch.read();
  expect(await watch.write(unseen, told, alerts(), at(1))).toBe(false);
  expect(await outbox.deliverable(at(9))).toEqual([]);
  expect(await watch.write(read, told, alerts(), at(1))).toBe(true);
  expect(await watch.write(read, told, alerts(1), at(1))).toBe(false);
  expect(await outbox.deliverable(at(9))).toHaveLength(1);
});

describe('a process that dies while it tells', () => {
  // One write for what the alert says, one for the alert and the state; the first may find no table, which takes two more.
  it.each([0, 1].flatMap((write) => (['before', 'after'] as const).map((death) => [death, write] as const)))(
    '%s write %i leaves both the note and the alert, or neither, and the next tells it once',
    async (death, write) => {
      const prefix = `Dies${death}${write}`;
      const storage = azurite.open(prefix);
      await storage.watch.write(unseen, { firstSeenAt: since, outage: null }, null, at(0));
      const dying = azurite.open(prefix, dyingAt(write, death)).watch;
      const before = await dying.read();
      await expect(dying.write(before, told, alerts(), at(1))).rejects.toThrow();
      const isTold = (await storage.watch.read()).state?.outage !== null;
      expect(await storage.alerts.deliverable(at(9))).toHaveLength(isTold ? 1 : 0);
      expect(isTold).toBe(death === 'after' && write === 1);
      if (!isTold) {
        expect(await storage.watch.write(await storage.watch.read(), told, alerts(), at(1))).toBe(true);
      }
      expect(await storage.alerts.deliverable(at(9))).toHaveLength(1);
    },
  );
});

it('stores an alert once where an answer gets lost', async () => {
  await azurite.open('Lost').watch.write(unseen, { firstSeenAt: since, outage: null }, null, at(0));
  const storage = azurite.open('Lost', losingAnswerTo(1));
  await storage.watch.write(await storage.watch.read(), told, alerts(), at(1));
  expect((await storage.watch.read()).state).toEqual(told);
  expect(await storage.alerts.deliverable(at(9))).toHaveLength(1);
});

it('retention removes what was delivered, mail and all, and keeps what was not', async () => {
  const storage = azurite.open('Kept');
  await publishNight(storage, 0, { alerts: [] });
  const other = anAlert({ id: '00000000-0000-4000-8000-0000000000bb', subject: 'later' });
  await storage.watch.write(unseen, told, { since, first: 0, alerts: [alert, other] }, at(1));
  const [delivered] = await storage.alerts.deliverable(at(2));
  await storage.alerts.sent(delivered!, at(2));
  await storage.reports.removeOlderThan(at(1));
  expect(await storage.alerts.list('sent')).toHaveLength(1);
  await storage.reports.removeOlderThan(night(99));
  expect((await storage.alerts.standing()).counts).toEqual({ pending: 1, sending: 0, sent: 0, failed: 0 });
  const [left] = await storage.alerts.deliverable(night(99));
  expect(await storage.alerts.read(left!)).toMatchObject({ subject: 'later' });
  const keys = (await azurite.rows('Kept', 'Alerts')).map((row) => row['rowKey']);
  expect(keys.sort()).toEqual(['00001', `watch.20260101T000000Z.00001`, 'watcher']);
  expect((await storage.watch.read()).state).toEqual(told);
});
