import * as fc from 'fast-check';
import { ERROR_KINDS } from '../../src/diagnosis/error-catalogue';
import { MAX_TEXT, recognise } from '../../src/diagnosis/recognise';
import { CAUSES } from '../../src/diagnosis/causes';
import { SIGN_IN_CODES } from '../../src/audit/sign-in-codes';
import { guid } from '../fixtures/facts';

const kindsOf = (text: string, codes: readonly string[] = []) => recognise(text, codes).kinds.map(({ id }) => id);

describe('the catalogue', () => {
  test('has each kind once, with words, a source and causes that exist', () => {
    expect(new Set(ERROR_KINDS.map(({ id }) => id)).size).toBe(ERROR_KINDS.length);
    for (const { signs, certain, open, source, causes, insteadOf = [] } of ERROR_KINDS) {
      expect(signs.length).toBeGreaterThan(0);
      expect(certain).toMatch(/^[A-Z].*\.$/);
      expect(open).toMatch(/^[A-Z].*\.$/);
      expect(source).toMatch(/^https:\/\/learn\.microsoft\.com\//);
      expect(causes.map(([cause]) => cause).filter((cause) => !(cause in CAUSES))).toEqual([]);
      expect(insteadOf.filter((other) => !ERROR_KINDS.some(({ id }) => id === other))).toEqual([]);
    }
  });

  test('looks for fragments in lower case, none of them a sentence', () => {
    const fragments = ERROR_KINDS.flatMap(({ signs }) => signs.flatMap((sign) => ('text' in sign ? sign.text : [])));
    expect(fragments.filter((fragment) => fragment !== fragment.toLowerCase())).toEqual([]);
    expect(fragments.filter((fragment) => fragment.split(' ').length > 13)).toEqual([]);
  });

  test('has a kind for every number of Entra ID that is known and no success', () => {
    const numbers = SIGN_IN_CODES.filter(({ log, kind }) => log === 'entra' && kind !== 'success');
    expect(numbers.filter(({ number }) => kindsOf(`AADSTS${number}`).length === 0)).toEqual([]);
  });

  test('names no cause that no error can come of', () => {
    const named = new Set(ERROR_KINDS.flatMap(({ causes }) => causes.map(([cause]) => cause)));
    expect(Object.keys(CAUSES).filter((cause) => !named.has(cause as keyof typeof CAUSES))).toEqual([]);
  });
});

describe('an error', () => {
  test.each([
    [
      'Token authentication failed - response status code does not indicate success: 401 (unauthorized)',
      'token-refused',
    ],
    ["Authentication failed for 'Microsoft.ManagedIdentity'", 'identity-token'],
    ['TOKEN AUTHENTICATION FAILED', 'token-refused'],
    ['"error_codes":[7000222]', 'entra-secret-expired'],
    ['invalid_client: Error(s): 7000222 - Timestamp', 'entra-secret-expired'],
  ])('is known by its fragments, without case: %s', (text, kind) => {
    expect(kindsOf(text)).toEqual([kind]);
  });

  test('within a frame is what counts, not the frame', () => {
    expect(
      kindsOf('UserErrorFailedToGetAccessTokenByServicePrincipal invalid_client 401 Unauthorized AADSTS7000222'),
    ).toEqual(['entra-secret-expired']);
    expect(kindsOf('401 Unauthorized')).toEqual(['token-refused']);
  });

  test('that asks for more precise rights than another counts alone', () => {
    expect(kindsOf('AccessControlUnauthorized credentials/useSecret/action')).toEqual(['synapse-use-secret']);
  });

  test('is known by the code of the activity as well', () => {
    expect(kindsOf('?', ['9512'])).toEqual(['identity-authentication-unset']);
    expect(kindsOf('{"errorCode":"9512"}')).toEqual(['identity-authentication-unset']);
    expect(kindsOf('19512')).toEqual([]);
  });

  test('of another sort is none of authentication, and an unknown one nothing', () => {
    expect(recognise('PathNotFound').kinds[0]?.causes).toEqual([]);
    expect(kindsOf('Kaboom')).toEqual([]);
    expect(kindsOf('')).toEqual([]);
  });

  test('numbers that only look like those of Entra ID or SQL are none', () => {
    expect(recognise('AADSTS1 XAADSTSabc Error: 404, Msg 208').entraCodes).toEqual([]);
    expect(recognise('Error: 404, Msg 208').sqlCodes).toEqual([]);
  });

  test.each([
    ['SqlErrorNumber=18456,Class=14,State=8', ['18456/8']],
    ['Error: 18456, Severity: 14, State: 1.', ['18456']],
    ['Msg 40615, Level 16', ['40615']],
  ])('of SQL is told with its state, but for the one that withholds the reason: %s', (text, codes) => {
    expect(recognise(text).sqlCodes).toEqual(codes);
  });
});

describe('what a text names', () => {
  test('is told by what stands before an id', () => {
    const found = recognise(
      `appid=${guid(1)};oid=${guid(2)};iss=https://sts.windows.net/${guid(3)}/ Trace ID: ${guid(4)} something ${guid(5)} The principal '${guid(6)}' client application '${guid(7)}' directory 'Contoso (${guid(8)})'`,
    );
    expect(found).toMatchObject({
      applicationIds: [guid(1), guid(7)],
      principalIds: [guid(2), guid(6)],
      tenantIds: [guid(3), guid(8)],
      otherIds: [guid(5)],
    });
  });

  test('are hosts and names of accounts, vaults and servers, in every cloud', () => {
    const found = recognise(
      "https://ContosoLake.dfs.core.windows.net/x kv-1.vault.azure.cn orders.database.usgovcloudapi.net on key vault 'other-kv;location=x' Cannot open server 'third'",
    );
    expect(found.hosts).toEqual([
      'contosolake.dfs.core.windows.net',
      'kv-1.vault.azure.cn',
      'orders.database.usgovcloudapi.net',
    ]);
    expect(found.resources).toEqual(['contosolake', 'kv-1', 'orders', 'other-kv', 'third']);
  });

  test('are action, scope and activity', () => {
    expect(
      recognise(
        'Operation on target Copy orders failed: Required permission: Action: Microsoft.Synapse/workspaces/pipelines/read, Scope: workspaces/ws/*.',
      ),
    ).toMatchObject({
      action: 'Microsoft.Synapse/workspaces/pipelines/read',
      scope: 'workspaces/ws',
      activity: 'Copy orders',
    });
    expect(
      recognise("perform action 'Microsoft.EventGrid/eventSubscriptions/write' over scope '/subscriptions/S/x'"),
    ).toMatchObject({
      action: 'Microsoft.EventGrid/eventSubscriptions/write',
      scope: '/subscriptions/s/x',
    });
  });
});

describe('whatever the text', () => {
  test('no more than its beginning is looked at', () => {
    const found = recognise(`${'x'.repeat(MAX_TEXT)}AADSTS7000222`);
    expect(found).toMatchObject({ kinds: [], clipped: true });
    expect(found.text.length).toBe(MAX_TEXT);
    expect(recognise('x'.repeat(MAX_TEXT)).clipped).toBe(false);
  });

  test('thousands of codes, ids and hosts are cut to what anybody can use', () => {
    const many = (make: (index: number) => string) => Array.from({ length: 5_000 }, (_, i) => make(i)).join(' ');
    for (const text of [
      many((i) => `AADSTS${50_000 + i}`),
      many((i) => `oid=${guid(i)}`),
      many((i) => `a${i}.vault.azure.net`),
    ]) {
      const { entraCodes, principalIds, hosts } = recognise(text);
      expect(entraCodes.length).toBeLessThanOrEqual(50);
      expect(principalIds.length).toBeLessThanOrEqual(200);
      expect(hosts.length).toBeLessThanOrEqual(50);
    }
  });

  /** A repetition within a repetition is what makes a regular expression run away; those bounded by a number cannot. */
  test('no pattern has a repetition without bound', async () => {
    const { readFile } = await import('node:fs/promises');
    const file = await readFile('src/diagnosis/recognise.ts', 'utf8');
    const source = file.replace(/\/\*\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
    const patterns = [
      ...source.matchAll(/(?<=[(=:[,\s])\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[gim]*(?=[,.;)\s])/g),
    ].map(([, body]) => body ?? '');
    expect(patterns.length).toBeGreaterThan(12);
    const unbounded = patterns.filter((body) =>
      /[+*]|\{\d+,\}/.test(body.replace(/\\./g, '').replace(/\[[^\]]*\]/g, 'c')),
    );
    expect(unbounded).toEqual([]);
  });

  test('it never throws, and what it finds is bounded', () => {
    const fragments = ERROR_KINDS.flatMap(({ signs }) => signs.flatMap((sign) => ('text' in sign ? sign.text : [])));
    const text = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom(...fragments),
          fc.integer().map((n) => `AADSTS${n}`),
          fc.uuid(),
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(text, fc.array(fc.string(), { maxLength: 5 }), (some, codes) => {
        const found = recognise(some, codes);
        expect(found.kinds.length).toBeLessThanOrEqual(ERROR_KINDS.length);
      }),
      { numRuns: 100 },
    );
  });
});
