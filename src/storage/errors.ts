/** Table Storage could not be asked, or refused. The message says where, why and what to do; it never holds a secret. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** Another audit holds the lease. */
export class RunInProgressError extends Error {
  override readonly name = 'RunInProgressError';
  constructor(
    readonly runId: string,
    readonly startedAt: Date,
  ) {
    super(`Run ${runId}, started at ${startedAt.toISOString()}, is still in progress.`);
  }
}

/** The run has published its report already: a request that was delivered twice. */
export class RunFinishedError extends Error {
  override readonly name = 'RunFinishedError';
  constructor(readonly runId: string) {
    super(`Run ${runId} has finished already.`);
  }
}

/** The run lost its lease to another one before it published; nothing of it is visible. */
export class PublicationConflictError extends Error {
  override readonly name = 'PublicationConflictError';
  constructor(readonly runId: string) {
    super(`Run ${runId} took longer than its lease, and another run took over; its report was not published.`);
  }
}

/** There is no published report of this run, or not any more. */
export class ReportNotFoundError extends Error {
  override readonly name = 'ReportNotFoundError';
  constructor(readonly runId: string) {
    super(`There is no report of run ${runId}.`);
  }
}

/** The token was not made by us, or for another list. */
export class InvalidContinuationTokenError extends Error {
  override readonly name = 'InvalidContinuationTokenError';
  constructor() {
    super('The continuation token is not one of this list. Start again without it.');
  }
}
