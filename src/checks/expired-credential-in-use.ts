import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { expiredUse, isExpired, MAY_BE_EXPIRED, type ExpiredUse } from '../audit/expired-credentials';
import type { Severity, Subject } from '../audit/finding';
import { credentialsLink } from '../audit/links';
import { codeOf } from '../audit/sign-in-codes';
import { areSome, countOf, groupRows, resultingIn, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { applicationKey } from '../audit/sign-in-subjects';
import { describeOrigin, describeResults, minute, nameOf, spanOf } from '../audit/sign-in-wording';
import { watchedByApplication, type Known } from '../audit/known-principals';
import { command, counted, day, quoted, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

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
    const used = usedIn(rows, expiredUse(context.signIns.watch));
    const knownOf = watchedByApplication(context.signIns.watch);
    const applications = new Set(used.map(({ use }) => use.applicationId));
    const successes = groupRows(
      rows.filter((row) => codeOf(row).kind === 'success' && applications.has(applicationKey(row))),
      applicationKey,
    );
    return [
      ...used.map((one) => {
        const { applicationId } = one.use;
        return judge(one, knownOf(applicationId), successes.get(applicationId) ?? [], context);
      }),
      ...(areSome(rows) ? unused(used, knownOf, context) : []),
      ...passes(
        rows,
        used.flatMap((one) => one.rows),
        'none with an expired credential',
        context,
      ),
    ];
  },
});

/** An expired credential, and the sign-ins that failed with it. */
interface Used {
  readonly use: ExpiredUse;
  readonly rows: SomeRows;
}

function usedIn(rows: readonly SignIns[], useOf: (row: SignIns) => ExpiredUse | null): readonly Used[] {
  const found = new Map<string, { readonly use: ExpiredUse; readonly rows: [SignIns, ...SignIns[]] }>();
  for (const row of resultingIn(rows, MAY_BE_EXPIRED)) {
    const use = useOf(row);
    if (use === null) {
      continue;
    }
    const key = `${use.applicationId}/${use.keyId}`;
    const known = found.get(key);
    if (known === undefined) {
      found.set(key, { use, rows: [row] });
    } else {
      known.rows.push(row);
    }
  }
  return [...found.values()];
}

function judge(
  { use, rows }: Used,
  { principal, workspaces, concerns }: Known,
  successes: readonly SignIns[],
  context: CheckContext<Options>,
): Verdict {
  const name = principal?.name ?? nameOf(rows);
  const { first, last } = spanOf(rows);
  const back = backSince(rows, successes);
  const recent = last.getTime() >= context.now.getTime() - context.options.recentHours * HOUR_MS;
  return incident({
    subject: subjectOf(use, name, context.portal),
    severity: severityOf(recent, back),
    message: sentences(
      `${describeCredential(use, name)} and is still used${use.keyId === null ? ', the log does not tell which' : ''}: ${counted(countOf(rows), 'failed sign-in')} since ${minute(first)} UTC, the last at ${minute(last)}, ${describeOrigin(rows)}: ${describeResults(rows)}.`,
      back === null
        ? 'Whatever signs in with it stands still.'
        : `From the same address it has signed in again since ${minute(back)} UTC, so that it was probably mended.`,
      concerns,
    ),
    rows,
    technique: 'T1078.004',
    evidence: {
      keyId: use.keyId,
      credential: use.credential?.name ?? null,
      endedAt: use.credential?.endsAt ?? null,
      application: name,
      workspaces,
      stillFails: recent,
      signedInSince: back?.toISOString() ?? null,
    },
    remediation: remediationOf(use, context),
    lookBy: rows[0].applicationId === '' ? 'principal' : 'application',
  });
}

function severityOf(recent: boolean, back: Date | null): Severity {
  if (back !== null) {
    return 'medium';
  }
  return recent ? 'critical' : 'high';
}

/** When the application signed in from one of the addresses after the last failure; `null`: not yet. */
function backSince(failures: SomeRows, successes: readonly SignIns[]): Date | null {
  const { last } = spanOf(failures);
  const addresses = new Set(failures.map(({ address }) => address));
  const times = successes
    .filter(({ address }) => addresses.has(address))
    .flatMap((success) => [success.first, success.last])
    .filter((time) => time > last);
  return times.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

/** `Secret “ci” of application “Loader” expired on 2026-11-20` */
function describeCredential({ keyId, kind, credential }: ExpiredUse, name: string): string {
  const of = `of application ${quoted(name)}`;
  if (keyId === null) {
    return `A ${kind} ${of} has expired`;
  }
  const noun = kind === 'secret' ? 'Secret' : 'Certificate';
  const label = credential === null || credential.name === '' ? `with key id ${keyId}` : quoted(credential.name);
  const endsAt = credential?.endsAt ?? null;
  return `${noun} ${label} ${of} ${endsAt === null ? 'has expired' : `expired on ${day(new Date(endsAt))}`}`;
}

/** The credential where it is known, as the checks on expiry name it, else the application. */
function subjectOf({ applicationId, keyId, kind, credential }: ExpiredUse, name: string, portal: string): Subject {
  const link = credentialsLink(portal, applicationId);
  if (keyId === null) {
    return { id: `${applicationId}/${kind}`, kind: 'application', name, link };
  }
  const label = credential === null || credential.name === '' ? `key id ${keyId}` : credential.name;
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

/** A pass for each expired credential that nothing tried. */
function unused(
  uses: readonly Used[],
  knownOf: (applicationId: string) => Known,
  { signIns, portal, now }: CheckContext<Options>,
): readonly Verdict[] {
  const used = new Set(uses.map(({ use }) => use.keyId));
  const unclear = new Set(uses.filter(({ use }) => use.keyId === null).map(({ use }) => use.applicationId));
  const { from, to } = signIns.period;
  return signIns.watch.credentials
    .filter(
      (credential) =>
        isExpired(credential, now) && !used.has(credential.keyId) && !unclear.has(credential.applicationId),
    )
    .map((credential) => {
      const { applicationId, keyId, kind, endsAt } = credential;
      const use: ExpiredUse = { applicationId, keyId, kind, credential };
      const name = knownOf(applicationId).principal?.name ?? applicationId;
      return {
        subject: subjectOf(use, name, portal),
        status: 'pass',
        message: `${describeCredential(use, name)}, and nothing tried to sign in with it from ${minute(from)} to ${minute(to)} UTC.`,
        evidence: { keyId, endedAt: endsAt },
      };
    });
}
