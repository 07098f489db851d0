/**
 * Waits.
 * @returns `false` when the signal ended the wait.
 */
export function slept(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(false);
      return;
    }
    const wake = (whole: boolean) => () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
      resolve(whole);
    };
    const interrupt = wake(false);
    const timer = setTimeout(wake(true), milliseconds);
    signal?.addEventListener('abort', interrupt, { once: true });
  });
}
