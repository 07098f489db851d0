import { UsageError } from './usage-error';

/** One run of a command: what it starts it also stops, whatever happens. */
export interface Session {
  /** Aborted when the command is told to stop. */
  readonly signal: AbortSignal;
  /** Starts something that has to be stopped; the last started is stopped first. */
  open<T>(start: () => Promise<T>, stop: (started: T) => Promise<void>): Promise<T>;
}

/** Somebody asked the command to stop before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('Interrupted.');
  }
}

/** Stopping must not hang: past this the process ends as it is, and `exit` handlers do the rest. */
const STOP_MILLISECONDS = 5000;

/**
 * Does the work of a command, stops what it opened and ends the process: with the exit code that the work says, 0 where it
 * says none, 130 when it was interrupted, 2 when it was called wrongly; with one line on standard error, and `failed`, when
 * it failed. Ctrl-C may come at any moment, also repeatedly.
 */
export async function runSession(
  work: (session: Session) => Promise<void> | Promise<number>,
  failed = 1,
): Promise<never> {
  const interruption = new AbortController();
  const { signal } = interruption;
  const stops: (() => Promise<void>)[] = [];

  const interrupt = () => {
    if (!signal.aborted) {
      interruption.abort(new Interrupted());
      setTimeout(() => process.exit(130), STOP_MILLISECONDS).unref();
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  stopWithNpm(interrupt);

  const session: Session = {
    signal,
    open: async (start, stop) => {
      signal.throwIfAborted();
      const started = await start();
      stops.push(() => stop(started));
      signal.throwIfAborted();
      return started;
    },
  };

  let code: number;
  try {
    code = (await work(session)) ?? 0;
  } catch (error) {
    code = signal.aborted ? 130 : error instanceof UsageError ? 2 : failed;
    if (!signal.aborted) {
      console.error(messageOf(error));
    }
  }
  for (const stop of stops.reverse()) {
    try {
      await stop();
    } catch (error) {
      console.error(`While stopping: ${messageOf(error)}`);
      code ||= failed;
    }
  }
  await written();
  process.exit(code);
}

/** npm that is told to stop does not always tell: then it is gone, and this process has another parent. */
function stopWithNpm(interrupt: () => void): void {
  if (process.env['npm_lifecycle_event'] !== undefined) {
    const npm = process.ppid;
    setInterval(() => {
      if (process.ppid !== npm) {
        interrupt();
      }
    }, 500).unref();
  }
}

/** What was printed may still be in a pipe. */
function written(): Promise<void> {
  return new Promise((resolve) =>
    process.stdout.write('', () => {
      resolve();
    }),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
