/** The description of the HTTP API (OpenAPI 3.1) and the JSON Schema of the report, from the schemas of the app itself. */
import * as z from 'zod';
import packageJson from '../package.json';
import { diagnoseBody } from '../src/http/diagnose-body';
import { exceptionBody } from '../src/http/exception-body';
import { alerts, retriedAlert } from '../src/http/schemas/alerts';
import { diff } from '../src/http/schemas/diff';
import { diagnosis } from '../src/http/schemas/diagnosis';
import { exception, exceptions } from '../src/http/schemas/exceptions';
import { NAMED } from '../src/http/schemas/named';
import { problem } from '../src/http/schemas/problem';
import {
  ALERTS_QUERY,
  DIFF_QUERY,
  EXCEPTIONS_QUERY,
  HISTORY_QUERY,
  NO_QUERY,
  REPORT_QUERY,
} from '../src/http/schemas/queries';
import { report } from '../src/http/schemas/report';
import { acceptedRun, history, run } from '../src/http/schemas/runs';
import { status } from '../src/http/schemas/status';
import { FORMATS, MEDIA_TYPES, type Format } from '../src/report/formats';
import { METRICS_MEDIA_TYPE } from '../src/report/metrics';

type Json = Readonly<Record<string, unknown>>;
type HeaderName = keyof typeof HEADERS;

interface Answer {
  readonly description: string;
  /** By media type; without: no body. */
  readonly content?: Readonly<Record<string, Json>>;
  readonly headers?: readonly HeaderName[];
}

interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** Beneath `/api`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Of the path, by name. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
}

const HEADERS = {
  ETag: 'Another one wherever the answer is another; for `If-None-Match`.',
  Link: 'The next page, `rel="next"` (RFC 8288); absent on the last one. It holds no function key.',
  Location: 'Where it is, or will be.',
  'Retry-After': 'Seconds.',
} as const;

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

const OF_FORMAT: Readonly<Record<Format, Json>> = {
  json: reference(report),
  html: { type: 'string' },
  csv: { type: 'string' },
  ocsf: { type: 'array', items: { type: 'object' } },
  sarif: { type: 'object', required: ['version'], properties: { version: { const: '2.1.0' } } },
  text: { type: 'string' },
};

const unchanged: Answer = { description: 'The caller has it already (`If-None-Match`).', headers: ['ETag'] };
const paging = 'Follow the link `next` in the header, or pass `continuationToken` of the body on.';

const reportAnswers: Readonly<Record<number, Answer>> = {
  200: {
    description: `The report with a page of its findings. ${paging}`,
    content: Object.fromEntries(FORMATS.map((format) => [MEDIA_TYPES[format], OF_FORMAT[format]])),
    headers: ['ETag', 'Link'],
  },
  304: unchanged,
};

