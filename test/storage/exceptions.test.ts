import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { Exception } from '../../src/audit/exception';
import { StorageError } from '../../src/storage/errors';
import { dyingAt, losingAnswerTo, onAzurite } from './on-azurite';
import { at } from './stored-things';

const azurite = onAzurite();

function anException(number: number, changes: Partial<Exception> = {}): Exception {
  return {
    id: `00000000-0000-8000-8000-00000000000${number}`,
    match: { checkId: 'secret-expiry', subject: 'ci-*' },
    reason: 'moves in January \ud83d é\n',
    author: '<b>Ana</b>',
    createdAt: at(number).toISOString(),
    until: at(1000 + number).toISOString(),
    ...changes,
  };
}

describe('exceptions', () => {
  it('are none before the first', async () => {
    const { exceptions } = azurite.open('None');
    expect(await exceptions.list()).toEqual([]);
    expect(await exceptions.get(anException(1).id)).toBeUndefined();
    expect(await exceptions.remove(anException(1).id)).toBe(false);
    expect(await exceptions.removeEndedBefore(at(9999))).toBe(0);
  });

  it('are kept as they are, oldest first, until they are removed', async () => {
    const { exceptions } = azurite.open('Kept');
    for (const number of [2, 1]) {
      expect(await exceptions.add(anException(number))).toEqual({ exception: anException(number), isNew: true });
    }
    const another = azurite.open('Kept').exceptions;
    expect(await another.list()).toEqual([anException(1), anException(2)]);
    expect(await another.remove(anException(1).id)).toBe(true);
    expect(await exceptions.list()).toEqual([anException(2)]);
    expect(await exceptions.remove(anException(1).id)).toBe(false);
  });

  it('of the longest texts fit', async () => {
    const { exceptions } = azurite.open('Long');
    const long = '\u0001'.repeat(500);
    const longest = anException(1, { reason: long, author: long, match: { subject: long } });
    await exceptions.add(longest);
    expect(await exceptions.list()).toEqual([longest]);
  });

  it('are the first of several with the same id', async () => {
    const { exceptions } = azurite.open('Same');
    const all = ['a', 'b', 'c', 'd'].map((author) => anException(1, { author }));
    const added = await Promise.all(all.map((one) => azurite.open('Same').exceptions.add(one)));
    const [stored] = await exceptions.list();
    expect(added.map(({ exception }) => exception)).toEqual(all.map(() => stored));
    expect(added.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('are stored once though the answer got lost', async () => {
    const { exceptions } = azurite.open('Lost');
    await exceptions.add(anException(1));
    const { exceptions: unlucky } = azurite.open('Lost', losingAnswerTo(0));
    expect((await unlucky.add(anException(2))).exception).toEqual(anException(2));
    expect(await exceptions.list()).toHaveLength(2);
  });

  it('are stored anew where the same one is removed at the same time', async () => {
    const { exceptions } = azurite.open('Removed');
    await exceptions.add(anException(1));
    const remover: PipelinePolicy = {
      name: 'remover',
      sendRequest: async (request, next) => {
        if (request.method === 'GET') {
          await exceptions.remove(anException(1).id);
        }
        return next(request);
      },
    };
    const anew = anException(1, { author: 'b' });
    const added = await azurite.open('Removed', remover).exceptions.add(anew);
    expect(added).toEqual({ exception: anew, isNew: true });
    expect(await exceptions.list()).toEqual([anew]);
  });

  it('go when they ended long ago', async () => {
    const { exceptions } = azurite.open('Ended');
    for (const number of [1, 2, 3]) {
      await exceptions.add(anException(number));
    }
    expect(await exceptions.removeEndedBefore(at(1002))).toBe(1);
    expect(await exceptions.list()).toEqual([anException(2), anException(3)]);
  });

  it('say so where storage fails', async () => {
    const { exceptions } = azurite.open('Fails', dyingAt(0, 'before'));
    await expect(exceptions.add(anException(1))).rejects.toThrow(StorageError);
  });
});
