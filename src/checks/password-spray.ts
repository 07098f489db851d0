import * as z from 'zod';
import { defineTenantCheck, type Verdict } from '../audit/check';
import { inNetworks } from '../audit/networks';
import {
  areSome,
  countOf,
  groupRows,
  GUESSES,
  mergeRows,
  resultingIn,
  rowsOf,
  SLOT_MS,
  type SomeRows,
} from '../audit/sign-in-events';
import { codeOf } from '../audit/sign-in-codes';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, addressSubject } from '../audit/sign-in-subjects';
import {
  countPrincipals,
  describeOrigin,
  describeResults,
  describeTimes,
  nameOf,
  spanOf,
} from '../audit/sign-in-wording';
import { inSpans, KeyCounts, type Tally } from '../audit/spans';
import { counted, evidenceList, quotedList, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;

/** Who gets in so soon after the tries, from the same address, is taken for guessed. */
const AFTERWARDS_MS = 60 * MINUTE_MS;

const options = z.strictObject({
  principals: z
    .int()
    .min(2)
    .default(5)
    .describe('So many different users, or SQL logins, that fail from one address within `withinMinutes` are a spray.'),
  withinMinutes: z.int().min(10).max(600).default(20).describe('Length of a spray, in minutes.'),
});

export default defineTenantCheck({
  id: 'password-spray',
  title: 'No address tries the passwords of many accounts',
  severity: 'high',
  why: 'One common password tried on many accounts locks none of them, and sooner or later fits one: the account then opens Synapse, its data and its pipelines.',
  remediation: [
    'See whose address it is; a proxy of your own belongs into TRUSTED_NETWORKS.',
    'Block it, and look whether one of the accounts signed in from there.',
    'Change the passwords of accounts that did, and revoke their sessions.',
    'Demand multifactor authentication of everybody, and ban common passwords.',
  ],
  link: 'https://learn.microsoft.com/security/operations/incident-response-playbook-password-spray',
  techniques: ['T1110.003'],
  requires: ['userSignIns', 'sqlLogins'],
  partial: true,
  options,
  evaluate: ({ userSignIns, sqlLogins }, context) => {
    const rows = rowsOf(userSignIns, sqlLogins);
    const isTrusted = inNetworks(context.signIns.trustedNetworks);
    const tried = groupRows(
      resultingIn(rows, GUESSES).filter(({ address }) => address !== '' && !isTrusted(address)),
      whence,
    );
    const suspects = new Map([...tried].filter(([, own]) => principalsIn(own) >= context.options.principals));
    const succeeded = groupRows(
      mergeRows(rows.filter((row) => codeOf(row).kind === 'success' && suspects.has(whence(row)))),
      whence,
    );
    const sprays = [...suspects].flatMap(([place, own]) => {
      const success = succeeded.get(place) ?? [];
      const spray = inSpans(
        own,
        context.options.withinMinutes * MINUTE_MS,
        tallyOf(success, context.options.principals),
      );
      return areSome(spray) ? [{ spray, success }] : [];
    });
    return [
      ...sprays.map(({ spray, success }) => judge(spray, success)),
      ...passes(
        rows,
        sprays.flatMap(({ spray }) => spray),
        'no address tried the passwords of many',
        context,
      ),
    ];
  },
});

function whence({ kind, address }: SignIns): string {
  return `${kind}/${address}`;
}

function principalsIn(rows: readonly SignIns[]): number {
  return new Set(rows.map(accountKey)).size;
}

/**
 * Enough accounts failed, and more than succeeded: of an office many people sign in, and some of them mistype. Successes
 * are counted by the beginning of their slots, which is the same whenever an audit reads them.
 */
function tallyOf(success: readonly SignIns[], atLeast: number): Tally<SignIns> {
  const failed = new KeyCounts();
  const gotIn = new KeyCounts();
  const inOrder = [...success].sort((a, b) => a.first.getTime() - b.first.getTime());
  let entered = 0;
  let left = 0;
  return {
    add: (row) => {
      failed.add(accountKey(row));
    },
    remove: (row) => {
      failed.remove(accountKey(row));
    },
    meets: (from, to) => {
      const since = Math.floor(from / SLOT_MS.success) * SLOT_MS.success;
      for (let next = inOrder[entered]; next !== undefined && next.first.getTime() <= to; next = inOrder[entered]) {
        gotIn.add(accountKey(next));
        entered += 1;
      }
      for (let next = inOrder[left]; next !== undefined && next.first.getTime() < since; next = inOrder[left]) {
        gotIn.remove(accountKey(next));
        left += 1;
      }
      return failed.size >= atLeast && failed.size > gotIn.size;
    },
  };
}

function judge(spray: SomeRows, success: readonly SignIns[]): Verdict {
  const [row] = spray;
  const guessed = guessedIn(spray, success);
  const names = guessed.map(nameOf);
  const known =
    names.length === 0
      ? 'None of them signed in from there.'
      : `From the same address ${quotedList(names)} then signed in: take these passwords for known.`;
  return incident({
    subject: addressSubject(row.kind, row.address),
    severity: names.length === 0 ? 'high' : 'critical',
    message: sentences(
      `The passwords of ${countPrincipals(spray)} were tried ${describeOrigin(spray)}, ${counted(countOf(spray), 'time')} ${describeTimes(spray)}: ${describeResults(spray)}.`,
      known,
    ),
    rows: spray,
    technique: 'T1110.003',
    evidence: { accounts: principalsIn(spray), signedIn: evidenceList(names) },
    remediation: [
      ...(names.length === 0
        ? []
        : ['Change the passwords of those who signed in, and revoke their sessions, before anything else.']),
      'See whose address it is. If it is your own proxy or VPN, name its network in TRUSTED_NETWORKS; otherwise block it.',
      'See that all of these accounts need a second factor, and that none has a common password.',
    ],
    lookBy: 'address',
  });
}

/** Those who were tried and got in soon after, each with its rows. */
function guessedIn(spray: SomeRows, success: readonly SignIns[]): readonly SomeRows[] {
  const until = spanOf(spray).last.getTime() + AFTERWARDS_MS;
  const triedSince = new Map([...groupRows(spray, accountKey)].map(([key, own]) => [key, spanOf(own).first]));
  const after = success.filter((row) => {
    const since = triedSince.get(accountKey(row));
    return since !== undefined && row.last > since && row.first.getTime() <= until;
  });
  return [...groupRows(after, accountKey).values()];
}
