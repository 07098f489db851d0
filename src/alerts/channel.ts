/** What delivery needs of a way to tell people: mail, a webhook. */
import type { DeliveryProblem, PendingAlert } from '../storage/alerts';

/** What became of an alert at the service. `succeeded`: handed on, which does not say that anybody has read it. */
export type ChannelState =
  | { readonly status: 'unknown' }
  | { readonly status: 'running' }
  | { readonly status: 'succeeded' }
  | {
      readonly status: 'failed';
      readonly reason: string;
      readonly problem: Extract<DeliveryProblem, 'refused' | 'recipients'>;
    };

export interface Channel {
  /**
   * Hands an alert over under its id.
   *
   * @param accepted called once the service has taken it, while its state is still watched: the next may be sent
   * @returns its state soon after it was accepted; never `unknown`
   * @throws ChannelError when it was not accepted, or nobody knows whether it was
   */
  send(alert: PendingAlert, signal: AbortSignal, accepted?: () => void): Promise<ChannelState>;

  /**
   * What the service knows of an alert that may have been handed over before; `unknown`: it never arrived there, or the
   * service keeps no account and wants it again under the same id.
   *
   * @throws ChannelError when the service does not answer
   */
  stateOf(alertId: string, signal: AbortSignal): Promise<ChannelState>;
}

/** The message is for people and holds no secret. */
export class ChannelError extends Error {
  override readonly name: string = 'ChannelError';
  constructor(
    message: string,
    readonly kind: DeliveryProblem,
    options: { readonly retryAfterMilliseconds?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.retryAfterMilliseconds = options.retryAfterMilliseconds;
  }

  /** How long the service asked to be left alone. */
  readonly retryAfterMilliseconds: number | undefined;
}
