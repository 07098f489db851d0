import { pageOf } from './paging';
import type { Answer, Call } from './service';
import * as z from 'zod';

const request = z.object({
  query: z.string(),
  subscriptions: z.array(z.string()).optional(),
  options: z
    .object({
      $top: z.number().int().min(1).max(1000).optional(),
      $skip: z.literal(0).optional(),
      $skipToken: z.string().optional(),
      resultFormat: z.literal('objectArray').optional(),
    })
    .optional(),
});

/** The queries the auditor sends, with any white space. */
const QUERY =
  /^\s*resources\s*\|\s*where\s+type\s*=~\s*'(microsoft\.[\w./]+)'\s*\|\s*where\s+name\s+in~\s*\(([^)]*)\)\s*\|\s*project\s+id\s*,\s*name\s*$/i;

interface Row {
  readonly id: string;
  readonly name: string;
}

interface Options {
  readonly mostRows: number;
  readonly emptyFirstPage: boolean;
  readonly error: (code: string, message: string) => unknown;
}

/**
 * Azure Resource Graph, for resources of some types by name: https://learn.microsoft.com/rest/api/azureresourcegraph. Any other
 * query is an error that says so. Rows by type, in lower case; a type may have a refusal in their place.
 */
export function answerResourceGraph(
  call: Call,
  resources: Readonly<Record<string, readonly Row[] | Answer>>,
  { mostRows, emptyFirstPage, error }: Options,
): Answer {
  const parsed = request.safeParse(call.body);
  if (!parsed.success) {
    return {
      status: 400,
      body: error('BadRequest', `Please provide below info when asking for support: ${parsed.error.message}`),
    };
  }
  const { query, subscriptions, options } = parsed.data;
  const [, type = '', names = ''] = QUERY.exec(query) ?? [];
  const found = resources[type.toLowerCase()];
  if (found === undefined) {
    return { status: 400, body: error('InvalidQuery', `This query is not simulated here: ${query}`) };
  }
  if ('status' in found) return found;
  const wanted = new Set([...names.matchAll(/'([^']*)'/g)].map((match) => match[1]?.toLowerCase()));
  const among = subscriptions?.map((id) => `/subscriptions/${id.toLowerCase()}/`);
  const rows = found
    .filter(({ name }) => wanted.has(name.toLowerCase()))
    .filter(({ id }) => among?.some((prefix) => id.toLowerCase().startsWith(prefix)) ?? true);

  const token = options?.$skipToken ?? null;
  const page = pageOf(rows, {
    size: Math.min(options?.$top ?? 100, mostRows),
    token,
    empty: call.emptyPage || (emptyFirstPage && token === null),
  });
  if (!page) return { status: 400, body: error('BadRequest', 'The skip token is not valid.') };
  return {
    status: 200,
    headers: { 'x-ms-user-quota-remaining': '14', 'x-ms-user-quota-resets-after': '00:00:05' },
    body: {
      totalRecords: rows.length,
      count: page.items.length,
      data: page.items,
      facets: [],
      resultTruncated: 'false',
      ...(page.next && { $skipToken: page.next }),
    },
  };
}
