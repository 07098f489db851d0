import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { group } from '../audit/lookup';
import { outsideOf } from '../audit/networks';
import { outcomeOf } from '../audit/sign-in-codes';
import { mergeRows, rowsOf, type SomeRows } from '../audit/sign-in-events';
import { HISTORY_DAYS, historyOf, type SignInHistory } from '../audit/sign-in-history';
import { incident, passes } from '../audit/sign-in-incident';
import { responseTo } from '../audit/sign-in-response';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import { describePrincipal, minute, placeOf } from '../audit/sign-in-wording';
import { impossibleTrips, isLocated, type LocatedSignIns, type Stay, type Trips } from '../audit/travel';
import { counted } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const options = z.strictObject({
  minKilometres: z
    .int()
    .positive()
    .default(500)
    .describe('Places no further apart than this are none: addresses are located badly.'),
  maxKilometresPerHour: z.int().positive().default(900).describe('As fast as this one may travel: airliners do.'),
  withinHours: z.int().min(1).max(12).default(12).describe('Sign-ins further apart in time are not compared.'),
  interactiveOnly: z
    .boolean()
    .default(true)
    .describe('Whether of users only sign-ins count that a person sat before, as programs go on elsewhere.'),
  usualFromDays: z
    .int()
    .min(1)
    .max(HISTORY_DAYS)
    .default(3)
    .describe(
      `Who came from both countries on so many of the ${HISTORY_DAYS} days before is usually in both: over a VPN, or with programs at two places.`,
    ),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'impossible-travel',
  title: 'Nobody signs in at two places at once',
  severity: 'medium',
  why: 'Two successes of one principal in two countries, with no time to travel between them, are two people or programs with the same credential: one of them may have stolen it.',
  remediation: [
    'Ask whoever owns the principal which of the two it was.',
    'End its sessions and replace its credentials where one of the two is nobody of yours.',
    'Name the networks of your VPN, and others of your own, in TRUSTED_NETWORKS.',
  ],
  link: 'https://learn.microsoft.com/entra/id-protection/concept-identity-protection-risks',
  techniques: ['T1078.004'],
  requires: ['userSignIns', 'servicePrincipalSignIns', 'signInPlaces'],
  partial: true,
  options,
  evaluate: ({ userSignIns, servicePrincipalSignIns, signInPlaces }, context) => {
    const isOutside = outsideOf(context.signIns.trustedNetworks);
    const counts = ({ kind, interactive }: SignIns) =>
      kind !== 'user' || interactive || !context.options.interactiveOnly;
    const succeeded = rowsOf(userSignIns, servicePrincipalSignIns).filter(
      (row) => outcomeOf(row) === 'success' && counts(row),
    );
    const located = mergeRows(succeeded.filter((row) => isLocated(row) && isOutside(row))).filter(isLocated);
    const history = historyOf(signInPlaces);
    const found = [...group(located.map((row) => [`${row.kind}/${accountKey(row)}`, row]))].flatMap(
      ([principal, rows]) =>
        unusualTrips(rows, history, context.options).map(
          (trips) => [`${principal}/${trips.countries.join('/')}`, trips] as const,
        ),
    );
    return [
      ...[...group(found)].map(([id, trips]) => judge(id, trips, context)),
      ...passes(
        [...succeeded.filter((row) => !isOutside(row)), ...located],
        found.flatMap(([, { signIns }]) => signIns),
        'none at two places with no time to travel',
        context,
      ),
    ];
  },
});

/** Where somebody is usually in both countries, two sign-ins at once tell nothing. */
function unusualTrips(rows: readonly LocatedSignIns[], history: SignInHistory, limits: Options): readonly Trips[] {
  const trips = impossibleTrips(rows, {
    kilometres: limits.minKilometres,
    kilometresPerHour: limits.maxKilometresPerHour,
    milliseconds: limits.withinHours * HOUR_MS,
  });
  return trips.filter(({ countries: [one, other], fastest: { from } }) => {
    return history.daysInBoth(from.signIns, one, other, from.at) < limits.usualFromDays;
  });
}

/** @param trips of one principal between the same two countries, day by day; the fastest is told */
function judge(id: string, trips: readonly Trips[], context: CheckContext<Options>): Verdict {
  const fastest = trips
    .map((onDay) => onDay.fastest)
    .reduce((a, b) => (b.kilometresPerHour > a.kilometresPerHour ? b : a));
  const { from, to } = fastest;
  const kilometres = Math.round(fastest.kilometres);
  const kilometresPerHour = fastest.kilometresPerHour === Infinity ? null : Math.round(fastest.kilometresPerHour);
  const others = new Set(trips.flatMap(({ signIns }) => signIns));
  others.delete(from.signIns);
  const rows: SomeRows = [from.signIns, ...others];
  const speed =
    kilometresPerHour === null ? '' : `, which takes a speed of ${kilometresPerHour.toLocaleString('en')} km/h`;
  return incident({
    subject: { ...principalSubject(rows, context.portal), id },
    // A person may just have switched on a VPN; programs stay where they were put.
    severity: from.signIns.kind === 'user' ? 'medium' : 'high',
    message: `${describePrincipal(rows)} signed in from ${describeStay(from)} at ${minute(from.at)} UTC, and ${describeDelay(from.at, to.at)} from ${describeStay(to)}: ${kilometres.toLocaleString('en')} km apart${speed}.`,
    rows,
    technique: 'T1078.004',
    evidence: {
      kilometres,
      kilometresPerHour,
      from: from.at.toISOString(),
      fromAddress: from.signIns.address,
      fromPlace: placeOf(from.signIns),
      to: to.at.toISOString(),
      toAddress: to.signIns.address,
      toPlace: placeOf(to.signIns),
    },
    remediation: responseTo(rows, context),
    lookBy: 'principal',
  });
}

/** `203.0.113.7 (Berlin, Germany)` */
function describeStay({ signIns }: Stay): string {
  const { address } = signIns;
  return `${address === '' ? 'an unknown address' : address} (${placeOf(signIns)})`;
}

/** `at the same time`, `20 minutes later`, `3 h 5 min later` */
function describeDelay(from: Date, to: Date): string {
  if (from.getTime() === to.getTime()) {
    return 'at the same time';
  }
  const minutes = Math.ceil((to.getTime() - from.getTime()) / MINUTE_MS);
  return minutes < 60
    ? `${counted(minutes, 'minute')} later`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min later`;
}
