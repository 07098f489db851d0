import { parseTimeSpan } from './time-span';

/** What the local host honours of `host.json`. */
export interface HostSettings {
  /** First part of every route, without slashes; empty for none. */
  readonly routePrefix: string;
  /** `null`: functions may run without end. */
  readonly functionTimeoutMilliseconds: number | null;
  readonly queues: {
    /** Messages taken at a time. */
    readonly batchSize: number;
    readonly maxDequeueCount: number;
    /** How long a message whose function failed stays hidden. */
    readonly visibilityTimeoutSeconds: number;
  };
}

/**
 * Reads the text of `host.json`; what is absent has the defaults of Azure's host.
 * https://learn.microsoft.com/azure/azure-functions/functions-host-json
 * @throws Error with one sentence about the first thing that is wrong.
 */
export function parseHostSettings(text: string): HostSettings {
  const json = member({ 'host.json': JSON.parse(text) as unknown }, 'host.json');
  if (json['version'] !== '2.0') {
    throw new Error('host.json: "version" must be "2.0".');
  }
  const extensions = member(json, 'extensions');
  const queues = member(extensions, 'queues');
  const timeout = stringOf(json, 'functionTimeout', '00:30:00');
  return {
    routePrefix: stringOf(member(extensions, 'http'), 'routePrefix', 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMilliseconds: timeout === '-1' ? null : milliseconds('functionTimeout', timeout),
    queues: {
      batchSize: numberOf(queues, 'batchSize', 16),
      maxDequeueCount: numberOf(queues, 'maxDequeueCount', 5),
      visibilityTimeoutSeconds:
        milliseconds('visibilityTimeout', stringOf(queues, 'visibilityTimeout', '00:00:00')) / 1000,
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

function member(json: Json, name: string): Json {
  const value = json[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`host.json: "${name}" must be an object.`);
  }
  return value as Json;
}

function stringOf(json: Json, name: string, otherwise: string): string {
  const value = json[name] ?? otherwise;
  if (typeof value !== 'string') {
    throw new Error(`host.json: "${name}" must be a text.`);
  }
  return value;
}

function numberOf(json: Json, name: string, otherwise: number): number {
  const value = json[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new Error(`host.json: "${name}" must be a whole number from 1.`);
  }
  return value;
}

function milliseconds(name: string, text: string): number {
  const value = parseTimeSpan(text);
  if (value === undefined) {
    throw new Error(`host.json: "${name}" must be a time span such as "00:30:00", not "${text}".`);
  }
  return value;
}
