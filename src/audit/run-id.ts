import { randomBytes } from 'node:crypto';

/** `YYYYMMDDTHHMMSSZ-<8 hex digits>`: readable, sortable by time, unique between instances. */
export function newRunId(now: Date): string {
  return `${compactTime(now)}-${randomBytes(4).toString('hex')}`;
}

/** `YYYYMMDDTHHMMSSZ`: in it nothing that keys of rows may not hold. */
export function compactTime(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}

export const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}
