/**
 * What the results of sign-ins mean: numbers of Entra ID (AADSTS) and of SQL, as data with sources. Microsoft reserves to
 * change them, so that they stand here and nowhere else, and a number that is not here is shown as what it is.
 */
import type { SignIns } from '../inventory/sign-ins';

/** Every sort of result, with what to do about it. The order is that of the documentation. */
export const RESULT_KINDS = {
  success: 'Nothing.',
  interrupt: 'Nothing: the sign-in went on with a further question, or ended there without harm.',
  badPassword: 'Ask the account’s owner whether that was they; else change the password and look at who was tried.',
  unknownAccount: 'Look at which names were tried: a list of them is no typing error.',
  locked: 'Find out who tries before the account is unlocked; Entra ID unlocks it by itself after a while.',
  expiredPassword: 'Let the owner set a new password; a stored one wants replacing where it is stored.',
  secondFactor:
    'Ask the owner whether that was they: whoever came so far knows the password, and if it was not the owner it must be changed.',
  disabled: 'Enable it if that was a mistake; otherwise find what still uses it, and remove that.',
  expiredCredential: 'Add a new secret or certificate, put it wherever the old one is read, then remove the old one.',
  wrongCredential: 'Compare what the client sends with what the application has: the value of a secret, not its id.',
  missingCredential: 'Give the client a secret, a certificate or a federated credential to sign in with.',
  rejectedAssertion:
    'Upload the certificate that the client signs with, or give the client the one that is registered; see that its clock is right.',
  noFederatedMatch:
    'Compare issuer, subject and audience of the token, letter by letter, with those of the federated credential.',
  unknownApplication: 'Correct the client id or the tenant in the client’s settings, or create the service principal.',
  notConfigured: 'Correct the request: the tenant, the resource or the consent it asks for.',
  noAccess: 'Give the principal access to the application or the database, or correct the name it asks for.',
  policy: 'Find the policy in the sign-in’s details, and decide whether the sign-in or the policy is wrong.',
  firewall: 'Find out whose address it is; admit it with a narrow rule, or let it be stopped.',
  transient: 'Nothing, unless it lasts: clients try again.',
  unknown: 'Look the number up at https://login.microsoftonline.com/error, or among the errors of SQL Server.',
} as const;
export type ResultKind = keyof typeof RESULT_KINDS;

/** Which service gives the number. */
export type CodeLog = 'entra' | 'sql';

export interface SignInCode {
  readonly log: CodeLog;
  /** As the logs have it; SQL’s with a state as `18456/8`. */
  readonly number: string;
  readonly kind: ResultKind;
  /** A clause, to be put after the number. */
  readonly meaning: string;
  readonly advice: string;
  /** `null`: no document was found that says it, it is remembered. */
  readonly source: string | null;
}

const ENTRA = 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes';
const WORKLOAD_IDENTITY = 'https://azure.github.io/azure-workload-identity/docs/troubleshooting.html';
const SQL_18456 =
  'https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-18456-database-engine-error';
const SQL_CONNECTING = 'https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues';
const SQL_NETWORK = 'https://learn.microsoft.com/azure/azure-sql/database/vnet-service-endpoint-rule-overview';
const SQL_PRIVATE = 'https://learn.microsoft.com/azure/azure-sql/database/connectivity-settings';

type Entry = readonly [number: string, kind: ResultKind, meaning: string, advice?: string];

