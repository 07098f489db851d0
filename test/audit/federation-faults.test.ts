import {
  federationFaults,
  intendedAudience,
  TOKEN_EXCHANGE_AUDIENCES,
  workloadKey,
} from '../../src/audit/federation-faults';
import type { FederatedCredential } from '../../src/inventory/model';
import { aFederatedCredential } from '../fixtures/facts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const CLUSTER = 'https://westeurope.oic.prod-aks.azure.com/tenant/cluster/';

const faultsOf = (changes: Partial<FederatedCredential>): string[] => {
  const { issuer, subject, audiences } = federationFaults(aFederatedCredential(changes), TOKEN_EXCHANGE_AUDIENCES);
  return [...issuer, ...subject, ...audiences];
};

describe('can match', () => {
  test.each([
    ['an environment', 'repo:contoso/data:environment:production'],
    ['an environment whose name has a colon and blanks', 'repo:contoso/data:environment:Prod: EU west'],
    ['a branch', 'repo:contoso/data:ref:refs/heads/main'],
    ['a tag', 'repo:contoso/data:ref:refs/tags/v1.0'],
    ['a pull request', 'repo:contoso/data:pull_request'],
    ['immutable ids of owner and repository', 'repo:contoso@123/data@456:ref:refs/heads/main'],
    [
      'claims of one’s own choice',
      'repo:contoso/data:job_workflow_ref:contoso/flows/.github/workflows/x.yml@refs/heads/main',
    ],
    ['claims without the repository', 'repository_owner:contoso:environment:production'],
    ['claims that name a repository at their end', 'repository_owner:contoso:workflow:contoso/data:nightly'],
    ['a claim whose name ends like a mistake', 'repo:contoso/data:release_tag:v1'],
    ['an environment called like a mistake', 'repo:contoso/data:environment:pull-requests'],
    ['an environment called like an address', 'repo:contoso/data:environment:https:staging'],
  ])('GitHub: %s', (_, subject) => {
    expect(faultsOf({ subject })).toEqual([]);
  });

  test.each([
    ['another issuer', { issuer: CLUSTER, subject: 'system:serviceaccount:ns:loader' }],
    ['GitHub of an enterprise', { issuer: `${GITHUB}/contoso` }],
    ['a subject like a mistake of GitHub, from another issuer', { issuer: CLUSTER, subject: 'refs/heads/main' }],
    ['an expression instead of a subject', { subject: null }],
    ...[
      'api://AzureADTokenExchange',
      'api://AzureADTokenExchangeUSGov',
      'api://AzureADTokenExchangeChina',
      'api://AzureADTokenExchangeUSNat',
      'api://AzureADTokenExchangeUSSec',
    ].map((audience): [string, Partial<FederatedCredential>] => [audience, { audiences: [audience] }]),
  ] satisfies [string, Partial<FederatedCredential>][])('%s', (_, changes) => {
    expect(faultsOf(changes)).toEqual([]);
  });
});

