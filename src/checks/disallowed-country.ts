import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { countryName, isCountryCode } from '../audit/countries';
import { outsideOf } from '../audit/networks';
import { outcomeOf } from '../audit/sign-in-codes';
import { countOf, groupRows, isAttempt, mergeRows, rowsOf, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { responseTo } from '../audit/sign-in-response';
import { accountKey, kindSubject, principalSubject } from '../audit/sign-in-subjects';
import {
  countPrincipals,
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
} from '../audit/sign-in-wording';
import { counted } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const countries = z
  .array(
    z.string().refine(isCountryCode, {
      error: 'expected codes of countries by ISO 3166-1, such as DE; that of the United Kingdom is GB',
    }),
  )
  .default([]);

const options = z
  .strictObject({
    allowed: countries.describe('Countries that one may sign in from, by ISO 3166-1: all others are not allowed.'),
    denied: countries.describe(
      'Countries that nobody may sign in from: all others are allowed. Set one of the two lists.',
    ),
  })
  .refine((o) => o.allowed.length === 0 || o.denied.length === 0, {
    error: 'allowed and denied are both set: leave one of them out, as each already says what is not in it.',
  });
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'disallowed-country',
  title: 'Nobody signs in from a country that is not allowed',
  severity: 'high',
  why: 'Who works in a few countries only, knows from where nobody can be signing in. A success from anywhere else is a credential in strange hands until somebody explains it, and attempts show who is being tried.',
  remediation: [
    'Set allowed or denied of disallowed-country in the setting CHECK_OPTIONS; without either nothing is judged.',
    'Ask who signed in; revoke sessions and replace credentials where nobody knows of it.',
    'Let conditional access block these countries, for workload identities as well.',
    'Name networks that are looked up wrongly in TRUSTED_NETWORKS.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/conditional-access/policy-block-by-location',
  techniques: ['T1078.004'],
  requires: ['userSignIns', 'servicePrincipalSignIns', 'sqlLogins'],
  partial: true,
  options,
  evaluate: ({ userSignIns, servicePrincipalSignIns, sqlLogins }, context) => {
    const { allowed, denied } = context.options;
    if (allowed.length === 0 && denied.length === 0) {
      return [];
    }
    const isOutside = outsideOf(context.signIns.trustedNetworks);
    const isDisallowed = ({ country }: SignIns) =>
      allowed.length > 0 ? !allowed.includes(country) : denied.includes(country);
    const rows = rowsOf(userSignIns, servicePrincipalSignIns, sqlLogins);
    const found = mergeRows(rows.filter((row) => row.country !== '' && isDisallowed(row) && isOutside(row)));
    const succeeded = found.filter((row) => outcomeOf(row) === 'success');
    // Whoever is asked for a second factor there is there, too, and has the first.
    const tried = found.filter((row) => outcomeOf(row) !== 'success' && isAttempt(row));
    return [
      ...[...groupRows(succeeded, (row) => `${row.kind}/${accountKey(row)}/${row.country}`)].map(([id, own]) =>
        judgeSuccess(id, own, context),
      ),
      ...[...groupRows(tried, (row) => `${row.kind}/${row.country}`)].map(([id, own]) =>
        judgeAttempts(id, own, context),
      ),
      ...passes(
        rows.filter((row) => row.country !== '' || !isOutside(row)),
        [...succeeded, ...tried],
        'none from a country that is not allowed',
        context,
      ),
    ];
  },
});

function judgeSuccess(id: string, rows: SomeRows, context: CheckContext<Options>): Verdict {
  return incident({
    subject: { ...principalSubject(rows, context.portal), id },
    // A person may be on a journey; programs are where somebody put them.
    severity: rows[0].kind === 'user' ? 'high' : 'critical',
    message: `${describePrincipal(rows)} signed in ${counted(countOf(rows), 'time')} ${describeOrigin(rows)}, ${describeTimes(rows)}. ${nameOfCountry(rows)} is not allowed.`,
    rows,
    technique: 'T1078.004',
    remediation: responseTo(rows, context),
    lookBy: 'principal',
  });
}

/** One finding a country: everybody’s sign-ins are tried from somewhere, day by day. */
function judgeAttempts(id: string, rows: SomeRows, context: CheckContext<Options>): Verdict {
  const { name, ...subject } = kindSubject(rows[0].kind, context.tenantId);
  const country = nameOfCountry(rows);
  return incident({
    subject: { ...subject, id: `${context.tenantId}/${id}`, name: `${name} from ${country}` },
    severity: 'medium',
    message: `${counted(countOf(rows), 'sign-in')} of ${countPrincipals(rows)} ${describeOrigin(rows)} did not succeed, ${describeTimes(rows)}: ${describeResults(rows)}. ${country} is not allowed.`,
    rows,
    technique: 'T1078.004',
    remediation: [
      'See who was tried, and whether they are there. If nobody is, keep the country out before a password fits: with a named location and conditional access, or with narrow firewall rules for SQL.',
    ],
    lookBy: 'address',
  });
}

function nameOfCountry([{ country }]: SomeRows): string {
  return countryName(country);
}
