import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { expiredUse, isExpired, type ExpiredUse } from '../audit/expired-credentials';
import type { Severity, Subject } from '../audit/finding';
import { credentialsLink } from '../audit/links';
import { group } from '../audit/lookup';
import { codeOf } from '../audit/sign-in-codes';
import { countOf, mergeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { describeWatched, watchedByApplication } from '../audit/sign-in-subjects';
import { describeOrigin, describeResults, minute, nameOf, spanOf } from '../audit/sign-in-wording';
import { command, counted, day, quoted } from '../audit/wording';
import type { SignIns, WatchedCredential, WatchedPrincipal } from '../inventory/sign-ins';

const HOUR_MS = 3_600_000;

const options = z.strictObject({
  recentHours: z
    .number()
    .positive()
    .max(24)
    .default(2)
    .describe('What failed within so many hours before the audit still fails, and is critical.'),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'expired-credential-in-use',
  title: 'Nothing signs in with an expired credential',
  severity: 'critical',
  why: 'A secret that ran out while something still uses it is no warning any more: pipelines, linked services or jobs that sign in with it stand still, and try again in vain.',
  remediation: [
    'Add a new secret or certificate to the application, beside the old one.',
    'Put it wherever the old one is read: the addresses in the finding tell where that is.',
    'See that sign-ins succeed, then remove the old one.',
    'Where the client runs in Azure, use a managed identity instead: it has no secret to rotate.',
  ],
  link: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
  requires: ['servicePrincipalSignIns'],
  partial: true,
  options,
  evaluate: ({ servicePrincipalSignIns: rows }, context) => {
    const useOf = expiredUse(context.signIns.watch);
    const uses = mergeRows(rows.filter((row) => useOf(row) !== null)).flatMap((row) => {
      const use = useOf(row);
      return use === null ? [] : [{ row, use }];
    });
    const byCredential = group(uses.map(({ row, use }) => [`${use.applicationId}/${use.keyId}`, { row, use }]));
    const known = knownOf(rows, context);
    return [
      ...[...byCredential.values()].map((used) => judge(used, known, context)),
      ...unused(
        rows,
        uses.map(({ use }) => use),
        known,
        context,
      ),
      ...passes(
        rows,
        uses.map(({ row }) => row),
        'none with an expired credential',
        context,
      ),
    ];
  },
});

/** What the watch and the other rows tell of applications and credentials. */
interface Known {
  readonly credentials: ReadonlyMap<string, WatchedCredential>;
  readonly principals: ReadonlyMap<string, WatchedPrincipal>;
  /** Successes by client id, each sign-in once. */
  readonly successes: ReadonlyMap<string, readonly SignIns[]>;
}

function knownOf(rows: readonly SignIns[], { signIns }: CheckContext<Options>): Known {
  const failing = new Set(rows.filter((row) => codeOf(row).kind !== 'success').map((row) => row.applicationId));
  const successes = rows.filter((row) => failing.has(row.applicationId) && codeOf(row).kind === 'success');
  return {
    credentials: new Map(signIns.watch.credentials.map((credential) => [credential.keyId, credential])),
    principals: watchedByApplication(signIns.watch),
    successes: group(mergeRows(successes).map((row) => [row.applicationId, row])),
  };
}

function judge(
  used: readonly { readonly row: SignIns; readonly use: ExpiredUse }[],
  known: Known,
  context: CheckContext<Options>,
): Verdict {
  const rows = used.map(({ row }) => row);
  const [first] = used;
  if (first === undefined) {
    throw new Error('A use has rows.');
  }
  const { use } = first;
  const principal = known.principals.get(use.applicationId);
  const credential = use.keyId === null ? undefined : known.credentials.get(use.keyId);
  const name = principal?.name ?? nameOf(rows);
  const span = spanOf(rows);
  const back = backSince(rows, known.successes.get(use.applicationId) ?? []);
  const recent = span.last.getTime() >= context.now.getTime() - context.options.recentHours * HOUR_MS;
  return incident({
    subject: subjectOf(use, credential, name, context.portal),
    severity: severityOf(recent, back),
    message: [
      `${describeCredential(use, credential, name)}: ${counted(countOf(rows), 'failed sign-in')} since ${minute(span.first)} UTC, the last at ${minute(span.last)}, ${describeOrigin(rows)}: ${describeResults(rows)}.`,
      back === null
        ? 'Whatever signs in with it stands still.'
        : `From the same address it has signed in again since ${minute(back)} UTC, so that it was probably mended.`,
      describeWatched(principal),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    rows,
    technique: 'T1078.004',
    evidence: {
      keyId: use.keyId,
      credential: credential?.name ?? null,
      endedAt: credential?.endsAt ?? null,
      application: name,
      workspaces: principal?.workspaces ?? [],
      stillFails: recent,
      signedInSince: back?.toISOString() ?? null,
    },
    remediation: remediationOf(use, context),
    lookBy: 'application',
  });
}

function severityOf(recent: boolean, back: Date | null): Severity {
  if (back !== null) {
    return 'medium';
  }
  return recent ? 'critical' : 'high';
}

/** When the application signed in from one of the addresses after the last failure; `null`: not yet. */
function backSince(failures: readonly SignIns[], successes: readonly SignIns[]): Date | null {
  const { last } = spanOf(failures);
  const addresses = new Set(failures.map(({ address }) => address));
  const times = successes
    .filter(({ address }) => addresses.has(address))
    .flatMap((success) => [success.first, success.last])
    .filter((time) => time > last);
  return times.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

/** `Secret “ci” of application “Loader” expired on 2026-11-20 and is still used` */
function describeCredential(
  { keyId, kind }: ExpiredUse,
  credential: WatchedCredential | undefined,
  name: string,
): string {
  const of = `of application ${quoted(name)}`;
  if (keyId === null) {
    return `An expired ${kind} ${of} is still used, and the log does not tell which`;
  }
  const label = credential === undefined || credential.name === '' ? `with key id ${keyId}` : quoted(credential.name);
  const noun = kind === 'secret' ? 'Secret' : 'Certificate';
  const endsAt = credential?.endsAt ?? null;
  const ended = endsAt === null ? 'has expired' : `expired on ${day(new Date(endsAt))}`;
  return `${noun} ${label} ${of} ${ended} and is still used`;
}

/** The credential where it is known, as the checks on expiry name it, else the application. */
function subjectOf(
  { applicationId, keyId, kind }: ExpiredUse,
  credential: WatchedCredential | undefined,
  name: string,
  portal: string,
): Subject {
  const link = credentialsLink(portal, applicationId);
  if (keyId === null) {
    return { id: `${applicationId}/${kind}`, kind: 'application', name, link };
  }
  const label = credential === undefined || credential.name === '' ? `key id ${keyId}` : credential.name;
  return { id: `${applicationId}/${keyId}`, kind, name: `${name} / ${label}`, link };
}

/** https://learn.microsoft.com/cli/azure/ad/app/credential */
function remediationOf({ applicationId, keyId, kind }: ExpiredUse, { now }: CheckContext<Options>): readonly string[] {
  const material = kind === 'secret' ? `--display-name rotated-${day(now)}` : '--cert @new-certificate.pem';
  return [
    'Add a new credential beside the old one:',
    `${command`az ad app credential reset --id ${applicationId}`} --append ${material}`,
    'Put it wherever the old one is read (Key Vault, linked services, release pipelines); the addresses tell from where it is used. See that sign-ins succeed.',
    ...(keyId === null
      ? []
      : [
          'Then remove the old one:',
          `${command`az ad app credential delete --id ${applicationId} --key-id ${keyId}`}${kind === 'certificate' ? ' --cert' : ''}`,
        ]),
  ];
}

/** A pass for each expired credential that nothing tried, where there were sign-ins to look at. */
function unused(
  rows: readonly SignIns[],
  uses: readonly ExpiredUse[],
  { principals }: Known,
  { signIns, portal, now }: CheckContext<Options>,
): readonly Verdict[] {
  const used = new Set(uses.map(({ keyId }) => keyId));
  const unclear = new Set(uses.flatMap(({ applicationId, keyId }) => (keyId === null ? [applicationId] : [])));
  const expired = signIns.watch.credentials.filter(
    (credential) => isExpired(credential, now) && !used.has(credential.keyId) && !unclear.has(credential.applicationId),
  );
  return rows.length === 0
    ? []
    : expired.map((credential): Verdict => {
        const { applicationId, keyId, kind, endsAt } = credential;
        const use: ExpiredUse = { applicationId, keyId, kind };
        const name = principals.get(applicationId)?.name ?? applicationId;
        return {
          subject: subjectOf(use, credential, name, portal),
          status: 'pass',
          message: `${describeCredential(use, credential, name).replace(/ and is still used$/, '')}, and nothing tried to sign in with it from ${minute(signIns.period.from)} to ${minute(signIns.period.to)} UTC.`,
          evidence: { keyId, endedAt: endsAt },
        };
      });
}