const ENTRA_CODES: readonly Entry[] = [
  ['0', 'success', 'signed in'],

  ['50058', 'interrupt', 'not signed in yet, so that no silent sign-in was possible'],
  ['50072', 'interrupt', 'the user must register for multifactor authentication'],
  ['50074', 'interrupt', 'multifactor authentication was asked for'],
  ['50076', 'interrupt', 'multifactor authentication was asked for by a policy'],
  ['50078', 'interrupt', 'multifactor authentication was too long ago and was asked for again'],
  ['50079', 'interrupt', 'the user must register for multifactor authentication, by a policy'],
  ['50089', 'interrupt', 'the sign-in took too long and had to start again'],
  ['50097', 'interrupt', 'the device was asked to authenticate'],
  ['50125', 'interrupt', 'interrupted to reset a password or to register for that'],
  ['50129', 'interrupt', 'the device was asked to be registered'],
  ['50132', 'interrupt', 'the session ended as the password expired or was changed'],
  ['50133', 'interrupt', 'the session ended as the password expired or was changed'],
  ['50140', 'interrupt', 'asked whether to stay signed in'],
  ['50158', 'interrupt', 'an external check was asked for'],
  ['50168', 'interrupt', 'the browser was asked for the device’s token'],
  ['50173', 'interrupt', 'the session was revoked, so that the user must sign in again'],
  ['50180', 'interrupt', 'integrated Windows authentication was asked for'],
  ['50199', 'interrupt', 'asked to confirm the application'],
  ['51006', 'interrupt', 'integrated Windows authentication was asked for'],
  ['70008', 'interrupt', 'the refresh token had not been used for too long'],
  ['70016', 'interrupt', 'waiting for the user to enter the code of a device'],
  ['70043', 'interrupt', 'the refresh token was too old for the sign-in frequency of a policy'],
  ['70044', 'interrupt', 'the session was too old for the sign-in frequency of a policy'],
  ['700082', 'interrupt', 'the refresh token had not been used for too long'],
  ['700084', 'interrupt', 'the refresh token of a web page had ended'],
  ['81010', 'interrupt', 'single sign-on by Kerberos did not work, the user was asked instead'],
  ['81012', 'interrupt', 'another user was chosen than is signed in to the device'],

  ['50056', 'badPassword', 'no password, or none stored for this account'],
  ['50064', 'badPassword', 'name or password did not validate'],
  ['50126', 'badPassword', 'wrong name or password'],

  ['16000', 'unknownAccount', 'the account is not in this tenant'],
  ['50014', 'unknownAccount', 'the guest is not in this tenant yet'],
  ['50020', 'unknownAccount', 'the account is of another directory and not in this tenant'],
  ['50034', 'unknownAccount', 'no such account'],
  ['51004', 'unknownAccount', 'no such account'],

  [
    '50053',
    'locked',
    'locked after too many failures, or stopped for a malicious address',
    'Read the failure reason of the sign-in: it tells which of the two. Find out who tries before the account is unlocked.',
  ],

  ['50055', 'expiredPassword', 'the password has expired'],
  ['50144', 'expiredPassword', 'the password in the local directory has expired'],

  ['500121', 'secondFactor', 'the second factor was refused or not given'],

  ['50057', 'disabled', 'the account is disabled'],
  ['70001', 'disabled', 'the application is disabled'],
  ['7000112', 'disabled', 'the application is disabled'],
  ['135011', 'disabled', 'the device is disabled'],

  ['7000222', 'expiredCredential', 'the client secret has expired'],

  ['70002', 'wrongCredential', 'the client secret is wrong'],
  [
    '7000215',
    'wrongCredential',
    'the client secret is wrong',
    'Put the value of a valid secret into the client: often it is the secret’s id that was copied, or one that was removed.',
  ],

  ['7000218', 'missingCredential', 'neither a secret nor an assertion was sent'],
  [
    '700025',
    'missingCredential',
    'the client is public and sent a secret nevertheless',
    'Register the client as a confidential one, or let it send none.',
  ],
  ['900144', 'missingCredential', 'the request lacks a parameter'],

  ['50012', 'rejectedAssertion', 'the certificate or its signature was not accepted'],
  ['50013', 'rejectedAssertion', 'the assertion is invalid'],
  ['500133', 'rejectedAssertion', 'the assertion is out of its time'],
  ['50027', 'rejectedAssertion', 'the token that was presented is invalid'],
  ['50048', 'rejectedAssertion', 'subject and issuer of the assertion don’t fit'],
  ['700024', 'rejectedAssertion', 'the client assertion is out of its time'],
  [
    '700027',
    'rejectedAssertion',
    'the signature of the client assertion was not accepted: the certificate is not registered, or has expired',
  ],
  ['700030', 'rejectedAssertion', 'the subject of the certificate is not authorised'],

  ['70021', 'noFederatedMatch', 'no federated credential fits the token'],
  ['700211', 'noFederatedMatch', 'no federated credential has the token’s issuer'],
  ['700212', 'noFederatedMatch', 'no federated credential has the token’s audience'],
  ['7002121', 'noFederatedMatch', 'no federated credential has the token’s audience'],
  ['700213', 'noFederatedMatch', 'no federated credential has the token’s subject'],
  ['7002131', 'noFederatedMatch', 'no federated credential, nor an expression of one, fits the token’s subject'],
  ['700222', 'noFederatedMatch', 'a token of Entra ID was presented, which this federated credential cannot take'],
  ['700229', 'noFederatedMatch', 'a user’s token was presented where only an application’s can be exchanged'],

  ['700011', 'unknownApplication', 'no such application in the directory'],
  ['700016', 'unknownApplication', 'no such application in this tenant'],
  ['7000229', 'unknownApplication', 'the application has no service principal in this tenant'],

  ['50001', 'notConfigured', 'no such resource, or it is disabled'],
  ['500011', 'notConfigured', 'the resource has no service principal in this tenant'],
  ['50059', 'notConfigured', 'nothing tells the tenant'],
  ['50128', 'notConfigured', 'nothing tells the tenant'],
  ['65001', 'notConfigured', 'nobody consented to the application'],
  ['65004', 'notConfigured', 'the user declined to consent'],
  ['650052', 'notConfigured', 'the organisation has no subscription to the resource'],
  ['650057', 'notConfigured', 'the resource is not among those that the application asks for'],
  ['90002', 'notConfigured', 'no such tenant'],
  ['90094', 'notConfigured', 'an administrator must consent'],
  ['9002313', 'notConfigured', 'the request is malformed'],

  ['50105', 'noAccess', 'not assigned to the application'],

  ['50002', 'policy', 'stopped by a proxy’s tenant restriction'],
  ['500021', 'policy', 'stopped by a tenant restriction'],
  ['500022', 'policy', 'stopped by a tenant restriction'],
  ['500212', 'policy', 'stopped by the outbound access policy of the user’s tenant'],
  ['500213', 'policy', 'stopped by the inbound access policy of this tenant'],
  ['50005', 'policy', 'stopped by conditional access: platform of the device'],
  ['50131', 'policy', 'stopped by conditional access: device, suspicious activity or another policy'],
  ['50135', 'policy', 'a new password is required as the account is at risk'],
  ['53000', 'policy', 'stopped by conditional access: the device is not compliant'],
  ['53001', 'policy', 'stopped by conditional access: the device is not joined to the domain'],
  ['53002', 'policy', 'stopped by conditional access: the application is not an approved one'],
  ['53003', 'policy', 'stopped by conditional access'],
  ['530032', 'policy', 'stopped by a security policy of the tenant'],
  ['530034', 'policy', 'stopped as the delegated administrator is at risk'],
  ['530035', 'policy', 'stopped by security defaults'],
  ['53004', 'policy', 'stopped before registering for multifactor authentication, as the sign-in is at risk'],
  ['53010', 'policy', 'stopped before registering for multifactor authentication, at this place or device'],
  ['53011', 'policy', 'stopped as the user is at risk in the home tenant'],
  ['1000031', 'policy', 'the application can’t be accessed at this time'],

  ['50033', 'transient', 'a passing fault of Entra ID'],
  ['50087', 'transient', 'a passing fault of multifactor authentication'],
  ['50196', 'transient', 'the client asked for the same again and again', 'Let the client keep its tokens.'],
  ['80001', 'transient', 'the authentication agent could not reach the local directory'],
  ['80002', 'transient', 'the local directory took too long to check the password'],
  ['90006', 'transient', 'Entra ID was not available for a moment'],
  ['90012', 'transient', 'Entra ID took too long'],
  ['90024', 'transient', 'a passing fault of Entra ID'],
  ['90033', 'transient', 'the directory was not available for a moment'],
  ['90055', 'transient', 'too many requests of this tenant'],
  ['90090', 'transient', 'Entra ID was not available for a moment'],
];

