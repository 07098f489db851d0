import type { LogLevel } from './core';

/** @param source the function that speaks, or `host`. */
export type Log = (level: LogLevel, source: string, message: string) => void;

export interface LogLine {
  readonly level: string;
  readonly source: string;
  readonly message: string;
}

/** What could move the cursor, hide text or turn it around: messages hold untrusted names. Tab and line feed may stay. */
const CONTROLS = /(?![\t\n])[\p{Cc}\p{Cf}]/gu;
const LINE = /^\S+Z (\w+) ([\w-]+): (.*)$/s;

/** One entry a line: time, level, source, message; further lines of the message are indented. */
export function formatLogLine(time: Date, { level, source, message }: LogLine): string {
  return `${time.toISOString()} ${level} ${source}: ${withoutControls(message).replaceAll('\n', '\n    ')}`;
}

/** @returns `undefined` for a line that is not the beginning of an entry. */
export function parseLogLine(line: string): LogLine | undefined {
  const [, level, source, message] = LINE.exec(line) ?? [];
  return level === undefined || source === undefined || message === undefined ? undefined : { level, source, message };
}

/** The text as it may be shown in a terminal. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '');
}

/** A log on standard output. Like Azure's host it leaves `trace` and `debug` out unless asked. */
export function createLog(verbose: boolean): Log {
  return (level, source, message) => {
    if (verbose || (level !== 'trace' && level !== 'debug')) {
      console.log(formatLogLine(new Date(), { level, source, message }));
    }
  };
}
