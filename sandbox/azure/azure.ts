import { createHmac } from 'node:crypto';
import type { Fault, Scenario, ServiceName } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';
import { createFaults, faultAnswer } from './faults';
import { createGrants } from './grants';
import { createGraph } from './graph';
import { createIdentity } from './identity';
import { createLogAnalytics } from './log-analytics';
import { createMail } from './mail';
import type { Outbox } from './outbox';
import { createResourceManager } from './resource-manager';
import type { Answer, Call, Caller, Service, Tenant } from './service';
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

/** Who asks the token endpoint for a token of this client may grant permissions, and read everything. */
export const ADMINISTRATOR_CLIENT_ID = guidOf('client:administrator');

/** Plays a scenario from its first fault on. */
export function createAzure(scenario: Scenario, address: string, times: Times, secrets: Secrets, boxes: Boxes): Azure {
  const grants = createGrants(scenario);
  const strike = createFaults(scenario.faults);
  const createServices = (caller: Caller): Readonly<Record<ServiceName, Service>> => {
    const tenant: Tenant = { scenario, id: guidOf(scenario.tenant.id), ...times, address, grants, caller };
    const graph = createGraph(tenant, (part) => {
      const query = part.rawQuery === '' ? '' : `?${part.rawQuery}`;
      const fault = strike('graph', part.method, `${part.path}${query}`);
      return handle(graph, { ...part, emptyPage: fault?.emptyPage ?? false }, fault);
    });
    return {
      identity: createIdentity(tenant, keyOf(caller, secrets), secrets.identityHeader),
      graph,
      arm: createResourceManager(tenant),
      synapse: createSynapse(tenant),
      mail: createMail(tenant, boxes.outbox),
      webhook: createWebhookReceiver(tenant, boxes.webhooks),
      logs: createLogAnalytics(tenant),
    };
  };
  const servicesOf = new Map<Caller, Readonly<Record<ServiceName, Service>>>();
  const serviceFor = (name: ServiceName, caller: Caller): Service => {
    // Few tests have an administrator, and some tenants are large.
    const services = servicesOf.get(caller) ?? createServices(caller);
    servicesOf.set(caller, services);
    return services[name];
  };
  /** A token says by the key that it was signed with whose it is. */
  const callerOf = (name: ServiceName, { query, headers }: Call, { audiences }: Service): Caller => {
    const isAdministrator =
      name === 'identity'
        ? query.get('client_id') === ADMINISTRATOR_CLIENT_ID
        : checkToken(keyOf('administrator', secrets), headers.authorization, audiences, new Date()) === null;
    return isAdministrator ? 'administrator' : 'auditor';
  };
  // Large tenants are read in large pages: what is always the same is serialised once.
  const kept = new Map<string, Pick<Outcome, 'status' | 'headers' | 'text'>>();

  const produce = (
    name: ServiceName,
    caller: Caller,
    call: Call,
    fault: Fault | undefined,
  ): Pick<Outcome, 'status' | 'headers' | 'text'> => {
    const service = serviceFor(name, caller);
    const keep = service.constant && call.method === 'GET' && fault?.status === undefined && !call.emptyPage;
    const key = `${caller} ${grants.version} ${name} ${call.path}?${call.rawQuery} ${String(call.headers['x-ms-continuation'] ?? '')}`;
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
      const caller = callerOf(name, sent, serviceFor(name, 'auditor'));
      const service = serviceFor(name, caller);
      const problem =
        service.audiences.length === 0
          ? null
          : checkToken(keyOf(caller, secrets), sent.headers.authorization, service.audiences, new Date());
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
      const produced = produce(name, caller, { ...sent, emptyPage: fault?.emptyPage ?? false }, fault);
      return { service: name, ...produced, headers: { ...service.headers(), ...produced.headers }, fault };
    },
  };
}

function keyOf(caller: Caller, { tokenKey }: Secrets): Buffer {
  return caller === 'auditor' ? tokenKey : createHmac('sha256', tokenKey).update(caller).digest();
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
