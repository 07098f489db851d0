/**
 * What keeps a federated credential from ever matching a token: Entra ID compares issuer, subject and audience with the
 * token's as they stand, letter by letter. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
import type { FederatedCredential } from '../inventory/model';
import { quoted } from './wording';

/** The clouds' own: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
export const TOKEN_EXCHANGE_AUDIENCES = [
  'api://AzureADTokenExchange',
  'api://AzureADTokenExchangeUSGov',
  'api://AzureADTokenExchangeChina',
  'api://AzureADTokenExchangeUSNat',
  'api://AzureADTokenExchangeUSSec',
];

const GITHUB = 'https://token.actions.githubusercontent.com';

/** Clauses, by the field they are about; all empty: the credential can match a token. */
export interface FederationFaults {
  readonly issuer: readonly string[];
  readonly subject: readonly string[];
  readonly audiences: readonly string[];
}

/** @param audiences what tokens of the tenant's identity providers are made out to */
export function federationFaults(
  { issuer, subject, audiences: found }: FederatedCredential,
  audiences: readonly string[],
): FederationFaults {
  const gitHub = isGitHub(issuer);
  return {
    issuer: [
      ...issuerFaults(issuer),
      ...(gitHub && issuer.trim().endsWith('/') ? ['GitHub’s issuer has no slash at its end'] : []),
    ],
    subject: [...subjectFaults(subject), ...(gitHub ? gitHubFaults(subject?.trim() ?? '') : [])],
    audiences: audienceFaults(found, audiences),
  };
}

/** The expected audience that was meant: the same but for case and blanks, else the first one. */
export function intendedAudience(found: readonly string[], expected: readonly string[]): string {
  const spelt = (audience: string): string => audience.trim().replace(/\/+$/, '').toLowerCase();
  return expected.find((one) => found.some((audience) => spelt(audience) === spelt(one))) ?? expected[0] ?? '';
}

/** Two with one key mean the same workload; Graph refuses exact twins, so that they differ in case, blanks or a slash. */
export function workloadKey({ issuer, subject }: FederatedCredential): string {
  return JSON.stringify([issuer.trim().replace(/\/+$/, '').toLowerCase(), subject?.trim().toLowerCase() ?? null]);
}

function issuerFaults(issuer: string): readonly string[] {
  if (issuer.trim() === '') {
    return ['the issuer is empty'];
  }
  if (issuer !== issuer.trim()) {
    return ['the issuer begins or ends with a blank'];
  }
  return /^https:\/\/[^\s/?#]+\S*$/.test(issuer) ? [] : [`the issuer ${quoted(issuer)} is no https address`];
}

function subjectFaults(subject: string | null): readonly string[] {
  if (subject === null) {
    return [];
  }
  if (subject.trim() === '') {
    return ['the subject is empty'];
  }
  return [
    ...(subject === subject.trim() ? [] : ['the subject begins or ends with a blank']),
    ...(subject.includes('*') ? [`the subject ${quoted(subject)} has a wildcard, which is compared as a letter`] : []),
  ];
}

function audienceFaults(found: readonly string[], expected: readonly string[]): readonly string[] {
  const [audience] = found;
  if (audience === undefined || found.length > 1) {
    return [`it has ${found.length} audiences instead of one`];
  }
  return expected.includes(audience)
    ? []
    : [`the audience is ${quoted(audience)} instead of ${intendedAudience(found, expected)}`];
}

function isGitHub(issuer: string): boolean {
  const address = issuer.trim().toLowerCase();
  return address === GITHUB || address.startsWith(`${GITHUB}/`);
}

/** What stands after `repo:owner/name:` by mistake for `ref:refs/…`, `environment:…` or `pull_request`. */
const NEVER_A_CONTEXT =
  /^(refs|heads|tags)\/|^(branch|tag|env):|^pull(-request|_requests)|^ref:(?!refs\/(heads|tags|pull)\/.)|^environment:$/;

/**
 * Shapes that no token of GitHub Actions has. A repository may put any claims into its subject, so that only well-known
 * mistakes are named. https://docs.github.com/actions/reference/openid-connect-reference
 */
function gitHubFaults(subject: string): readonly string[] {
  if (/^https?:|github\.com/i.test(subject)) {
    return [`the subject ${quoted(subject)} is an address, where GitHub sends repo:owner/name:…`];
  }
  if (!subject.startsWith('repo:')) {
    return /^(refs\/|[^:/]+\/[^:/]+(:|$))/.test(subject)
      ? [`the subject ${quoted(subject)} lacks “repo:owner/name:” in front`]
      : [];
  }
  const [, context] = /^repo:[^:/\s]+\/[^:/\s]+:(.+)$/.exec(subject) ?? [];
  if (context === undefined) {
    return [`the subject ${quoted(subject)} is not of the form repo:owner/name:context`];
  }
  return NEVER_A_CONTEXT.test(context)
    ? [
        `the subject ${quoted(subject)} ends in ${quoted(context)}, where GitHub sends ref:refs/heads/…, ref:refs/tags/…, environment:… or pull_request`,
      ]
    : [];
}
