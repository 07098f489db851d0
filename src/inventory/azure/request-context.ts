/** Counts what goes over the wire for one source, retries included. */
export interface Meter {
  requests: number;
  retries: number;
}

/** On whose behalf the clients of one source ask. */
export interface RequestContext {
  readonly meter: Meter;
  /** Ends every request. */
  readonly signal: AbortSignal;
}
