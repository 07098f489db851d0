import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { group } from '../audit/lookup';
import { outsideOf } from '../audit/networks';
import { outcomeOf } from '../audit/sign-in-codes';
import { mergeRows, rowsOf } from '../audit/sign-in-events';
import { HISTORY_DAYS, historyOf, type SignInHistory } from '../audit/sign-in-history';
import { incident, passes } from '../audit/sign-in-incident';
import { responseTo } from '../audit/sign-in-response';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import { describePrincipal, minute, placeOf } from '../audit/sign-in-wording';
import { impossibleTrips, isLocated, type LocatedSignIns, type Stay, type Trip } from '../audit/travel';
import { counted, day } from '../audit/wording';
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
  evaluate: (facts, context) => {
    const isOutside = outsideOf(context.signIns.trustedNetworks);
    const counts = ({ kind, interactive }: SignIns) =>
      kind !== 'user' || interactive || !context.options.interactiveOnly;
    const seen = mergeRows(
      rowsOf(facts.userSignIns, facts.servicePrincipalSignIns).filter(
        (row) => outcomeOf(row) === 'success' && counts(row) && isLocated(row) && isOutside(row),
      ),
    ).filter(isLocated);
    const history = historyOf(facts.signInPlaces);
    const trips = [...group(seen.map((row) => [`${row.kind}/${accountKey(row)}`, row]))].flatMap(([principal, rows]) =>
      unusualTrips(rows, history, context.options).map(
        (trip) => [`${principal}/${countriesOf(trip).join('/')}`, trip] as const,
      ),
    );
    return [
      ...[...group(trips)].map(([id, same]) => judge(id, same, context)),
      ...passes(
        seen,
        trips.map(([, { to }]) => to.signIns),
        'none at two places with no time to travel',
        context,
      ),
    ];
  },
});

/** Where somebody is usually in both countries, two sign-ins at once tell nothing. */
function unusualTrips(rows: readonly LocatedSignIns[], history: SignInHistory, limits: Options): readonly Trip[] {
  const trips = impossibleTrips(rows, {
    kilometres: limits.minKilometres,
    kilometresPerHour: limits.maxKilometresPerHour,
    milliseconds: limits.withinHours * HOUR_MS,
  });
  return [...group(trips.map((trip) => [`${countriesOf(trip).join('/')}/${day(trip.from.at)}`, trip])).values()]
    .filter(([trip]) => trip !== undefined && !isUsual(trip, history, limits.usualFromDays))
    .flat();
}

function isUsual(trip: Trip, history: SignInHistory, fromDays: number): boolean {
  const [one, other] = countriesOf(trip);
  return history.daysInBoth(trip.from.signIns, one, other, trip.from.at) >= fromDays;
}

/** Either way it is the same trip. */
function countriesOf({ from, to }: Trip): readonly [string, string] {
  const [one, other] = [from.signIns.country, to.signIns.country];
  return one < other ? [one, other] : [other, one];
}

/** @param trips of one principal between the same two countries; the fastest is told */
function judge(id: string, trips: readonly Trip[], context: CheckContext<Options>): Verdict {
  const fastest = trips.reduce((a, b) => (b.kilometresPerHour > a.kilometresPerHour ? b : a));
  const { from, to } = fastest;
  const kilometres = Math.round(fastest.kilometres);
  const atOnce = fastest.kilometresPerHour === Infinity;
  const kilometresPerHour = atOnce ? null : Math.round(fastest.kilometresPerHour);
  const rows = [...new Set(trips.flatMap((trip) => [trip.from.signIns, trip.to.signIns]))];
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
    remediation: responseTo(rows),
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
