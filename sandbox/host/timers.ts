import type { InvocationRequest, RegisteredFunction } from './core';
import type { Invoke, Outcome } from './invoke';
import type { Log } from './log';
import { resolveSettings } from './resolve-setting';
import { parseSchedule, type Schedule } from './schedule';

/** A timer function with its schedule; it never overlaps with itself. */
export interface Timer {
  readonly target: RegisteredFunction;
  readonly schedule: Schedule;
  /** Runs it now. `undefined`: it is running already. */
  run(): Promise<Outcome> | undefined;
  start(): void;
  stop(): void;
}

/** Longer delays overflow in `setTimeout` and would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** @throws Error naming the function whose schedule is wrong, or the setting that should hold it. */
export function createTimer(
  target: RegisteredFunction,
  environment: Readonly<Record<string, string | undefined>>,
  invoke: Invoke,
  log: Log,
): Timer {
  const schedule = scheduleOf(target, environment);
  let running = false;
  let last: Date | null = null;
  let timeout: NodeJS.Timeout | undefined;

  async function runOnce(): Promise<Outcome> {
    running = true;
    const startedAt = new Date();
    const outcome = await invoke(target, requestOf(target, schedule, last, startedAt));
    last = startedAt;
    running = false;
    return outcome;
  }

  const run = () => (running ? undefined : runOnce());

  function waitFor(occurrence: Date): void {
    timeout = setTimeout(
      () => {
        if (Date.now() < occurrence.getTime()) {
          waitFor(occurrence);
          return;
        }
        if (run() === undefined) {
          log('warning', 'host', `${target.name} is due but still runs: this occurrence is left out.`);
        }
        waitFor(schedule.next(new Date()));
      },
      Math.min(occurrence.getTime() - Date.now(), LONGEST_DELAY),
    );
  }

  return {
    target,
    schedule,
    run,
    start: () => {
      if (target.trigger['runOnStartup'] === true) {
        void run();
      }
      waitFor(schedule.next(new Date()));
    },
    stop: () => {
      clearTimeout(timeout);
    },
  };
}

function scheduleOf(target: RegisteredFunction, environment: Readonly<Record<string, string | undefined>>): Schedule {
  try {
    return parseSchedule(resolveSettings(String(target.trigger['schedule']), environment));
  } catch (cause) {
    throw new Error(`The timer ${target.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The names are those of the host's .NET types; `@azure/functions` turns them into camel case. */
function requestOf(target: RegisteredFunction, schedule: Schedule, last: Date | null, now: Date): InvocationRequest {
  const timer = {
    Schedule: { AdjustForDST: schedule.followsClock },
    ScheduleStatus: { Last: last ?? new Date(0), Next: schedule.next(now), LastUpdated: last ?? now },
    IsPastDue: false,
  };
  return { inputData: [{ name: target.trigger.name, data: { json: JSON.stringify(timer) } }] };
}
