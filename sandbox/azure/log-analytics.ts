import type { Answer, Service } from './service';

/** Log Analytics: it knows who may ask, and as yet no query. */
export function createLogAnalytics(): Service {
  const error = (code: string, message: string): unknown => ({ error: { message, code } });
  const refuse = (code: string, message: string): Answer => ({ status: 401, body: error(code, message) });
  return {
    audiences: ['https://api.loganalytics.io', 'https://api.loganalytics.io/'],
    constant: false,
    error,
    headers: () => ({}),
    unauthorized: (problem) =>
      problem === 'missing'
        ? refuse('AuthorizationRequiredError', 'Valid authentication was not provided')
        : refuse('InvalidTokenError', 'The provided authentication is not valid for this resource'),
    handle: () => undefined,
  };
}