const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/report',
    id: 'getLatestReport',
    summary: 'The latest report',
    description:
      'Filters compose: a finding is shown where every one of them lets it through. A list is written with commas, and lets through what any of its members does.',
    query: REPORT_QUERY,
    answers: { ...reportAnswers, 404: problemAnswer('No audit has finished yet.') },
  },
  {
    method: 'get',
    path: '/report/{runId}',
    id: 'getReport',
    summary: 'The report of one run',
    parameters: { runId: 'Of the run.' },
    query: REPORT_QUERY,
    answers: {
      ...reportAnswers,
      202: {
        description: 'The run is asked for, or under way.',
        content: { [JSON_TYPE]: reference(run) },
        headers: ['Retry-After'],
      },
      404: problemAnswer('There is no such report; `run` says why where the run is known.'),
    },
  },
  {
    method: 'get',
    path: '/report/diff',
    id: 'getReportDiff',
    summary: 'What is different between two reports',
    description: 'The other way round, what opened was resolved, and what worsened improved.',
    query: DIFF_QUERY,
    answers: {
      200: {
        description: `Counts of all changes, and a page of them. ${paging}`,
        content: { [JSON_TYPE]: reference(diff) },
        headers: ['ETag', 'Link'],
      },
      304: unchanged,
      404: problemAnswer('There is no such report; `parameter` says which.'),
    },
  },
  {
    method: 'get',
    path: '/reports',
    id: 'listReports',
    summary: 'The history of runs',
    query: HISTORY_QUERY,
    answers: {
      200: {
        description: `The newest first. ${paging}`,
        content: { [JSON_TYPE]: reference(history) },
        headers: ['Link'],
      },
    },
  },
  {
    method: 'get',
    path: '/status',
    id: 'getStatus',
    summary: 'For monitors: whether audits run, see everything and reach people',
    query: NO_QUERY,
    answers: {
      200: { description: 'All is well, whatever was found.', content: { [JSON_TYPE]: reference(status) } },
      503: {
        description: 'Something is not, as `reasons` say; a problem where storage could not be asked.',
        content: { [JSON_TYPE]: reference(status), [PROBLEM_TYPE]: reference(problem) },
        headers: ['Retry-After'],
      },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    summary: 'What the status says, for Prometheus',
    query: NO_QUERY,
    answers: {
      200: {
        description: 'Whatever it is.',
        content: { [METRICS_MEDIA_TYPE.split(';')[0] ?? '']: { type: 'string' } },
      },
    },
  },
  {
    method: 'post',
    path: '/audit',
    id: 'startAudit',
    summary: 'Audit now',
    query: NO_QUERY,
    answers: {
      202: {
        description: 'The audit is asked for.',
        content: { [JSON_TYPE]: reference(acceptedRun) },
        headers: ['Location', 'Retry-After'],
      },
      409: problemAnswer('An audit is running: `runId`.', ['Location', 'Retry-After']),
    },
  },
  {
    method: 'post',
    path: '/diagnose',
    id: 'diagnose',
    summary: 'Why a run failed',
    description: 'By the text of its error, or by its id: one of the two.',
    query: NO_QUERY,
    body: diagnoseBody,
    answers: {
      200: { description: 'Causes, the likeliest first.', content: { [JSON_TYPE]: reference(diagnosis) } },
      404: problemAnswer('No open finding of the latest report holds that run.'),
      413: problemAnswer('The body is too large.'),
    },
  },
  {
    method: 'get',
    path: '/alerts',
    id: 'listAlerts',
    summary: 'What became of alerts',
    query: ALERTS_QUERY,
    answers: { 200: { description: 'The latest first.', content: { [JSON_TYPE]: reference(alerts) } } },
  },
  {
    method: 'post',
    path: '/alerts/{id}/retry',
    id: 'retryAlert',
    summary: 'Send an alert again that was given up',
    parameters: { id: 'Of the alert.' },
    query: NO_QUERY,
    answers: {
      202: { description: 'The next delivery sends it.', content: { [JSON_TYPE]: reference(retriedAlert) } },
      404: problemAnswer('There is no such alert.'),
      409: problemAnswer('It was not given up.'),
    },
  },
  {
    method: 'get',
    path: '/exceptions',
    id: 'listExceptions',
    summary: 'What keeps alerts silent',
    query: EXCEPTIONS_QUERY,
    answers: { 200: { description: 'Those in force first.', content: { [JSON_TYPE]: reference(exceptions) } } },
  },
  {
    method: 'post',
    path: '/exceptions',
    id: 'addException',
    summary: 'Keep alerts about some findings silent until a date',
    query: NO_QUERY,
    body: exceptionBody,
    answers: {
      200: {
        description: 'It was there already.',
        content: { [JSON_TYPE]: reference(exception) },
        headers: ['Location'],
      },
      201: { description: 'It holds now.', content: { [JSON_TYPE]: reference(exception) }, headers: ['Location'] },
      413: problemAnswer('The body is too large.'),
    },
  },
  {
    method: 'get',
    path: '/exceptions/{id}',
    id: 'getException',
    summary: 'One exception',
    parameters: { id: 'Of the exception.' },
    query: EXCEPTIONS_QUERY,
    answers: {
      200: { description: 'The exception.', content: { [JSON_TYPE]: reference(exception) } },
      404: problemAnswer('There is no such exception.'),
    },
  },
  {
    method: 'delete',
    path: '/exceptions/{id}',
    id: 'removeException',
    summary: 'End an exception now',
    parameters: { id: 'Of the exception.' },
    query: NO_QUERY,
    answers: { 204: { description: 'It is gone.' }, 404: problemAnswer('There is no such exception.') },
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getDescription',
    summary: 'This description',
    query: NO_QUERY,
    answers: { 200: { description: 'OpenAPI 3.1.', content: { [JSON_TYPE]: { type: 'object' } } } },
  },
];

