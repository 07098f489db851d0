import { RunFinishedError, RunInProgressError } from '../../src/storage/errors';
import { losingAnswerTo, onAzurite, type OpenedStorage } from './on-azurite';
import { anAlert, aReport, at, beginNight, night, publishNight, runIdOf } from './stored-things';

const azurite = onAzurite();

const begin = ({ runs }: OpenedStorage, runId: string, minute: number) =>
  runs.begin({ runId, trigger: 'request', now: at(minute), expiresAt: at(minute + 60) });

const minute = (index: number): string => at(index).toISOString();

describe('a run', () => {
  it('that begins is running, and is the last one', async () => {
    const storage = azurite.open('Begins');
    await begin(storage, runIdOf(0), 1);
    const record = {
      runId: runIdOf(0),
      trigger: 'request',
      state: 'running',
      startedAt: minute(1),
      expiresAt: minute(61),
    };
    expect(await storage.runs.get(runIdOf(0))).toEqual(record);
    expect(await storage.runs.last()).toEqual(record);
  });

  it('that was asked for is known before it begins, and keeps when that was', async () => {
    const storage = azurite.open('Requested');
    await storage.runs.request(runIdOf(0), at(0));
    expect(await storage.runs.get(runIdOf(0))).toEqual({
      runId: runIdOf(0),
      trigger: 'request',
      state: 'requested',
      requestedAt: minute(0),
    });
    expect(await storage.runs.last()).toBeUndefined();
    await begin(storage, runIdOf(0), 1);
    expect(await storage.runs.get(runIdOf(0))).toMatchObject({ state: 'running', requestedAt: minute(0) });
  });

  it('that is asked for again while it runs goes on running', async () => {
    const storage = azurite.open('RequestedTwice');
    await begin(storage, runIdOf(0), 1);
    await storage.runs.request(runIdOf(0), at(2));
    expect(await storage.runs.get(runIdOf(0))).toMatchObject({ state: 'running' });
  });

  it('that fails says why and when, and leaves the way free', async () => {
    const storage = azurite.open('Fails');
    const lease = await begin(storage, runIdOf(0), 1);
    await storage.runs.fail(lease, 'Graph is down', at(5));
    const failed = { state: 'failed', message: 'Graph is down', finishedAt: minute(5) };
    expect(await storage.runs.get(runIdOf(0))).toMatchObject(failed);
    expect(await storage.runs.last()).toMatchObject({ runId: runIdOf(0), ...failed });
    await begin(storage, runIdOf(1), 6);
    expect(await storage.runs.last()).toMatchObject({ runId: runIdOf(1), state: 'running' });
  });

  it('that failed may begin again', async () => {
    const storage = azurite.open('FailsAndBegins');
    await storage.runs.fail(await begin(storage, runIdOf(0), 1), 'Graph is down', at(5));
    await begin(storage, runIdOf(0), 6);
    const record = await storage.runs.get(runIdOf(0));
    expect(record).toMatchObject({ state: 'running', startedAt: minute(6) });
    expect(record).not.toHaveProperty('message');
  });

  it('that fails with a hostile message is kept with it', async () => {
    const storage = azurite.open('Hostile');
    const message = `\ud83d\u0000\r\n"😀`.repeat(20_000);
    await storage.runs.fail(await begin(storage, runIdOf(0), 1), message, at(5));
    expect((await storage.runs.get(runIdOf(0)))?.message).toBe(message.slice(0, 4000));
  });

  it('that finished cannot begin again', async () => {
    const storage = azurite.open('Finished');
    await publishNight(storage, 0);
    const again = begin(storage, runIdOf(0), 2000);
    await expect(again).rejects.toThrow(RunFinishedError);
    await expect(again).rejects.toMatchObject({ runId: runIdOf(0) });
  });

  it('that nobody knows is undefined, whatever its name', async () => {
    const storage = azurite.open('Unknown');
    await publishNight(storage, 0);
    for (const runId of [runIdOf(1), '', 'state', '../state', "x' or 'a' eq 'a", '\ud83d', 'x'.repeat(2000)]) {
      expect(await storage.runs.get(runId)).toBeUndefined();
    }
  });

  it.each(['', 'a/b', 'a\\b', 'a#b', 'a?b', 'a\u0000', 'x'.repeat(600)])(
    'cannot begin or be asked for as %j',
    async (runId) => {
      const storage = azurite.open('BadNames');
      await expect(begin(storage, runId, 1)).rejects.toThrow(RangeError);
      await expect(storage.runs.request(runId, at(0))).rejects.toThrow(RangeError);
      expect(await storage.runs.last()).toBeUndefined();
    },
  );
});

