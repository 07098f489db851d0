/** Holds answers against `docs/openapi.json`, and notes which of those that it describes were seen. */
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import description from '../../docs/openapi.json';
import type { HttpAnswer } from './http-app';

interface Response {
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}

type Paths = Readonly<
  Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Response>> }>>>
>;

export const PATHS = description.paths as unknown as Paths;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ ...description, components: closed(description.components) }, 'api');

const seen = new Set<string>();

/** @param template the path as it is described */
export function expectDescribed(
  method: string,
  template: string,
  { status, headers, mediaType, body }: HttpAnswer,
): void {
  const operation = method === 'HEAD' ? 'get' : method.toLowerCase();
  const response = PATHS[template]?.[operation]?.responses[String(status)];
  const at = `${operation} ${template} ${status}`;
  expect([at, response]).toEqual([at, expect.anything()]);
  seen.add(at);
  const described = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase());
  const sent = ['etag', 'link', 'location', 'retry-after'].filter((name) => name in headers);
  expect([at, sent.filter((name) => !described.includes(name))]).toEqual([at, []]);
  if (mediaType === undefined) {
    expect([at, response?.content, body]).toEqual([at, undefined, '']);
    return;
  }
  expect([at, Object.keys(response?.content ?? {})]).toEqual([at, expect.arrayContaining([mediaType])]);
  const pointer = ['paths', template, operation, 'responses', String(status), 'content', mediaType, 'schema'];
  const reference = `api#/${pointer.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
  const validate = ajv.getSchema(encodeURI(reference));
  expect([at, validate]).toEqual([at, expect.any(Function)]);
  void validate?.(mediaType.endsWith('json') ? JSON.parse(body) : body);
  expect([at, validate?.errors]).toEqual([at, null]);
}

/** Described answers that no test has seen, as `method path status`. */
export function unseen(): readonly string[] {
  return Object.entries(PATHS)
    .flatMap(([template, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${template} ${status}`),
      ),
    )
    .filter((at) => !seen.has(at));
}

/** Clients are told to live with more fields than are described; here there must be none. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(closed);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inside && inside['type'] === 'object' ? { additionalProperties: false, ...inside } : inside;
}
