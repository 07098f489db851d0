import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { countryName } from '../audit/countries';
import type { Severity } from '../audit/finding';
import { group } from '../audit/lookup';
import { outsideOf } from '../audit/networks';
import { outcomeOf } from '../audit/sign-in-codes';
import { countOf, groupRows, mergeRows, rowsOf, type SomeRows } from '../audit/sign-in-events';
import { HISTORY_DAYS, historyOf, type Acquaintance, type SignInHistory } from '../audit/sign-in-history';
import { incident, passes } from '../audit/sign-in-incident';
import { responseTo } from '../audit/sign-in-response';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import { describeOrigin, describePrincipal, describeTimes, minute, spanOf } from '../audit/sign-in-wording';
import { counted, day, daysInMs, evidenceList } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

/** Countries in a sentence stop here. */
const COUNTRIES_IN_SENTENCE = 3;

const options = z
  .strictObject({
    minHistoryDays: z
      .int()
      .min(1)
      .max(HISTORY_DAYS - 1)
      .default(3)
      .describe(
        'Nothing is said of a principal that was not known for so many days when it first came from a country.',
      ),
    minSuccesses: z.int().positive().default(3).describe('Nor of one that had not signed in so many times by then.'),
    newForDays: z
      .int()
      .min(1)
      .max(HISTORY_DAYS - 1)
      .default(7)
      .describe('So long after its first use a country is new to a principal; from then on it is known.'),
  })
  .refine((o) => o.minHistoryDays + o.newForDays <= HISTORY_DAYS, {
    error: `minHistoryDays and newForDays together must not be more than the ${HISTORY_DAYS} days that are known.`,
  });
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'new-country',
  title: 'Principals sign in from countries they are known in',
  severity: 'medium',
  why: 'Most principals sign in from one country, and service principals don’t travel. The first success from another one is a journey, a new place to run things, or a credential in strange hands.',
  remediation: [
    'Ask whoever owns the principal; a service principal’s owners know where it is run.',
    'End its sessions and replace its credentials where nobody knows of it.',
    'Name networks of your own that lie there, or are looked up wrongly, in TRUSTED_NETWORKS.',
  ],
  link: 'https://learn.microsoft.com/entra/id-protection/concept-identity-protection-risks',
  techniques: ['T1078.004'],
  requires: ['userSignIns', 'servicePrincipalSignIns', 'signInPlaces'],
  partial: true,
  options,
  evaluate: ({ userSignIns, servicePrincipalSignIns, signInPlaces }, context) => {
    const isOutside = outsideOf(context.signIns.trustedNetworks);
    const history = historyOf(signInPlaces);
    const succeeded = rowsOf(userSignIns, servicePrincipalSignIns).filter((row) => outcomeOf(row) === 'success');
    const rows = mergeRows(succeeded.filter((row) => row.country !== '' && isOutside(row)));
    const visits = visitsIn(rows, history, context.options);
    const arrivals = visits.filter(({ judgement }) => judgement === 'new');
    return [
      ...[...group(arrivals.map((visit) => [visit.id, visit])).values()].map((same) => judge(same, context)),
      ...passes(
        [
          ...succeeded.filter((row) => !isOutside(row)),
          ...visits.filter(({ judgement }) => judgement === 'known').flatMap((visit) => visit.rows),
        ],
        arrivals.flatMap((visit) => visit.rows),
        'none from a country that was new to a principal with a history',
        context,
      ),
    ];
  },
});

/** Sign-ins of a principal from a country on a day (UTC). */
interface Visit {
  /** Of the principal and the country. */
  readonly id: string;
  readonly rows: SomeRows;
  /** When the first of them began. */
  readonly at: Date;
  /** By then. */
  readonly acquaintance: Acquaintance;
  readonly judgement: 'new' | 'known' | 'tooEarlyToTell';
}

function visitsIn(rows: readonly SignIns[], history: SignInHistory, limits: Options): readonly Visit[] {
  const id = (row: SignIns) => `${row.kind}/${accountKey(row)}/${row.country}`;
  return [...groupRows(rows, (row) => `${id(row)}/${day(row.first)}`).values()].map((visit) => {
    const [row] = visit;
    const at = spanOf(visit).first;
    const acquaintance = history.acquaintance(row, row.country, at);
    return { id: id(row), rows: visit, at, acquaintance, judgement: judgementOf(acquaintance, at, limits) };
  });
}

function judgementOf(
  { since, knownSince, successes }: Acquaintance,
  at: Date,
  { newForDays, minHistoryDays, minSuccesses }: Options,
): Visit['judgement'] {
  if (at.getTime() - since.getTime() >= daysInMs(newForDays)) {
    return 'known';
  }
  const isKnown = knownSince !== null && since.getTime() - knownSince.getTime() >= daysInMs(minHistoryDays);
  return isKnown && successes >= minSuccesses ? 'new' : 'tooEarlyToTell';
}

/** @param visits of one principal to one country, in any order; what was known before the first of them is told */
function judge(visits: readonly Visit[], context: CheckContext<Options>): Verdict {
  const first = visits.reduce((a, b) => (b.at < a.at ? b : a));
  const later = visits.filter((visit) => visit !== first);
  const rows: SomeRows = [...first.rows, ...later.flatMap((visit) => visit.rows)];
  const { since, knownSince, countries, successes } = first.acquaintance;
  const before = countries.map(countryName);
  const country = countryName(rows[0].country);
  return incident({
    subject: { ...principalSubject(rows, context.portal), id: first.id },
    severity: severityOf(rows[0].kind, before.length),
    message: `${describePrincipal(rows)} signed in ${counted(countOf(rows), 'time')} ${describeOrigin(rows)}, ${describeTimes(rows)}. ${country} is new to it since ${minute(since)} UTC; before that it came from ${list(before)}${knownSince === null ? '' : `, since ${day(knownSince)} or longer`}.`,
    rows,
    technique: 'T1078.004',
    evidence: {
      newSince: since.toISOString(),
      knownSince: knownSince?.toISOString() ?? null,
      countriesBefore: evidenceList(countries),
      successesBefore: successes,
    },
    remediation: responseTo(rows, context),
    lookBy: 'principal',
  });
}

/** Programs stay where they were put; people who are often abroad are abroad again. */
function severityOf(kind: SignIns['kind'], countriesBefore: number): Severity {
  if (kind !== 'user') {
    return 'high';
  }
  return countriesBefore > 1 ? 'low' : 'medium';
}

/** `Germany only`, `Germany, France, Austria and 2 more` */
function list(countries: readonly string[]): string {
  const shown = countries.slice(0, COUNTRIES_IN_SENTENCE).join(', ');
  if (countries.length === 1) {
    return `${shown} only`;
  }
  const more = countries.length - COUNTRIES_IN_SENTENCE;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
