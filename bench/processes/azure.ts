/** The simulated Azure with one tenant. Its pages are as large as the real services make them. */
import { startSandbox, type RecordedRequest, type Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { LargeTenantSizes } from '../../sandbox/scenarios/large';
import { scenarioSchema, type Scenario } from '../../sandbox/scenarios/schema';
import { answerParent } from '../answer-parent';

/** `large` takes sizes. */
export type Tenant =
  { readonly name: 'large'; readonly sizes: Partial<LargeTenantSizes> } | { readonly name: 'contoso' };

export interface StartedAzure {
  readonly url: string;
  readonly caFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

let started: { readonly sandbox: Sandbox; readonly scenario: Scenario } | undefined;

export const answers = {
  async start(tenant: Tenant): Promise<StartedAzure> {
    const scenario = loadScenario(tenant.name, 'sizes' in tenant ? { sizes: tenant.sizes } : {});
    const sandbox = await startSandbox({ scenario });
    started = { sandbox, scenario };
    const { url, caFile, environment } = sandbox;
    return { url, caFile, environment };
  },

  /** From now on every answer to a reader comes so much later. */
  delay(milliseconds: number): Promise<void> {
    const { sandbox, scenario } = running();
    sandbox.load({ ...scenario, faults: delays(milliseconds) });
    return Promise.resolve();
  },

  /** What was asked since the last such question. */
  requests(): Promise<readonly RecordedRequest[]> {
    const { sandbox } = running();
    const requests = sandbox.requests();
    sandbox.forget();
    return Promise.resolve(requests);
  },
};

function running() {
  if (started === undefined) {
    throw new Error('The simulated Azure was not started.');
  }
  return started;
}

function delays(delayMilliseconds: number): Scenario['faults'] {
  const services = ['graph', 'arm', 'synapse'] as const;
  return scenarioSchema.shape.faults.parse(
    services.map((service) => ({ service, delayMilliseconds, times: 'always' as const })),
  );
}

answerParent(answers, async () => started?.sandbox.close());
