import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { expiredUse } from '../audit/expired-credentials';
import { oneStepLower, type Severity } from '../audit/finding';
import { inNetworks } from '../audit/networks';
import { codeOf, type ResultKind } from '../audit/sign-in-codes';
import { areSome, countOf, groupRows, mergeRows, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { addressSubject, applicationKey, applicationSubject } from '../audit/sign-in-subjects';
import {
  countPrincipals,
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
  latestOf,
  minute,
  nameOf,
  spanOf,
} from '../audit/sign-in-wording';
import { inSpans, KeyCounts, tallyOf, type Tally } from '../audit/spans';
import { watchedByApplication, type Known } from '../audit/known-principals';
import { command, counted, quoted, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;

const options = z.strictObject({
  failures: z
    .int()
    .positive()
    .default(3)
    .describe('So many failures of one sort of an application within `withinMinutes` fail.'),
  applications: z
    .int()
    .min(2)
    .default(3)
    .describe('So many different applications that fail from one address within `withinMinutes` are an attack.'),
  withinMinutes: z.int().min(10).max(720).default(60).describe('In which the failures lie, in minutes.'),
});
type Options = z.infer<typeof options>;

const INVALID: ReadonlySet<ResultKind> = new Set([
  'wrongCredential',
  'missingCredential',
  'rejectedAssertion',
  'noFederatedMatch',
  'unknownApplication',
  'notConfigured',
  'noAccess',
  'unknown',
]);

export default defineTenantCheck({
  id: 'invalid-credential-use',
  title: 'Service principals sign in with valid credentials',
  severity: 'high',
  why: 'A service principal that is refused again and again has a wrong secret, a certificate nobody registered or a federated credential that does not fit: what it runs for Synapse stands still. Or it is not the service principal at all, but somebody who tries its credentials.',
  remediation: [
    'See by address and time which client it is.',
    'Correct the credential, the client id or the tenant there.',
    'Where the address is nobody’s: see that no secret has leaked, and replace those that may have.',
    'Use a managed identity where the client runs in Azure.',
  ],
  link: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
  techniques: ['T1078.004', 'T1110'],
  requires: ['servicePrincipalSignIns'],
  partial: true,
  options,
  evaluate: ({ servicePrincipalSignIns: rows }, context) => {
    const useOf = expiredUse(context.signIns.watch);
    const refused = mergeRows(rows.filter((row) => INVALID.has(codeOf(row).kind) && useOf(row) === null));
    const length = context.options.withinMinutes * MINUTE_MS;
    const byApplication = bunched(refused, sortOf, (own) =>
      inSpans(
        own,
        length,
        tallyOf((row) => row.count, context.options.failures),
      ),
    );
    const isTrusted = inNetworks(context.signIns.trustedNetworks);
    const strange = refused.filter(({ address }) => address !== '' && !isTrusted(address));
    const byAddress = bunched(
      strange,
      ({ address }) => address,
      (own) => inSpans(own, length, tallyOfApplications(context.options.applications)),
    );
    const knownOf = watchedByApplication(context.signIns.watch);
    const lastSuccess = successesOf(byApplication.flat(), rows);
    const incidents = [...byApplication, ...byAddress].flat();
    const refusedNow = new Set(incidents.map(applicationKey));
    const accepted = rows.filter((row) => codeOf(row).kind === 'success' && !refusedNow.has(applicationKey(row)));
    return [
      ...byApplication.map((own) => judgeApplication(own, knownOf(applicationKey(own[0])), lastSuccess, context)),
      ...byAddress.map(judgeAddress),
      ...[...groupRows(accepted, applicationKey)]
        .filter(([application]) => knownOf(application).principal !== null)
        .map(([, own]) => pass(own, context)),
      ...passes(rows, incidents, 'none was refused for its credentials', context),
    ];
  },
});

/** Of an application that Synapse uses, or that may use it. */
function pass(own: SomeRows, { portal }: CheckContext<Options>): Verdict {
  const last = latestOf(own);
  return {
    subject: applicationSubject(own, 'accepted', portal),
    status: 'pass',
    message: `Service principal ${quoted(nameOf(own))} signs in with valid credentials, last at ${minute(last)} UTC.`,
    evidence: { lastSeen: last.toISOString() },
  };
}

/** What a pick leaves of each group, where it leaves something. */
function bunched(
  rows: readonly SignIns[],
  keyOf: (row: SignIns) => string,
  pick: (own: SomeRows) => readonly SignIns[],
): readonly SomeRows[] {
  return [...groupRows(rows, keyOf).values()].map(pick).filter(areSome);
}

function sortOf(row: SignIns): string {
  return `${applicationKey(row)}/${codeOf(row).kind}`;
}

function tallyOfApplications(atLeast: number): Tally<SignIns> {
  const applications = new KeyCounts();
  return {
    add: (row) => {
      applications.add(applicationKey(row));
    },
    remove: (row) => {
      applications.remove(applicationKey(row));
    },
    meets: () => applications.size >= atLeast,
  };
}

/** When applications that were refused last signed in. */
function successesOf(refused: readonly SignIns[], rows: readonly SignIns[]): ReadonlyMap<string, Date> {
  const applications = new Set(refused.map(applicationKey));
  const successes = rows.filter((row) => applications.has(applicationKey(row)) && codeOf(row).kind === 'success');
  return new Map([...groupRows(successes, applicationKey)].map(([id, own]) => [id, latestOf(own)]));
}

function judgeApplication(
  own: SomeRows,
  { principal, workspaces, concerns }: Known,
  lastSuccess: ReadonlyMap<string, Date>,
  { portal }: CheckContext<Options>,
): Verdict {
  const [row] = own;
  const { kind, advice } = codeOf(row);
  const since = lastSuccess.get(applicationKey(row));
  const works = since !== undefined && since > spanOf(own).last;
  const severity: Severity = concerns === '' ? 'medium' : 'high';
  return incident({
    subject: applicationSubject(own, kind, portal),
    severity: works ? oneStepLower(severity) : severity,
    message: sentences(
      `${describePrincipal(own)} was refused ${counted(countOf(own), 'time')} ${describeOrigin(own)}, ${describeTimes(own)}: ${describeResults(own)}.`,
      works
        ? `It has signed in since, at ${minute(since)} UTC: another client of it fails, or it was mended.`
        : 'It has not signed in since.',
      concerns,
    ),
    rows: own,
    technique: 'T1078.004',
    evidence: {
      sort: kind,
      watched: principal !== null,
      workspaces,
      signedInSince: works ? since.toISOString() : null,
    },
    remediation: [
      advice,
      ...(row.applicationId === '' ? [] : commandsFor(kind, row.applicationId)),
      'Where you know no client at these addresses, somebody tries the application’s credentials: see that none has leaked.',
    ],
    lookBy: row.applicationId === '' ? 'principal' : 'application',
  });
}

/** Shows what the application has, to be compared. https://learn.microsoft.com/cli/azure/ad/app */
function commandsFor(kind: ResultKind, applicationId: string): readonly string[] {
  switch (kind) {
    case 'wrongCredential':
      return ['Its secrets, with their ends:', command`az ad app credential list --id ${applicationId} --output table`];
    case 'rejectedAssertion':
      return [
        'Its certificates, with their ends:',
        command`az ad app credential list --id ${applicationId} --cert --output table`,
      ];
    case 'noFederatedMatch':
      return ['Its federated credentials:', command`az ad app federated-credential list --id ${applicationId}`];
    case 'unknownApplication':
      return ['Whether this tenant has it:', command`az ad sp show --id ${applicationId}`];
    default:
      return [];
  }
}

function judgeAddress(own: SomeRows): Verdict {
  return incident({
    subject: addressSubject('servicePrincipal', own[0].address),
    severity: 'high',
    message: sentences(
      `${countPrincipals(own)} were refused ${counted(countOf(own), 'time')} ${describeOrigin(own)}, ${describeTimes(own)}: ${describeResults(own)}.`,
      'One address that is refused as several applications tries credentials, or is a host whose credentials were all replaced.',
    ),
    rows: own,
    technique: 'T1110',
    remediation: [
      'See whose address it is. If it is a host of yours, name its network in TRUSTED_NETWORKS and correct the credentials there.',
      'Otherwise replace the secrets of these applications, and find out where they may have leaked.',
    ],
    lookBy: 'address',
  });
}