/** Where another document than Microsoft’s list says it; `null`: none was found, it is remembered. */
const OTHER_SOURCES: ReadonlyMap<string, string | null> = new Map([
  ['70021', WORKLOAD_IDENTITY],
  ...['500121', '70044', '700024', '700211', '700212', '7002121', '700213', '7002131', '700222', '7000229'].map(
    (number) => [number, null] as const,
  ),
]);

type SqlEntry = readonly [number: string, kind: ResultKind, meaning: string, source: string | null];

const SQL_CODES: readonly SqlEntry[] = [
  ['0', 'success', 'logged in', SQL_18456],
  ['18456', 'badPassword', 'login failed', SQL_18456],
  ['18456/1', 'badPassword', 'login failed; the reason is withheld', SQL_18456],
  ['18456/2', 'unknownAccount', 'no such login', SQL_18456],
  ['18456/5', 'unknownAccount', 'no such login', SQL_18456],
  ['18456/6', 'badPassword', 'a Windows login with SQL authentication', SQL_18456],
  ['18456/7', 'badPassword', 'wrong password, and the login is disabled', SQL_18456],
  ['18456/8', 'badPassword', 'wrong password', SQL_18456],
  ['18456/9', 'badPassword', 'wrong password', SQL_18456],
  ['18456/11', 'noAccess', 'a valid login without access to the server', SQL_18456],
  ['18456/12', 'noAccess', 'a valid login without access to the server', SQL_18456],
  ['18456/18', 'expiredPassword', 'the password must be changed', SQL_18456],
  ['18456/38', 'noAccess', 'no such database', SQL_18456],
  ['18456/46', 'noAccess', 'no such database', SQL_18456],
  ...[102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 132, 133].map((state): SqlEntry => [
    `18456/${state}`,
    'rejectedAssertion',
    'the token of Entra ID was not accepted',
    SQL_18456,
  ]),
  ...[122, 123, 124].map((state): SqlEntry => [
    `18456/${state}`,
    'badPassword',
    'name or password was empty',
    SQL_18456,
  ]),
  ['18456/126', 'noAccess', 'no such database', SQL_18456],
  ['18470', 'disabled', 'the login is disabled', null],
  ['18486', 'locked', 'the login is locked', null],
  ['18487', 'expiredPassword', 'the password has expired', null],
  ['18488', 'expiredPassword', 'the password must be changed', null],
  [
    '4060',
    'noAccess',
    'the database could not be opened: no such one, no access to it, or it is paused',
    SQL_CONNECTING,
  ],
  ['40531', 'notConfigured', 'the server’s name is not in the request', SQL_CONNECTING],
  ['40532', 'notConfigured', 'no such server', null],
  ['40615', 'firewall', 'stopped by the firewall: no rule admits the address', SQL_NETWORK],
  ['40914', 'firewall', 'stopped by the firewall: no rule admits the virtual network', SQL_NETWORK],
  ['42101', 'firewall', 'stopped: public network access is off', null],
  ['47073', 'firewall', 'stopped: public network access is off', SQL_PRIVATE],
  ['615', 'transient', 'the database was just being moved', SQL_CONNECTING],
  ['40197', 'transient', 'a passing fault of the service', SQL_CONNECTING],
  ['40501', 'transient', 'the service was busy', SQL_CONNECTING],
  ['40613', 'transient', 'the database was not available for a moment', SQL_CONNECTING],
  ['49918', 'transient', 'the service was busy', SQL_CONNECTING],
  ['49919', 'transient', 'the service was busy', SQL_CONNECTING],
  ['49920', 'transient', 'the service was busy', SQL_CONNECTING],
];

