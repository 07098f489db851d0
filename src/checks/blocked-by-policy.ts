import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Severity } from '../audit/finding';
import { inNetworks } from '../audit/networks';
import type { ResultKind } from '../audit/sign-in-codes';
import { areSome, countOf, groupRows, isAttempt, resultingIn, rowsOf, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, addressSubject, principalSubject } from '../audit/sign-in-subjects';
import {
  adviceFor,
  countPrincipals,
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
} from '../audit/sign-in-wording';
import { inSpans, tallyOf } from '../audit/spans';
import { watchedById, type Known } from '../audit/known-principals';
import { counted, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;

const options = z.strictObject({
  failures: z
    .int()
    .positive()
    .default(3)
    .describe('A user, or an address before the SQL firewall, that is stopped so often within `withinMinutes` fails.'),
  servicePrincipalFailures: z
    .int()
    .positive()
    .default(1)
    .describe('A service principal that is stopped so often within `withinMinutes` fails.'),
  withinMinutes: z.int().min(10).max(720).default(60).describe('In which the failures lie, in minutes.'),
});
type Options = z.infer<typeof options>;

const STOPPED: ReadonlySet<ResultKind> = new Set(['policy', 'firewall']);

export default defineTenantCheck({
  id: 'blocked-by-policy',
  title: 'Policies and firewalls stop nobody who should get in',
  severity: 'medium',
  why: 'Conditional access judges after the password was accepted: whoever it stops had the right one. Where that is a stranger the password is known to others; where it is your own people or pipelines, their work stands still. The firewall of SQL stops addresses before anybody asks for a password.',
  remediation: [
    'See who was stopped, where, and by which policy: the sign-in’s details name it.',
    'A stranger: change the password, although the policy held.',
    'Somebody of your own: correct the policy, the device or the firewall rule.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/conditional-access/troubleshoot-conditional-access',
  techniques: ['T1078.004', 'T1190'],
  requires: ['userSignIns', 'servicePrincipalSignIns', 'sqlLogins'],
  partial: true,
  options,
  evaluate: ({ userSignIns, servicePrincipalSignIns, sqlLogins }, context) => {
    const rows = rowsOf(userSignIns, servicePrincipalSignIns, sqlLogins);
    const stopped = resultingIn(rows, STOPPED).filter(isAttempt);
    const isTrusted = inNetworks(context.signIns.trustedNetworks);
    const knownOf = watchedById(context.signIns.watch);
    const found = [...groupRows(stopped, whoOrWhere).values()]
      .map((own) => often(own, context.options))
      .filter(areSome);
    return [
      ...found.map((own) =>
        own[0].kind === 'sqlLogin'
          ? judgeAddress(own, isTrusted, context)
          : judgePrincipal(own, isTrusted, knownOf(own[0].principalId), context),
      ),
      ...passes(rows, found.flat(), 'none was stopped by a policy or a firewall again and again', context),
    ];
  },
});

/** A firewall stops addresses, whoever is there. */
function whoOrWhere(row: SignIns): string {
  return row.kind === 'sqlLogin' && row.address !== '' ? `sqlLogin/${row.address}` : `${row.kind} ${accountKey(row)}`;
}

function often(own: SomeRows, options: Options): readonly SignIns[] {
  const atLeast = own[0].kind === 'servicePrincipal' ? options.servicePrincipalFailures : options.failures;
  return inSpans(
    own,
    options.withinMinutes * MINUTE_MS,
    tallyOf((row) => row.count, atLeast),
  );
}

function judgePrincipal(
  own: SomeRows,
  isTrusted: (address: string) => boolean,
  { workspaces, concerns }: Known,
  { portal }: CheckContext<Options>,
): Verdict {
  const application = own[0].kind === 'servicePrincipal';
  const trusted = own.every(({ address }) => isTrusted(address));
  return incident({
    subject: principalSubject(own, portal),
    severity: severityOf(application && concerns !== '', trusted && !application),
    message: sentences(
      `${describePrincipal(own)} was stopped ${counted(countOf(own), 'time')} ${describeOrigin(own)}, ${describeTimes(own)}: ${describeResults(own)}.`,
      application
        ? 'Whatever runs with it from there stands still; or somebody has its credential, and the policy held.'
        : 'The password was right: it is the owner at a place or a device that is not admitted, or somebody who knows the password.',
      concerns,
    ),
    rows: own,
    technique: 'T1078.004',
    evidence: { trusted, workspaces },
    remediation: [
      application
        ? 'See whether the address is one of your own; if not, replace the credential at once.'
        : 'Ask the owner whether that was they; if not, change the password although the policy held.',
      ...adviceFor(own),
      'In the portal open Entra ID > Monitoring > Sign-in logs > the sign-in > Conditional Access: it names the policy.',
    ],
    lookBy: 'principal',
  });
}

function severityOf(stops: boolean, harmless: boolean): Severity {
  if (stops) {
    return 'high';
  }
  return harmless ? 'low' : 'medium';
}

function judgeAddress(
  own: SomeRows,
  isTrusted: (address: string) => boolean,
  { portal }: CheckContext<Options>,
): Verdict {
  const [{ address }] = own;
  const trusted = isTrusted(address);
  return incident({
    subject: address === '' ? principalSubject(own, portal) : addressSubject('sqlLogin', address),
    severity: trusted ? 'low' : 'medium',
    message: sentences(
      `The SQL endpoint stopped ${countPrincipals(own)} ${counted(countOf(own), 'time')} ${describeOrigin(own)}, ${describeTimes(own)}: ${describeResults(own)}.`,
      trusted
        ? 'It is a trusted network, which the firewall does not admit.'
        : 'A program of your own has a new address, or somebody looks for open doors.',
    ),
    rows: own,
    technique: 'T1190',
    evidence: { trusted },
    remediation: [
      'See whose address it is. If it is your own, admit it with a narrow rule, or better with a private endpoint:',
      'az synapse workspace firewall-rule create --workspace-name <workspace> --resource-group <group> --name <name> --start-ip-address <first> --end-ip-address <last>',
      'If it is a stranger’s, the firewall has done its work; see that no rule admits wide ranges.',
    ],
    lookBy: address === '' ? 'principal' : 'address',
  });
}
