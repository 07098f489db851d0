import { Cron } from 'croner';
import { parseTimeSpan } from './time-span';

export interface Schedule {
  readonly expression: string;
  /** Set for a cron expression, whose hours follow a time zone. */
  readonly followsClock: boolean;
  /** The first occurrence strictly after the instant. */
  next(after: Date): Date;
}

const ATOM = String.raw`(?:\*|\d{1,2}|[a-z]{3})(?:-(?:\d{1,2}|[a-z]{3}))?(?:/\d{1,2})?`;
/** NCRONTAB's fields only: croner also takes `L`, `W`, `#` and `?`, and such a schedule would fail in Azure. */
const NCRONTAB = new RegExp(String.raw`^${ATOM}(?:,${ATOM})*(?:\s+${ATOM}(?:,${ATOM})*){4,5}$`, 'i');
const SEVENTH_DAY = /[7-9][^\s]*$/;

/**
 * A timer's schedule: NCRONTAB with six fields (seconds first) or five, in UTC, or a time span between runs.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 * @throws RangeError where Azure's host would not accept it, or where it never occurs.
 */
export function parseSchedule(text: string): Schedule {
  const expression = text.trim();
  const interval = parseTimeSpan(expression);
  if (interval !== undefined && interval > 0) {
    return { expression, followsClock: false, next: (after) => new Date(after.getTime() + interval) };
  }
  if (!NCRONTAB.test(expression) || SEVENTH_DAY.test(expression.split(/\s+/).at(-1) ?? '')) {
    throw new RangeError(notASchedule(expression));
  }
  let cron: Cron;
  try {
    cron = new Cron(expression, { domAndDow: true, timezone: 'UTC', paused: true });
  } catch (cause) {
    throw new RangeError(notASchedule(expression), { cause });
  }
  const next = (after: Date): Date => {
    const occurrence = cron.nextRun(after);
    if (occurrence === null) {
      throw new RangeError(`The schedule "${expression}" never occurs.`);
    }
    return occurrence;
  };
  next(new Date());
  return { expression, followsClock: true, next };
}

function notASchedule(expression: string): string {
  return `"${expression}" is no schedule. Expected six NCRONTAB fields such as "0 30 1 * * *" or a time span such as "01:00:00".`;
}