export const SIGN_IN_CODES: readonly SignInCode[] = [
  ...ENTRA_CODES.map(([number, kind, meaning, advice]): SignInCode => {
    const other = OTHER_SOURCES.get(number);
    const source = other === undefined ? ENTRA : other;
    return { log: 'entra', number, kind, meaning, advice: advice ?? RESULT_KINDS[kind], source };
  }),
  ...SQL_CODES.map(([number, kind, meaning, source]): SignInCode => ({
    log: 'sql',
    number,
    kind,
    meaning,
    advice: RESULT_KINDS[kind],
    source,
  })),
];

const BY_NUMBER: Readonly<Record<CodeLog, ReadonlyMap<string, SignInCode>>> = {
  entra: byNumber('entra'),
  sql: byNumber('sql'),
};

type Result = Pick<SignIns, 'kind' | 'result' | 'reason'>;

/** The state of a SQL error, where it is one and the same for the sign-ins of a row. */
const STATE = /^state (\d+)$/;

/** What a result means. A state of a SQL error that is not known means what the error does. */
export function codeOf({ kind, result, reason }: Result): SignInCode {
  const log: CodeLog = kind === 'sqlLogin' ? 'sql' : 'entra';
  const state = log === 'sql' ? STATE.exec(reason)?.[1] : undefined;
  const precise = state === undefined ? undefined : BY_NUMBER[log].get(`${result}/${state}`);
  const known = precise ?? BY_NUMBER[log].get(result);
  if (known !== undefined) {
    return known;
  }
  return {
    log,
    number: result,
    kind: 'unknown',
    meaning: 'not known to the auditor',
    advice: RESULT_KINDS.unknown,
    source: null,
  };
}

/** `AADSTS50126 (wrong name or password)`, `SQL error 18456, state 8 (wrong password)` */
export function describeResult(signIn: Result): string {
  const { log, number, meaning } = codeOf(signIn);
  if (number === '') {
    return 'a result without a number';
  }
  return `${log === 'entra' ? 'AADSTS' : 'SQL error '}${number.replace('/', ', state ')} (${meaning})`;
}

/** An interrupt is neither of the two others: the sign-in went on, or ended without anything being tried. */
export type Outcome = 'success' | 'interrupt' | 'failure';

/** A result that is not known is a failure: successes have one number only. */
export function outcomeOf(signIn: Result): Outcome {
  const { kind } = codeOf(signIn);
  return kind === 'success' || kind === 'interrupt' ? kind : 'failure';
}

function byNumber(log: CodeLog): ReadonlyMap<string, SignInCode> {
  return new Map(SIGN_IN_CODES.filter((code) => code.log === log).map((code) => [code.number, code]));
}
