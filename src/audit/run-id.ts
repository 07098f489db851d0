import { randomBytes } from 'node:crypto';

/** `YYYYMMDDTHHMMSSZ-<8 hex digits>`: readable, sortable by time, unique between instances. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}

export function isRunId(text: string): boolean {
  return /^\d{8}T\d{6}Z-[0-9a-f]{8}$/.test(text);
}
