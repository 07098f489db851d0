import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { isNetwork, originOf } from '../audit/networks';
import { outcomeOf } from '../audit/sign-in-codes';
import { countOf, groupRows, mergeRows, rowsOf, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { responseTo } from '../audit/sign-in-response';
import { principalSubject } from '../audit/sign-in-subjects';
import { describeOrigin, describePrincipal, describeTimes } from '../audit/sign-in-wording';
import { watchedById, type Known } from '../audit/known-principals';
import { counted, evidenceList, quotedList } from '../audit/wording';

const options = z.strictObject({
  alsoFrom: z
    .array(
      z.string().refine(isNetwork, {
        error: 'expected addresses or CIDR ranges, such as 198.51.100.0/24 or 2001:db8::/32, and not of all addresses',
      }),
    )
    .default([])
    .describe(
      'Networks that sign-ins may come from beside TRUSTED_NETWORKS, and that other checks don’t trust: those of build agents, for instance.',
    ),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'untrusted-network',
  title: 'Who may use Synapse signs in from trusted networks',
  severity: 'medium',
  why: 'Where everybody works from known networks, a success from anywhere else is a laptop on a journey, a program that nobody told of, or a copied credential. Azure’s own addresses don’t count, nor do managed identities.',
  remediation: [
    'Set TRUSTED_NETWORKS to the networks that people and programs come from; without it nothing is judged.',
    'Name networks of build agents and the like in alsoFrom of untrusted-network, in the setting CHECK_OPTIONS.',
    'Ask who signed in; end sessions and replace credentials where nobody knows of it.',
    'Let conditional access admit these networks only, for workload identities as well.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/conditional-access/workload-identity',
  techniques: ['T1078.004'],
  requires: ['userSignIns', 'servicePrincipalSignIns'],
  partial: true,
  options,
  evaluate: ({ userSignIns, servicePrincipalSignIns }, context) => {
    const networks = [...context.signIns.trustedNetworks, ...context.options.alsoFrom];
    if (networks.length === 0) {
      return [];
    }
    const origin = originOf(networks);
    const knownOf = watchedById(context.signIns.watch);
    // Of an unknown address nobody can tell where it is.
    const seen = rowsOf(userSignIns, servicePrincipalSignIns).filter(
      (row) => knownOf(row.principalId).principal !== null && outcomeOf(row) === 'success' && origin(row) !== 'unknown',
    );
    const outside = mergeRows(seen.filter((row) => origin(row) === 'elsewhere'));
    return [
      ...[...groupRows(outside, ({ principalId }) => principalId)].map(([id, own]) => judge(own, knownOf(id), context)),
      ...passes(seen, outside, nothingOutside(context), context),
    ];
  },
});

function judge(rows: SomeRows, { workspaces }: Known, context: CheckContext<Options>): Verdict {
  const subject = principalSubject(rows, context.portal);
  return incident({
    subject: { ...subject, id: `${rows[0].kind}/${subject.id}` },
    severity: rows[0].kind === 'servicePrincipal' ? 'high' : 'medium',
    message: `${describePrincipal(rows)} signed in ${counted(countOf(rows), 'time')} ${describeOrigin(rows)}, ${describeTimes(rows)}: no trusted network. It may use ${workspaces.length === 0 ? 'Synapse' : `${workspaces.length === 1 ? 'workspace' : 'workspaces'} ${quotedList(workspaces)}`}.`,
    rows,
    technique: 'T1078.004',
    evidence: { workspaces: evidenceList(workspaces) },
    remediation: [
      ...responseTo(rows, context),
      'If the network is one to be trusted, name it in the setting TRUSTED_NETWORKS.',
    ],
    lookBy: 'principal',
  });
}

/** Whom the inventory could not tell of is not among those who were looked at. */
function nothingOutside({ signIns }: CheckContext<Options>): string {
  const nothing = 'none of those who may use Synapse came from outside the trusted networks';
  return signIns.watch.gaps.length === 0
    ? nothing
    : `${nothing}, as far as is known who may, for not all of the inventory could be read`;
}
