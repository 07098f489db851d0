import { inParallel } from '../../src/storage/in-parallel';

/** Work that ends when it is told to. */
function controlledWork() {
  const ends: (() => void)[] = [];
  return {
    started: () => ends.length,
    end: (index: number) => ends[index]?.(),
    work: () =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
      }),
  };
}

/** Lets everything happen that does not wait for anything. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('work in parallel', () => {
  it('gives results in the order of the items', async () => {
    const results = await inParallel(['a', 'b', 'c'], 2, (item, index) => Promise.resolve(`${item}${index}`));
    expect(results).toEqual(['a0', 'b1', 'c2']);
  });

  it('is started on no more items than asked', async () => {
    const { started, end, work } = controlledWork();
    const done = inParallel([1, 2, 3], 2, work);
    await settle();
    expect(started()).toBe(2);
    end(0);
    await settle();
    expect(started()).toBe(3);
    end(1);
    end(2);
    await done;
  });

  it('that fails starts nothing more, and fails when what was under way has ended', async () => {
    const { started, end, work } = controlledWork();
    let failed = false;
    const done = inParallel([0, 1, 2, 3], 2, (item) => (item === 0 ? Promise.reject(new Error('first')) : work()));
    done.catch(() => {
      failed = true;
    });
    await settle();
    expect({ started: started(), failed }).toEqual({ started: 1, failed: false });
    end(0);
    await expect(done).rejects.toThrow('first');
    expect(started()).toBe(1);
  });

  it('asks for an item when its turn comes, and for none after a failure', async () => {
    const asked: number[] = [];
    function* items() {
      for (let item = 0; item < 5; item += 1) {
        asked.push(item);
        yield item;
      }
    }
    const fails = (item: number) => (item === 2 ? Promise.reject(new Error('third')) : Promise.resolve());
    await expect(inParallel(items(), 1, fails)).rejects.toThrow('third');
    expect(asked).toEqual([0, 1, 2]);
  });
});
