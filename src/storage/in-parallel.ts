/**
 * Works on at most `concurrency` items at a time; results in the order of the items. Each item is asked for when its turn
 * comes, so that a generator makes no more of them than are worked on. After a failure nothing more is started, and it is
 * thrown when what was under way has ended: nothing goes on behind the caller's back.
 */
export async function inParallel<T, R>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const queue = items[Symbol.iterator]();
  let started = 0;
  const takeTurns = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      const index = started++;
      try {
        results[index] = await work(next.value, index);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, takeTurns));
  if (failures.length > 0) {
    throw failures[0];
  }
  return results;
}
