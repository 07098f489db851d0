/** One structured line an event; the Functions host adds time, invocation and level. */
export interface Log {
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The part of an invocation context that logs. */
export interface LogSink {
  info(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/** Writes `event {"field":…}`, which Application Insights keeps as one searchable trace. */
export function logTo(sink: LogSink): Log {
  const line = (event: string, fields: Readonly<Record<string, unknown>>) => `${event} ${JSON.stringify(fields)}`;
  return {
    info: (event, fields) => {
      sink.info(line(event, fields));
    },
    warn: (event, fields) => {
      sink.warn(line(event, fields));
    },
    error: (event, fields) => {
      sink.error(line(event, fields));
    },
  };
}
