import { createCertificates } from '../../sandbox/azure/certificates';
import { startSandbox, type Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';

/** A sandbox with the certificates of this test run; close it when done. */
export async function startTestSandbox(scenario: Scenario | string, now?: Date, clock?: () => Date): Promise<Sandbox> {
  const directory = process.env['SANDBOX_CERTIFICATES'];
  if (!directory) throw new Error('SANDBOX_CERTIFICATES is not set: test/setup/global-setup.ts did not run.');
  return startSandbox({
    scenario: typeof scenario === 'string' ? loadScenario(scenario) : scenario,
    certificates: await createCertificates(directory),
    ...(now && { now }),
    ...(clock && { clock }),
  });
}
