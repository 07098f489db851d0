/** Microsoft Graph v1.0: collections over all pages, and `$batch` with its own retry. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import * as z from 'zod';
import { AzureRequestError, describeErrorBody, IncompleteAnswerError } from './azure-request-error';
import { parseAnswer } from './parse-answer';
import type { RequestContext } from './request-context';
import { askedDelay, delayFor } from './request-policies';
import type { RestClient } from './rest-client';

export interface Graph {
  /** A single object. @param path from `/v1.0` on */
  get<T extends z.ZodType>(path: string, shape: T): Promise<z.infer<T>>;
  /**
   * Every item of a collection, page after page.
   * @param path from `/v1.0` on, or an `@odata.nextLink` as it came
   * @param beforeNext waited for before each page but the first, where the service limits requests by the second
   */
  list<T extends z.ZodType>(path: string, item: T, beforeNext?: () => Promise<void>): AsyncGenerator<z.infer<T>>;
  /**
   * The first pages of many collections, 20 a request; parts that are throttled are asked again. Follow-up pages are
   * fetched one by one.
   * @returns the items, in the order of `paths`; `null` where the object does not exist (404)
   */
  listMany<T extends z.ZodType>(paths: readonly string[], item: T): Promise<(z.infer<T>[] | null)[]>;
}

const BATCH_LIMIT = 20;
const BATCH_ROUNDS = 7;

/** 80 queries under way: far below the 8,000 resource units in ten seconds that Graph grants an app in a tenant. */
const BATCHES_AT_A_TIME = 4;

/** A page may be empty and still have a successor: https://learn.microsoft.com/graph/paging */
const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() });

const batchAnswer = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown(),
    }),
  ),
});
type Part = z.infer<typeof batchAnswer>['responses'][number];

/** @param endpoint address of Graph without version, without trailing slash */
export function createGraph(client: RestClient, endpoint: string, context: RequestContext): Graph {
  const base = `${endpoint}/v1.0`;

  async function get<T extends z.ZodType>(path: string, shape: T): Promise<z.infer<T>> {
    return parseAnswer(shape, (await client.get(`${base}${path}`)).body, `Graph ${path}`);
  }

  async function* list<T extends z.ZodType>(
    path: string,
    item: T,
    beforeNext?: () => Promise<void>,
  ): AsyncGenerator<z.infer<T>> {
    let url: string | undefined = `${base}${path}`;
    for (let first = true; url !== undefined; first = false) {
      if (!first) {
        await beforeNext?.();
      }
      const answer: z.infer<typeof page> = parseAnswer(page, (await client.get(url)).body, `Graph ${path}`);
      yield* parseItems(answer.value, item, path);
      url = successor(answer, endpoint);
    }
  }

  async function listMany<T extends z.ZodType>(paths: readonly string[], item: T): Promise<(z.infer<T>[] | null)[]> {
    const limit = pLimit(BATCHES_AT_A_TIME);
    const chunks = Array.from({ length: Math.ceil(paths.length / BATCH_LIMIT) }, (_, index) =>
      paths.slice(index * BATCH_LIMIT, (index + 1) * BATCH_LIMIT),
    );
    const lists = await Promise.all(chunks.map((chunk) => limit(() => listChunk(chunk, item))));
    return lists.flat();
  }

  async function listChunk<T extends z.ZodType>(paths: readonly string[], item: T): Promise<(z.infer<T>[] | null)[]> {
    const lists: (z.infer<T>[] | null)[] = [];
    for (const [index, part] of (await batch(paths)).entries()) {
      lists.push(await completeList(paths[index] ?? '', part, item));
    }
    return lists;
  }

  async function completeList<T extends z.ZodType>(path: string, part: Part, item: T): Promise<z.infer<T>[] | null> {
    if (part.status === 404) {
      return null;
    }
    if (part.status !== 200) {
      const { code, message } = describeErrorBody(JSON.stringify(part.body));
      throw new AzureRequestError(`GET ${path.split('?')[0] ?? path}`, part.status, code, message);
    }
    const first = parseAnswer(page, part.body, `Graph ${path}`);
    const items = parseItems(first.value, item, path);
    const next = successor(first, endpoint);
    if (next !== undefined) {
      for await (const more of list(next.slice(base.length), item)) {
        items.push(more);
      }
    }
    return items;
  }

  /** Graph throttles each part of a batch on its own, and no SDK repeats the parts. */
  async function batch(paths: readonly string[]): Promise<Part[]> {
    const parts = new Map<number, Part>();
    for (let round = 0; round < BATCH_ROUNDS; round += 1) {
      const open = [...paths.keys()].filter((index) => !isFinal(parts.get(index)));
      if (open.length === 0) {
        break;
      }
      if (round > 0) {
        await pause(
          open.map((index) => parts.get(index)),
          round - 1,
          context,
        );
      }
      const requests = open.map((index) => ({ id: String(index), method: 'GET', url: paths[index] }));
      const answer = parseAnswer(batchAnswer, (await client.post(`${base}/$batch`, { requests })).body, 'Graph $batch');
      for (const part of answer.responses) {
        parts.set(Number(part.id), part);
      }
    }
    return paths.map((path, index) => {
      const part = parts.get(index);
      if (part === undefined) {
        throw new IncompleteAnswerError('truncated', `Graph left GET ${path} out of its $batch answer.`);
      }
      return part;
    });
  }

  return { get, list, listMany };
}

function isFinal(part: Part | undefined): boolean {
  return part !== undefined && part.status !== 429 && part.status < 500;
}

async function pause(
  parts: readonly (Part | undefined)[],
  round: number,
  { meter, signal }: RequestContext,
): Promise<void> {
  meter.retries += 1;
  const asked = parts.map((part) => askedDelay((name) => header(part, name)) ?? 0);
  const delay = Math.max(...asked) || delayFor(round, undefined);
  await sleep(delay, undefined, { signal });
}

function header(part: Part | undefined, name: string): string | undefined {
  return Object.entries(part?.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

function parseItems<T extends z.ZodType>(items: readonly unknown[], item: T, path: string): z.infer<T>[] {
  const what = `An item of Graph ${path.split('?')[0] ?? path}`;
  return items.map((value) => parseAnswer(item, value, what));
}

/** A token must not follow a link to a foreign host. */
function successor(answer: z.infer<typeof page>, endpoint: string): string | undefined {
  const next = answer['@odata.nextLink'];
  if (next !== undefined && !next.startsWith(`${endpoint}/v1.0/`)) {
    throw new IncompleteAnswerError('truncated', `Graph’s next page is on another host: ${new URL(next).host}.`);
  }
  return next;
}
