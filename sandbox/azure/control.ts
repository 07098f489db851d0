import { loadScenario } from '../scenarios/load-scenario';
import type { Scenario } from '../scenarios/schema';
import type { Outbox } from './outbox';
import type { RecordedRequest } from './recorded-request';
import type { WebhookBox } from './webhook';

/** What the sandbox shows of itself under `/__sandbox/`. Mails are foreign text, so their page may do nothing but look. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** The state a person or a test may look at and change. */
export interface Controls {
  readonly requests: readonly RecordedRequest[];
  readonly outbox: Outbox;
  readonly webhooks: WebhookBox;
  load(scenario: Scenario): void;
}

/** `GET requests`, `GET outbox`, `GET outbox/{operationId}.html|txt`, `GET webhooks`, `PUT scenario {name | path}`. */
export function answerControl(method: string, path: string, body: unknown, controls: Controls): Page {
  const route = `${method} ${path}`;
  if (route === 'GET /requests') return json(200, controls.requests);
  if (route === 'GET /outbox') return json(200, [...controls.outbox.values()]);
  if (route === 'GET /webhooks') return json(200, [...controls.webhooks.values()]);
  if (route === 'PUT /scenario') return swapScenario(body, controls);

  const [, id, form] = /^GET \/outbox\/([^/]+)\.(html|txt)$/.exec(route) ?? [];
  const mail = id === undefined ? undefined : controls.outbox.get(id);
  const text = form === 'html' ? mail?.html : mail?.plainText;
  if (text === undefined || text === null) return json(404, { message: `There is no ${route}.` });
  return { status: 200, contentType: `text/${form === 'html' ? 'html' : 'plain'}; charset=utf-8`, text };
}

function swapScenario(body: unknown, controls: Controls): Page {
  const { name, path } = (body ?? {}) as { readonly name?: unknown; readonly path?: unknown };
  const wanted = name ?? path;
  if (typeof wanted !== 'string') return json(400, { message: 'Expected {"name": …} or {"path": …}.' });
  try {
    const scenario = loadScenario(wanted);
    controls.load(scenario);
    return json(200, { name: scenario.name });
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

function json(status: number, value: unknown): Page {
  return { status, contentType: 'application/json; charset=utf-8', text: JSON.stringify(value, null, 2) };
}
