/** The applications of this tenant that Synapse uses: those whose service principal holds a role that concerns it. */
import type { Application, ServicePrincipal } from '../inventory/model';
import { principalsOf, type Principal } from './principals';
import { synapseUsage, type SynapseUsage, type UsageFacts } from './synapse-usage';

export interface ApplicationInUse {
  readonly principal: Principal;
  readonly application: Application;
  readonly usage: SynapseUsage;
}

/** Applications of other tenants and managed identities have no application here, and are left out. */
export function applicationsInUse(
  facts: UsageFacts & {
    readonly applications: readonly Application[];
    readonly servicePrincipals: readonly ServicePrincipal[];
  },
): readonly ApplicationInUse[] {
  const usageOf = synapseUsage(facts);
  return principalsOf(facts.applications, facts.servicePrincipals).flatMap((principal) => {
    const { application, servicePrincipal } = principal;
    if (application === undefined || servicePrincipal === undefined) {
      return [];
    }
    const usage = usageOf(servicePrincipal.id);
    return usage.roles.length === 0 ? [] : [{ principal, application, usage }];
  });
}