describe('can never match', () => {
  test.each<[string, Partial<FederatedCredential>, RegExp]>([
    ['an empty issuer', { issuer: ' ' }, /^the issuer is empty$/],
    [
      'an issuer that is not https',
      { issuer: 'http://build.example' },
      /^the issuer “http:\/\/build\.example” is no https address$/,
    ],
    ['an issuer without host', { issuer: 'https://' }, /is no https address/],
    ['an issuer with something before the address', { issuer: `to ${CLUSTER}` }, /is no https address/],
    ['an issuer with a blank inside', { issuer: `${CLUSTER} x` }, /is no https address/],
    ['an issuer with a blank', { issuer: `${CLUSTER} ` }, /^the issuer begins or ends with a blank$/],
    ['an empty subject', { subject: '' }, /^the subject is empty$/],
    ['a subject of blanks', { subject: '  ' }, /^the subject is empty$/],
    [
      'a subject with a blank',
      { subject: ' repo:contoso/data:pull_request' },
      /^the subject begins or ends with a blank$/,
    ],
    ['a wildcard', { issuer: CLUSTER, subject: 'system:serviceaccount:ns:*' }, /has a wildcard/],
    ['no audience', { audiences: [] }, /^it has 0 audiences instead of one$/],
    ['two audiences', { audiences: TOKEN_EXCHANGE_AUDIENCES.slice(0, 2) }, /^it has 2 audiences instead of one$/],
    [
      'another audience',
      { audiences: ['https://contoso.example'] },
      /^the audience is “https:\/\/contoso\.example” instead of api:\/\/AzureADTokenExchange$/,
    ],
    [
      'an audience in another case',
      { audiences: ['api://azureadtokenexchangechina'] },
      /instead of api:\/\/AzureADTokenExchangeChina$/,
    ],
    ['GitHub with a slash', { issuer: `${GITHUB}/` }, /^GitHub’s issuer has no slash at its end$/],
  ])('%s', (_, changes, fault) => {
    const faults = faultsOf(changes);
    expect(faults).toEqual([expect.stringMatching(fault)]);
  });

  test.each([
    ['the address of the repository', 'https://github.com/contoso/data', /is an address/],
    ['the address without scheme', 'github.com/contoso/data', /is an address/],
    ['an address without encryption', 'http://git.example/contoso/data', /is an address/],
    ['the repository alone', 'contoso/data', /lacks “repo:owner\/name:” in front/],
    ['“repo:” twice', 'repo:repo:contoso/data:pull_request', /is not of the form/],
    ['the ref alone', 'refs/heads/main', /lacks “repo:owner\/name:” in front/],
    ['the repository without “repo:”', 'contoso/data:ref:refs/heads/main', /lacks “repo:owner\/name:” in front/],
    ['no owner', 'repo:data:ref:refs/heads/main', /is not of the form/],
    ['nothing after the repository', 'repo:contoso/data', /is not of the form/],
    ['an empty context', 'repo:contoso/data:', /is not of the form/],
    ['a ref without “ref:”', 'repo:contoso/data:refs/heads/main', /ends in “refs\/heads\/main”/],
    ['heads', 'repo:contoso/data:heads/main', /ends in “heads\/main”/],
    ['a short ref', 'repo:contoso/data:ref:main', /ends in “ref:main”/],
    ['a ref without name', 'repo:contoso/data:ref:refs/heads/', /ends in “ref:refs\/heads\/”/],
    ['a branch called so', 'repo:contoso/data:branch:main', /ends in “branch:main”/],
    ['a tag called so', 'repo:contoso/data:tag:v1', /ends in “tag:v1”/],
    ['an abbreviated environment', 'repo:contoso/data:env:prod', /ends in “env:prod”/],
    ['an environment without name', 'repo:contoso/data:environment:', /ends in “environment:”/],
    ['a pull request with a hyphen', 'repo:contoso/data:pull-request', /ends in “pull-request”/],
    ['pull requests', 'repo:contoso/data:pull_requests', /ends in “pull_requests”/],
  ])('GitHub: %s', (_, subject, fault) => {
    expect(faultsOf({ subject })).toEqual([expect.stringMatching(fault)]);
  });

  test('GitHub of an enterprise: as GitHub', () => {
    expect(faultsOf({ issuer: `${GITHUB}/contoso`, subject: 'refs/heads/main' })).toHaveLength(1);
  });

  test('blanks hide no other fault', () => {
    expect(faultsOf({ issuer: ` ${GITHUB}/ `, subject: ' refs/heads/main' })).toEqual([
      'the issuer begins or ends with a blank',
      'GitHub’s issuer has no slash at its end',
      'the subject begins or ends with a blank',
      expect.stringContaining('lacks “repo:owner/name:” in front'),
    ]);
  });

  test('every fault is named', () => {
    expect(faultsOf({ issuer: '', subject: '', audiences: [] })).toHaveLength(3);
  });
});

test('the audience that was meant is the one but for case and slash, else the first', () => {
  expect(intendedAudience(['api://AzureADTokenExchangeUSGov/'], TOKEN_EXCHANGE_AUDIENCES)).toBe(
    'api://AzureADTokenExchangeUSGov',
  );
  expect(intendedAudience(['x', ' api://azureadtokenexchangechina// '], TOKEN_EXCHANGE_AUDIENCES)).toBe(
    'api://AzureADTokenExchangeChina',
  );
  expect(intendedAudience(['x'], TOKEN_EXCHANGE_AUDIENCES)).toBe('api://AzureADTokenExchange');
});

test('a workload is the same whatever the case, the blanks and the slash of its issuer', () => {
  const key = workloadKey(aFederatedCredential());
  expect(
    workloadKey(
      aFederatedCredential({
        issuer: ` ${GITHUB.toUpperCase()}// `,
        subject: 'Repo:contoso/data:environment:production ',
      }),
    ),
  ).toBe(key);
  expect(workloadKey(aFederatedCredential({ subject: null }))).not.toBe(key);
});
