/** The simulated Azure with the `large` tenant. Its answers are pages of the sizes the real services give. */
import { startSandbox, type RecordedRequest, type Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { LargeTenantSizes } from '../../sandbox/scenarios/large';
import { answerParent } from '../child';

export type AzureQuestion =
  | { readonly kind: 'start'; readonly sizes: Partial<LargeTenantSizes> }
  /** What was asked since the last such question. */
  | { readonly kind: 'requests' };

export interface StartedAzure {
  readonly url: string;
  readonly caFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

let sandbox: Sandbox | undefined;

async function answer(question: AzureQuestion): Promise<StartedAzure | readonly RecordedRequest[]> {
  if (question.kind === 'start') {
    sandbox = await startSandbox({ scenario: loadScenario('large', { sizes: question.sizes }) });
    const { url, caFile, environment } = sandbox;
    return { url, caFile, environment };
  }
  const requests = sandbox?.requests() ?? [];
  sandbox?.forget();
  return requests;
}

answerParent(answer, async () => sandbox?.close());
