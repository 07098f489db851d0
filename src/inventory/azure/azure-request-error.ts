/** An Azure service answered, and the answer is no (or not what it should be). */
export class AzureRequestError extends Error {
  override readonly name = 'AzureRequestError';
  constructor(
    /** Method and path, without query. */
    readonly request: string,
    readonly statusCode: number,
    /** The service's error code, such as `Authorization_RequestDenied`. */
    readonly code: string,
    /** The service's own words. */
    readonly detail: string,
  ) {
    super(`${request} answered ${statusCode}${code === '' ? '' : ` ${code}`}: ${detail}`);
  }
}

/** The identity may see less than a source needs, although nothing was refused outright. */
export class IncompleteAnswerError extends Error {
  override readonly name = 'IncompleteAnswerError';
  constructor(
    readonly because: 'forbidden' | 'truncated' | 'noData' | 'upstream',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads the error out of `{error:{code,message}}`, the Synapse data plane's flat `{code,message}`, or plain text. Log
 * Analytics says only in an inner error what is wrong with a query.
 */
export function describeErrorBody(text: string | null | undefined): { code: string; message: string } {
  let body: unknown;
  try {
    body = JSON.parse(text ?? '');
  } catch {
    return { code: '', message: oneLine(text ?? '') || 'no explanation' };
  }
  const outer = isRecord(body) ? body : {};
  const error = isRecord(outer['error']) ? outer['error'] : outer;
  const inner = isRecord(error['innererror']) ? error['innererror'] : {};
  const messages = [error['message'], inner['message']].filter((message) => typeof message === 'string');
  return {
    code: typeof error['code'] === 'string' ? error['code'] : '',
    message: messages.length > 0 ? oneLine(messages.join(': ')) : 'no explanation',
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
