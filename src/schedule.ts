import { Cron } from 'croner';

/**
 * When a schedule is due next: NCRONTAB as the Functions host reads it, six fields, seconds first, UTC.
 * @returns `null`: never again
 */
export function nextRun(schedule: string, after: Date): Date | null {
  return new Cron(schedule, { domAndDow: true, timezone: 'UTC', paused: true }).nextRun(after);
}
