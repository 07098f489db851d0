import * as z from 'zod';
import type { Answer, Call } from './service';

/** https://learn.microsoft.com/graph/json-batching */
const MOST_PARTS = 20;

const batch = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      url: z.string().regex(/^\//),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.unknown().optional(),
    }),
  ),
});

/** The outer answer is 200 whatever becomes of the parts; only a batch that makes no sense is an error itself. */
export function answerBatch(
  body: unknown,
  partAnswer: (call: Call) => Answer,
  error: (code: string, message: string) => unknown,
): Answer {
  const parsed = batch.safeParse(body);
  const refuse = (message: string): Answer => ({ status: 400, body: error('BadRequest', message) });
  if (!parsed.success) return refuse('Invalid batch payload format.');
  const { requests } = parsed.data;
  if (requests.length > MOST_PARTS) {
    return refuse(`Number of batch request steps (${requests.length}) exceeds the maximum value of ${MOST_PARTS}.`);
  }
  if (new Set(requests.map(({ id }) => id)).size < requests.length) return refuse('Request Ids have to be unique.');

  const responses = requests.map(({ id, method, url, body: partBody }) => {
    const [path = '', ...query] = url.split('?');
    const rawQuery = query.join('?');
    const answer = partAnswer({
      method,
      path: `/v1.0${decodeURIComponent(path)}`,
      query: new URLSearchParams(rawQuery),
      rawQuery,
      headers: {},
      body: partBody,
      emptyPage: false,
    });
    const headers = { 'Content-Type': 'application/json', ...renamed(answer.headers) };
    return { id, status: answer.status, headers, body: answer.body };
  });
  return { status: 200, body: { responses } };
}

/** Headers inside a batch are written the documented way: `Retry-After`. */
function renamed(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name === 'retry-after' ? 'Retry-After' : name, value]),
  );
}
