import type { Fault, Scenario, ServiceName } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';
import { createFaults, faultAnswer } from './faults';
import { createGraph } from './graph';
import { createIdentity } from './identity';
import { createLogAnalytics } from './log-analytics';
import { createMail } from './mail';
import type { Outbox } from './outbox';
import { createResourceManager } from './resource-manager';
import type { Answer, Call, Service, Tenant } from './service';
import { createSynapse } from './synapse';
import { checkToken } from './tokens';
import { createWebhookReceiver, type WebhookBox } from './webhook';

/** First path segment of each service's address. */
const PREFIXES: Readonly<Record<string, ServiceName>> = {
  msi: 'identity',
  graph: 'graph',
  arm: 'arm',
  synapse: 'synapse',
  mail: 'mail',
  logs: 'logs',
  webhook: 'webhook',
};

/** An answer ready to be sent, and how the scenario disturbs sending it. */
export interface Outcome {
  readonly service: ServiceName;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly text: string;
  readonly fault: Fault | undefined;
}

/** What the caller proved with, shared by every scenario a sandbox plays. */
export interface Secrets {
  readonly tokenKey: Buffer;
  readonly identityHeader: string;
}

/** All services of one tenant behind one address. */
export interface Azure {
  /** `undefined`: the path belongs to no service. `path` is as sent, without query and service prefix. */
  answer(prefix: string, call: Call, sentPath: string): Outcome | undefined;
}

/** What was sent to people; it outlives the scenarios. */
export interface Boxes {
  readonly outbox: Outbox;
  readonly webhooks: WebhookBox;
}

/** When it is: what the scenario's dates are relative to, and what goes on. */
export interface Times {
  readonly now: Date;
  readonly clock: () => Date;
}

/** Plays a scenario from its first fault on. */
export function createAzure(scenario: Scenario, address: string, times: Times, secrets: Secrets, boxes: Boxes): Azure {
  const tenant: Tenant = { scenario, id: guidOf(scenario.tenant.id), ...times, address };
  const strike = createFaults(scenario.faults);
  const services: Readonly<Record<ServiceName, Service>> = {
    identity: createIdentity(tenant, secrets.tokenKey, secrets.identityHeader),
    graph: createGraph(tenant, (part) => {
      const query = part.rawQuery === '' ? '' : `?${part.rawQuery}`;
      const fault = strike('graph', part.method, `${part.path}${query}`);
      return handle(services.graph, { ...part, emptyPage: fault?.emptyPage ?? false }, fault);
    }),
    arm: createResourceManager(tenant),
    synapse: createSynapse(tenant),
    mail: createMail(tenant, boxes.outbox),
    webhook: createWebhookReceiver(tenant, boxes.webhooks),
    logs: createLogAnalytics(tenant),
  };
  // Large tenants are read in large pages: what is always the same is serialised once.
  const kept = new Map<string, Pick<Outcome, 'status' | 'headers' | 'text'>>();

  const produce = (
    name: ServiceName,
    call: Call,
    fault: Fault | undefined,
  ): Pick<Outcome, 'status' | 'headers' | 'text'> => {
    const service = services[name];
    const keep = service.constant && call.method === 'GET' && fault?.status === undefined && !call.emptyPage;
    const key = `${name} ${call.path}?${call.rawQuery} ${String(call.headers['x-ms-continuation'] ?? '')}`;
    const known = keep ? kept.get(key) : undefined;
    if (known) return known;
    const { status, headers = {}, body } = handle(service, call, fault);
    const produced = { status, headers, text: body === undefined ? '' : JSON.stringify(body) };
    if (keep) kept.set(key, produced);
    return produced;
  };

  return {
    answer(prefix, sent, sentPath) {
      const name = PREFIXES[prefix];
      if (!name) return undefined;
      const service = services[name];
      const problem =
        service.audiences.length === 0
          ? null
          : checkToken(secrets.tokenKey, sent.headers.authorization, service.audiences, new Date());
      if (problem) {
        const { status, headers = {}, body } = service.unauthorized(problem);
        return {
          service: name,
          status,
          headers: { ...service.headers(), ...headers },
          text: JSON.stringify(body),
          fault: undefined,
        };
      }
      const fault = strike(name, sent.method, sentPath);
      const produced = produce(name, { ...sent, emptyPage: fault?.emptyPage ?? false }, fault);
      return { service: name, ...produced, headers: { ...service.headers(), ...produced.headers }, fault };
    },
  };
}

function handle(service: Service, call: Call, fault: Fault | undefined): Answer {
  const failing = fault && faultAnswer(fault);
  if (failing) {
    const { status, headers, code, message } = failing;
    return { status, headers, body: service.error(code, message, status) };
  }
  const answer = service.handle(call);
  if (answer) return answer;
  const query = call.rawQuery === '' ? '' : `?${call.rawQuery}`;
  const message = `The sandbox has no ${call.method} ${call.path}${query}.`;
  return { status: 404, body: service.error('NotFound', message, 404) };
}
