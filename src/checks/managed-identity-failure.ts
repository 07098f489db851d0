import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { oneStepLower, type Severity } from '../audit/finding';
import { servicePrincipalLink } from '../audit/links';
import { codeOf, outcomeOf } from '../audit/sign-in-codes';
import { areSome, countOf, groupRows, mergeRows, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import {
  adviceFor,
  describePrincipal,
  describeResults,
  describeTimes,
  latestOf,
  minute,
  nameOf,
} from '../audit/sign-in-wording';
import { inSpans, tallyOf } from '../audit/spans';
import { watchedById, type Known } from '../audit/known-principals';
import { counted, evidenceList, quoted, quotedList, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;

const options = z.strictObject({
  failures: z
    .int()
    .positive()
    .default(1)
    .describe('A managed identity that fails so often within `withinMinutes` fails; passing faults don’t count.'),
  withinMinutes: z.int().min(10).max(720).default(60).describe('In which the failures lie, in minutes.'),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'managed-identity-failure',
  title: 'Managed identities get their tokens',
  severity: 'high',
  why: 'A managed identity has no password that could be mistyped: where it is refused something was taken away, the resource is gone, or a policy stops it, and so does what the workspace runs with it.',
  remediation: [
    'Look up the result, and at which resource it was refused.',
    'See that the resource’s application exists in this tenant, and that no policy for workload identities stops it.',
    'See that the identity is still assigned to the workspace.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-view-managed-identity-activity',
  techniques: ['T1078.004'],
  requires: ['managedIdentitySignIns'],
  partial: true,
  options,
  evaluate: ({ managedIdentitySignIns: rows }, context) => {
    const failed = mergeRows(rows.filter(isRefused));
    const knownOf = watchedById(context.signIns.watch);
    const successes = groupRows(
      rows.filter((row) => codeOf(row).kind === 'success'),
      accountKey,
    );
    const found = [...groupRows(failed, accountKey).values()].map((own) => often(own, context.options)).filter(areSome);
    const refused = new Set(found.flat().map(accountKey));
    const healthy = [...successes].filter(([key]) => !refused.has(key)).map(([, own]) => own);
    return [
      ...found.map((own) => judge(own, successes.get(accountKey(own[0])) ?? [], knownOf(own[0].principalId), context)),
      ...healthy.map((own) => pass(own, context)),
      ...passes(rows, found.flat(), 'none was refused', context),
    ];
  },
});

function isRefused(row: SignIns): boolean {
  return outcomeOf(row) === 'failure' && codeOf(row).kind !== 'transient';
}

function often(own: readonly SignIns[], { withinMinutes, failures }: Options): readonly SignIns[] {
  return inSpans(
    own,
    withinMinutes * MINUTE_MS,
    tallyOf((row) => row.count, failures),
  );
}

function judge(
  own: SomeRows,
  successes: readonly SignIns[],
  { principal, workspaces, concerns }: Known,
  { portal }: CheckContext<Options>,
): Verdict {
  const resources = evidenceList(own.map(({ resource }) => resource).filter((resource) => resource !== ''));
  const back = signedInSince(own, successes);
  const severity: Severity = concerns === '' ? 'medium' : 'high';
  // The log does not tell the client id, which the page in the portal goes by.
  const applicationId = principal?.applicationId ?? '';
  const link =
    applicationId === ''
      ? {}
      : { link: servicePrincipalLink(portal, { id: own[0].principalId, appId: applicationId }) };
  return incident({
    subject: { ...principalSubject(own, portal), ...link },
    severity: back === null ? severity : oneStepLower(severity),
    message: sentences(
      `${describePrincipal(own)} was refused ${counted(countOf(own), 'token')}${resources.length === 0 ? '' : ` for ${quotedList(resources)}`}, ${describeTimes(own)}: ${describeResults(own)}.`,
      back === null
        ? 'It has got none for the same since.'
        : `It has got one for the same since, at ${minute(back)} UTC.`,
      concerns,
    ),
    rows: own,
    technique: 'T1078.004',
    evidence: { workspaces, signedInSince: back?.toISOString() ?? null },
    remediation: [
      ...adviceFor(own),
      'See that the resource exists, that the identity may use it, and that no conditional access policy for workload identities stops it. Then run what failed again.',
    ],
    lookBy: 'principal',
  });
}

/** When it got a token for one of the resources that refused it, after they last did; `null`: not yet. */
function signedInSince(failures: SomeRows, successes: readonly SignIns[]): Date | null {
  const resources = new Set(failures.map(({ resource }) => resource));
  const same = successes.filter(({ resource }) => resources.has(resource));
  const last = areSome(same) ? latestOf(same) : null;
  return last !== null && last > latestOf(failures) ? last : null;
}

function pass(own: SomeRows, { portal }: CheckContext<Options>): Verdict {
  const last = latestOf(own);
  return {
    subject: principalSubject(own, portal),
    status: 'pass',
    message: `Managed identity ${quoted(nameOf(own))} got its tokens, last at ${minute(last)} UTC.`,
    evidence: { lastSeen: last.toISOString() },
  };
}
