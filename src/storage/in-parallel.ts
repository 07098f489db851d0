import pLimit from 'p-limit';

/**
 * Works on at most `concurrency` items at a time; results in the order of the items. After a failure nothing more is
 * started, and it is thrown when what was under way has ended: nothing goes on behind the caller's back.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  const results = items.map((item, index) =>
    limit(async () => {
      try {
        return await work(item, index);
      } catch (error) {
        limit.clearQueue();
        throw error;
      }
    }),
  );
  await Promise.allSettled(results);
  // Of several rejections this throws the first, and items start in their order: never that of an item not started.
  return Promise.all(results);
}