/** What any of them may answer. */
const ALWAYS: Readonly<Record<number, Answer>> = {
  400: problemAnswer('Something of the request is unknown or wrong: `parameter`, and what is `allowed`.'),
  401: { description: 'The function key is missing or wrong.' },
  500: problemAnswer('A fault of the app.'),
  503: problemAnswer('Storage could not be asked.', ['Retry-After']),
};

export function describeApi(): string {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: toOperation(operation) };
  }
  return JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: 'Synapse authentication auditor',
      version: packageJson.version,
      description:
        'Why authentication to Azure Synapse will fail or is failing. GET is answered to HEAD as well. Within a `schemaVersion` fields are added to answers, never changed or taken away. Names and messages come from the tenant and are untrusted text.',
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: '/api' }],
    security: [{ keyInHeader: [] }, { keyInQuery: [] }],
    paths,
    components: {
      schemas: schemasAt('#/components/schemas/'),
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [
          name,
          { description, schema: { type: name === 'Retry-After' ? 'integer' : 'string' } },
        ]),
      ),
      securitySchemes: {
        keyInHeader: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        keyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
      },
    },
  });
}

export function describeReport(): string {
  const { Report, ...others } = schemasAt('#/$defs/');
  const text = JSON.stringify(Report);
  const used = Object.entries(others).filter(([name]) => text.includes(`"#/$defs/${name}"`));
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Report of the Synapse authentication auditor, as GET /api/report answers it',
    ...Report,
    $defs: Object.fromEntries(used),
  });
}

function toOperation({ method, id, summary, description, parameters, query, body, answers }: Operation): Json {
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      ...Object.entries(parameters ?? {}).map(([name, about]) => ({
        name,
        in: 'path',
        required: true,
        description: about,
        schema: { type: 'string' },
      })),
      ...Object.entries<z.core.$ZodType>(query.shape).flatMap(([name, schema]) => toParameter(name, schema)),
      ...(method === 'get' && 304 in answers
        ? [
            {
              name: 'If-None-Match',
              in: 'header',
              description: 'ETags of what the caller has.',
              schema: { type: 'string' },
            },
          ]
        : []),
    ],
    ...(body !== undefined && {
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: toSchema(body) } } },
    }),
    responses: Object.fromEntries(
      Object.entries({ ...ALWAYS, ...answers }).map(([code, answer]) => [code, toResponse(answer)]),
    ),
  };
}

/** The key is told of as security. */
function toParameter(name: string, schema: z.core.$ZodType): readonly Json[] {
  if (name === 'code') {
    return [];
  }
  const { description, ...type } = toSchema(schema);
  return [
    {
      name,
      in: 'query',
      description,
      ...(type['type'] === 'array' && { style: 'form', explode: false }),
      schema: type,
    },
  ];
}

function toResponse({ description, content, headers = [] }: Answer): Json {
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    }),
    ...(content !== undefined && {
      content: Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }])),
    }),
  };
}

function problemAnswer(description: string, headers: readonly HeaderName[] = []): Answer {
  return { description, content: { [PROBLEM_TYPE]: reference(problem) }, headers };
}

function reference(schema: z.ZodType): Json {
  return { $ref: `#/components/schemas/${NAMED.get(schema)?.id ?? ''}` };
}

/** @param base what references begin with */
function schemasAt(base: string): Readonly<Record<string, Json>> {
  const { schemas } = z.toJSONSchema(NAMED, { uri: (id) => base + id, override: tidy });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutNames(schema)]));
}

function toSchema(schema: z.core.$ZodType): Json {
  return withoutNames(z.toJSONSchema(schema, { override: tidy }));
}

function withoutNames({ $schema: _schema, $id: _id, ...schema }: Json): Json {
  return schema;
}

/** Readers should live with fields that come later; what a format says needs no pattern, and no integer is that large. */
function tidy({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
  }
  if (jsonSchema.format !== undefined) {
    delete jsonSchema.pattern;
  }
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
    delete jsonSchema.maximum;
  }
}
