/** What delivery needs of a mail service. */
import type { PendingAlert } from '../storage/alerts';

/** What became of a mail at the service. `succeeded`: handed on to the recipients' servers, not yet in an inbox. */
export type MailState =
  | { readonly status: 'unknown' }
  | { readonly status: 'running' }
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly reason: string };

export interface Mailer {
  /**
   * Hands a mail over under the alert's id.
   *
   * @returns its state soon after it was accepted; never `unknown`
   * @throws MailError when it was not accepted, or nobody knows whether it was
   */
  send(alert: PendingAlert, signal: AbortSignal): Promise<MailState>;

  /**
   * What the service knows of an alert that may have been handed over before; `unknown`: it never arrived there.
   *
   * @throws MailError when the service does not answer
   */
  stateOf(alertId: string, signal: AbortSignal): Promise<MailState>;
}

/**
 * `throttled`: too many mails, for all of them; `unavailable`: no answer or a failing service, so that the outcome may
 * be unknown; `configuration`: no mail at all gets through until somebody mends it (sign-in, role, sender, domain);
 * `refused`: this mail will never be taken.
 */
export type MailErrorKind = 'throttled' | 'unavailable' | 'configuration' | 'refused';

export class MailError extends Error {
  override readonly name = 'MailError';
  constructor(
    message: string,
    readonly kind: MailErrorKind,
    options: { readonly retryAfterMilliseconds?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.retryAfterMilliseconds = options.retryAfterMilliseconds;
  }

  /** How long the service asked to be left alone. */
  readonly retryAfterMilliseconds: number | undefined;
}
