import type { Scenario, ServiceName } from '../scenarios/schema';
import type { Certificates } from './certificates';
export interface RecordedRequest {
  readonly at: string;
  readonly service: ServiceName;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body?: unknown;
}
export interface SentMail {
  readonly operationId: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly plainText: string | null;
  readonly html: string | null;
  readonly attachments: readonly { readonly name: string; readonly contentType: string; readonly bytes: number }[];
  readonly status: 'Running' | 'Succeeded' | 'Failed';
  readonly repeated: number;
}
export interface Sandbox {
  readonly url: string;
  readonly caFile: string;
  readonly environment: Readonly<Record<string, string>>;
  load(scenario: Scenario): void;
  requests(): readonly RecordedRequest[];
  outbox(): readonly SentMail[];
  forget(): void;
  close(): Promise<void>;
}
export function startSandbox(options: {
  scenario: Scenario;
  port?: number;
  certificates?: Certificates;
  now?: Date;
}): Promise<Sandbox> {
  return Promise.reject(new Error(`not yet: ${options.scenario.name}`));
}
