import type { Sandbox } from '../azure/server';

/** What a program sees of the simulated tenant: what any program needs, and settings. */
export function appEnvironment(sandbox: Sandbox): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, ...sandbox.environment, NODE_EXTRA_CA_CERTS: sandbox.caFile };
}