describe('the lease', () => {
  it('keeps out another run, which learns who holds it', async () => {
    const storage = azurite.open('Held');
    await begin(storage, runIdOf(0), 1);
    const second = begin(storage, runIdOf(1), 60);
    await expect(second).rejects.toThrow(RunInProgressError);
    await expect(second).rejects.toMatchObject({ runId: runIdOf(0), startedAt: at(1) });
    expect(await storage.runs.get(runIdOf(1))).toBeUndefined();
  });

  it('keeps out the same run begun twice', async () => {
    const storage = azurite.open('Twice');
    await begin(storage, runIdOf(0), 1);
    await expect(begin(storage, runIdOf(0), 2)).rejects.toThrow(RunInProgressError);
  });

  it('goes to one of many that begin at the same time', async () => {
    for (const round of [0, 1, 2]) {
      const processes = [0, 1, 2, 3, 4].map(() => azurite.open(`Race${round}`));
      const begun = await Promise.allSettled(processes.map((storage, index) => beginNight(storage, 0, index)));
      const losers = begun.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(losers).toHaveLength(4);
      expect(losers.every((error) => error instanceof RunInProgressError)).toBe(true);
      expect(await processes[0]?.runs.last()).toMatchObject({ state: 'running' });
    }
  });

  it('that ran out is taken over by one of many, and its run has failed', async () => {
    const first = await beginNight(azurite.open('TakeOver'), 0);
    const processes = [0, 1, 2].map(() => azurite.open('TakeOver'));
    const begun = await Promise.allSettled(processes.map((storage, index) => beginNight(storage, 1, index)));
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await azurite.open('TakeOver').runs.get(first.run.runId)).toMatchObject({
      state: 'failed',
      message: 'stopped before it finished',
      finishedAt: night(1).toISOString(),
    });
  });

  it('of a run that stopped may be taken over by the same run', async () => {
    const storage = azurite.open('SameAgain');
    await begin(storage, runIdOf(0), 1);
    await begin(storage, runIdOf(0), 61);
    expect(await storage.runs.get(runIdOf(0))).toMatchObject({ state: 'running', startedAt: minute(61) });
  });

  it('that was lost is not given back by failing: the run that took over goes on', async () => {
    const storage = azurite.open('LostLease');
    const lost = await beginNight(storage, 0);
    await beginNight(storage, 1);
    await storage.runs.fail(lost, 'too late', night(2));
    expect(await storage.runs.last()).toMatchObject({ runId: runIdOf(1), state: 'running' });
    expect(await storage.runs.get(runIdOf(0))).toMatchObject({ message: 'stopped before it finished' });
  });
});

describe('a write whose answer gets lost', () => {
  /** The write of a first run that begins: one transaction, after the table was created for it. */
  const FIRST_COMMIT = 2;

  it('has begun the run', async () => {
    const storage = azurite.open('LostBegin', losingAnswerTo(FIRST_COMMIT));
    const lease = await begin(storage, runIdOf(0), 1);
    await storage.reports.publish(lease, { report: aReport(runIdOf(0)), unconfirmed: [], alerts: [anAlert()] });
    expect((await storage.reports.find())?.runId).toBe(runIdOf(0));
  });

  it('has marked the run as failed and removes what it wrote', async () => {
    const lease = await begin(azurite.open('LostFail'), runIdOf(0), 1);
    await azurite.open('LostFail').tables.findings.put({ partitionKey: lease.run.partition, rowKey: 'findings.00000' });
    const storage = azurite.open('LostFail', losingAnswerTo(0));
    await storage.runs.fail(lease, 'Graph is down', at(5));
    expect(await storage.runs.last()).toMatchObject({ state: 'failed', message: 'Graph is down' });
    expect(await azurite.rows('LostFail', 'Findings')).toEqual([]);
  });
});

describe('a run that takes over but cannot clear up', () => {
  it('gives the lease back', async () => {
    const stopped = await beginNight(azurite.open('NoClearUp'), 0);
    await azurite.open('NoClearUp').tables.findings.put({ partitionKey: stopped.run.partition, rowKey: 'header' });
    let refuse = true;
    const storage = azurite.open('NoClearUp', {
      name: 'no-deletes',
      sendRequest: (request, next) => {
        if (request.method === 'DELETE' && refuse) {
          refuse = false;
          throw new Error('no deletes today');
        }
        return next(request);
      },
    });
    await expect(beginNight(storage, 1)).rejects.toThrow('no deletes today');
    expect(await storage.runs.last()).toMatchObject({ runId: runIdOf(1), state: 'failed' });
    await beginNight(storage, 1, 1);
    expect(await storage.runs.last()).toMatchObject({ runId: runIdOf(1, 1), state: 'running' });
  });
});
