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
  const outcomes = await Promise.allSettled(
    items.map((item, index) =>
      limit(async () => {
        try {
          return await work(item, index);
        } catch (error) {
          limit.clearQueue();
          throw error;
        }
      }),
    ),
  );
  // Items start in their order, so the first rejection is a real one and not of an item that was never started.
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
    return outcome.value;
  });
}
