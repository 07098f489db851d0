import type { ScenarioDescription } from './schema';

export interface LargeTenantSizes {
  readonly applications: number;
  readonly workspaces: number;
  readonly subscriptions: number;
}

export function describeLargeTenant(sizes: Partial<LargeTenantSizes> = {}): ScenarioDescription {
  return {
    name: `large${sizes.applications ?? ''}`,
    tenant: { id: 'tenant:large', domain: 'large.example' },
    subscriptions: [],
  };
}
