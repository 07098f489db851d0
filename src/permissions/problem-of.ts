import { singleLine } from '../alerts/safe-text';
import { AzureRequestError, describeErrorBody } from '../inventory/azure/azure-request-error';

const LONGEST_PROBLEM = 500;

export interface ServiceAnswer {
  readonly status: number;
  /** The service's error code; empty where it gave none. */
  readonly code: string;
  readonly message: string;
}

/** The answer behind an error of our client or of an SDK's; `undefined`: there was none. */
export function answerOf(error: unknown): ServiceAnswer | undefined {
  if (error instanceof AzureRequestError) {
    return { status: error.statusCode, code: error.code, message: error.detail };
  }
  const { statusCode, response } = (error ?? {}) as {
    readonly statusCode?: unknown;
    readonly response?: { readonly bodyAsText?: string | null };
  };
  return typeof statusCode === 'number'
    ? { status: statusCode, ...describeErrorBody(response?.bodyAsText) }
    : undefined;
}

/** Why a request failed, in one line that may be shown. */
export function problemOf(error: unknown): string {
  const answer = answerOf(error);
  const text =
    answer === undefined
      ? error instanceof Error
        ? error.message
        : String(error)
      : `${[answer.status, answer.code].filter(Boolean).join(' ')}: ${answer.message}`;
  const line = singleLine(text, LONGEST_PROBLEM);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
