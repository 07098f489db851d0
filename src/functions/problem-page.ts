/** What a browser is shown where there is no report: the same as a program gets, for people. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import Negotiator from 'negotiator';
import { appServices } from '../app-services';
import { FORMATS, MEDIA_TYPES } from '../report/formats';
import type { NoReportInput } from '../report/html/page-input';
import { pageHeaders, placeOf } from './report-page';
import { failureOf } from './status';

type Handler = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

const PROBLEM = 'application/problem+json';

/** Turns problem documents, and the news that a run is under way, into pages where the caller would rather have one. */
export function withProblemPages(handler: Handler): Handler {
  return async (request, context) => {
    const response = await handler(request, context);
    return (response.status === 202 || (response.status ?? 200) >= 400) && prefersPage(request)
      ? pageOf(request, response)
      : response;
  };
}

function prefersPage({ query, headers }: HttpRequest): boolean {
  const asked = FORMATS.find((format) => format === query.get('format'));
  if (asked !== undefined) {
    return asked === 'html';
  }
  const accept = headers.get('accept') ?? '';
  const types = [PROBLEM, ...Object.values(MEDIA_TYPES)];
  return new Negotiator({ headers: { accept } }).mediaType(types) === MEDIA_TYPES.html;
}

async function pageOf(request: HttpRequest, response: HttpResponseInit): Promise<HttpResponseInit> {
  const { renderNoReport } = await import('../report/html/render-no-report');
  const said = await inputOf(request, response);
  const retryAfter = (response.headers as Readonly<Record<string, string>> | undefined)?.['retry-after'];
  return {
    ...response,
    headers: { ...(await pageHeaders()), ...(retryAfter !== undefined && { 'retry-after': retryAfter }) },
    body: renderNoReport({ ...said, place: placeOf(request) }),
  };
}

async function inputOf(
  request: HttpRequest,
  { status, body }: HttpResponseInit,
): Promise<Omit<NoReportInput, 'place'>> {
  const told = JSON.parse(body as string) as {
    readonly title?: string;
    readonly detail?: string;
    readonly runId?: string;
    readonly run?: unknown;
  };
  const { title = 'No report', detail = '' } = told;
  if (status === 202) {
    return {
      kind: 'running',
      title: 'The audit is under way',
      detail: `Run ${told.runId ?? ''} has not finished yet: load this page again in a while.`,
    };
  }
  if (status !== 404) {
    return { kind: 'problem', title, detail };
  }
  if (told.run !== undefined) {
    return { kind: 'failed', title, detail };
  }
  return request.params['runId'] ? { kind: 'notFound', title, detail } : neverRun(title, detail);
}

/** Whether nothing ever ran, or what ran failed, are two very different things. */
async function neverRun(title: string, detail: string): Promise<Omit<NoReportInput, 'place'>> {
  const { storage, now } = appServices();
  const lastRun = await storage.runs.last();
  const failure = failureOf(lastRun, now());
  if (failure !== undefined) {
    return { kind: 'failed', title: 'The last audit failed, and there is no earlier report', detail: `${failure}.` };
  }
  return lastRun?.state === 'running'
    ? {
        kind: 'running',
        title: 'The first audit is under way',
        detail: `Run ${lastRun.runId} has not finished yet: load this page again in a while.`,
      }
    : { kind: 'neverRun', title, detail };
}
