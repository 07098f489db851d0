/** Exceptions as the host serves them, over Azurite: added, listed, shown in the report, removed. */
import { HttpRequest, InvocationContext, type HttpResponseInit } from '@azure/functions';
import * as fc from 'fast-check';
import type { Azurite } from '../../sandbox/azurite';
import { appServices } from '../../src/app-services';
import type { Exception } from '../../src/audit/exception';
import { fingerprint } from '../../src/audit/finding';
import { addExceptionEndpoint } from '../../src/functions/add-exception';
import { exceptionsEndpoint } from '../../src/functions/exceptions';
import { removeExceptionEndpoint } from '../../src/functions/remove-exception';
import { reportEndpoint } from '../../src/functions/report';
import { aFinding, publishNight } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';

let azurite: Azurite;
const DAY = 86_400_000;
const secret = aFinding({ fingerprint: fingerprint('secret-expiry', 'key-1') });
const unread = aFinding({
  fingerprint: fingerprint('secret-expiry', 'key-2'),
  status: 'notEvaluated',
  subject: { id: 'key-2', kind: 'secret', name: 'CI-2027' },
});
const fine = aFinding({
  fingerprint: fingerprint('secret-expiry', 'key-3'),
  status: 'pass',
  subject: { id: 'key-3', kind: 'secret', name: 'ci-2028' },
});

beforeAll(async () => {
  azurite = await startAzurite();
  Object.assign(process.env, {
    AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
    AzureWebJobsStorage: azurite.connectionString,
    CHECK_OPTIONS: '{"certificate-expiry":false}',
  });
});
afterAll(() => azurite.close());
afterEach(async () => {
  const { exceptions } = appServices().storage;
  for (const { id } of await exceptions.list()) {
    await exceptions.remove(id);
  }
});

type Handler = typeof exceptionsEndpoint;
interface Call {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly query?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

async function call(handler: Handler, { body, query = {}, params = {}, headers = {} }: Call = {}) {
  const request = new HttpRequest({
    method: body === undefined ? 'GET' : 'POST',
    url: 'http://localhost/api/exceptions',
    query,
    params,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? { string: body } : { bytes: body } }),
  });
  const response: HttpResponseInit = await handler(request, new InvocationContext({ logHandler: () => undefined }));
  return {
    status: response.status,
    headers: response.headers as Record<string, string>,
    json: (typeof response.body === 'string' ? JSON.parse(response.body) : undefined) as Record<string, unknown>,
  };
}
const asked = (changes: Record<string, unknown> = {}) => ({
  match: { checkId: 'secret-expiry' },
  reason: 'It moves to a managed identity in January.',
  author: 'ana@example.com',
  days: 30,
  ...changes,
});
const add = (body: unknown) => call(addExceptionEndpoint, { body: JSON.stringify(body) });
const list = (query: Record<string, string> = {}) => call(exceptionsEndpoint, { query });
const remove = (id: string) => call(removeExceptionEndpoint, { params: { id } });
const report = (headers: Record<string, string> = {}) => call(reportEndpoint, { headers });
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const stored = (changes: Partial<Exception> = {}): Promise<unknown> =>
  appServices().storage.exceptions.add({
    id: '00000000-0000-8000-8000-000000000001',
    match: { subject: 'ci-*' },
    reason: 'so',
    author: 'Ana',
    createdAt: inDays(-20),
    until: inDays(9),
    ...changes,
  });

describe('before the first report', () => {
  it('there are no exceptions, and what they are about is unknown yet', async () => {
    expect(await list()).toMatchObject({ status: 200, json: { count: 0, exceptions: [] } });
    expect(await add(asked())).toMatchObject({ status: 201, json: { state: 'active', openFindings: 0 } });
  });
});

describe('with a report', () => {
  beforeAll(() => publishNight(appServices().storage, 0, { findings: [secret, unread, fine] }));

  describe('POST /api/exceptions', () => {
    it('adds one, and says where it is and what it is about', async () => {
      const added = await add(asked({ reason: '  It moves.\n' }));
      const id = added.json['id'] as string;
      expect(added).toMatchObject({
        status: 201,
        headers: { location: `/api/exceptions/${id}` },
        json: { match: { checkId: 'secret-expiry' }, reason: 'It moves.', state: 'active', openFindings: 2 },
      });
      const until = Date.parse(added.json['until'] as string);
      expect(until % DAY).toBe(0);
      expect(until - Date.now()).toBeGreaterThan(30 * DAY - 60_000);
      expect(until - Date.now()).toBeLessThanOrEqual(31 * DAY);
      expect(await call(exceptionsEndpoint, { params: { id } })).toMatchObject({ status: 200, json: added.json });
    });

    it('adds the same one once', async () => {
      const until = inDays(5);
      const match = { subject: 'CI-*' };
      const first = await add(asked({ match, until, days: undefined }));
      const again = await add(asked({ match: { subject: ' ci-* ' }, until, days: undefined, author: 'Bea' }));
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.json).toEqual(first.json);
      expect(again.headers['location']).toBe(first.headers['location']);
      expect((await list()).json).toMatchObject({ count: 1 });
      expect(await add(asked({ match, until: inDays(6), days: undefined }))).toMatchObject({ status: 201 });
    });

    it.each([
      ['a fingerprint in capitals', { match: { fingerprint: secret.fingerprint.toUpperCase() } }, 1],
      ['everything of the match', { match: { ...pick(secret), subject: 'ci-2026' } }, 1],
      ['asterisks of one check', { match: { checkId: 'secret-expiry', subject: '*' } }, 2],
      ['a check that is off', { match: { checkId: 'certificate-expiry' } }, 0],
      ['a date', { until: inDays(2).slice(0, 10), days: undefined }, 2],
      ['a time of another zone', { until: inDays(2).replace('Z', '+02:00'), days: undefined }, 2],
      ['the longest reason', { reason: 'é'.repeat(500) }, 2],
    ])('takes %s', async (_, changes, openFindings) => {
      expect(await add(asked(changes))).toMatchObject({ status: 201, json: { openFindings } });
    });

    it.each([
      ['match', { match: {} }, /at least one of fingerprint, checkId, subject/],
      ['match', { match: undefined }, /expected an object with at least one of/],
      ['match.fingerprint', { match: { fingerprint: 'f0' } }, /64 hexadecimal digits/],
      ['match.subject', { match: { subject: ' ** ' } }, /silence everything/],
      ['match.subject', { match: { checkId: 'secret-expiry', subject: ' ' } }, /1 to 500 characters/],
      ['match.checkid', { match: { checkid: 'secret-expiry' } }, /no other fields than fingerprint, checkId, subject/],
      ['reason', { reason: ' \n ' }, /1 to 500 characters/],
      ['reason', { reason: 'x'.repeat(501) }, /1 to 500 characters/],
      ['author', { author: undefined }, /1 to 500 characters/],
      ['days', { days: 8 }, /one of 7, 14, 30, 90/],
      ['days', { days: '7' }, /one of 7, 14, 30, 90/],
      ['days', { days: undefined }, /one of 7, 14, 30, 90, or until/],
      ['until', { until: inDays(3) }, /either days or until, not both/],
      ['until', { until: inDays(-1), days: undefined }, /after now/],
      ['until', { until: inDays(367), days: undefined }, /a year from now/],
      ['until', { until: 'tomorrow', days: undefined }, /a date \(2026-12-24\)/],
      ['until', { until: '2027-02-30', days: undefined }, /a date \(2026-12-24\)/],
      ['until', { until: '2027-01-01T00:00:00', days: undefined }, /with its zone/],
      ['forever', { forever: true }, /no other fields than match, reason, author, days, until/],
    ])('says what is wrong with %s: %j', async (parameter, changes, detail) => {
      const answer = await add(asked(changes));
      expect(answer).toMatchObject({
        status: 400,
        headers: { 'content-type': expect.stringContaining('application/problem+json') as unknown },
        json: { parameter, detail: expect.stringMatching(detail) as unknown },
      });
      expect((await list()).json).toMatchObject({ count: 0 });
    });

    it('names the checks there are where it knows none of that name', async () => {
      const { status, json } = await add(asked({ match: { checkId: 'secret-expire' } }));
      expect(status).toBe(400);
      expect(json).toMatchObject({ parameter: 'match.checkId' });
      expect(json['allowed']).toEqual(expect.arrayContaining(['secret-expiry', 'certificate-expiry']));
    });

    it.each([
      ['no body', ''],
      ['half a body', '{"match":'],
      ['no text', new Uint8Array([0x22, 0xff, 0x22])],
    ])('refuses %s', async (_, body) => {
      expect(await call(addExceptionEndpoint, { body })).toMatchObject({ status: 400, json: { parameter: 'body' } });
    });

    it('refuses what is too large, said or sent', async () => {
      const large = { body: `"${'x'.repeat(16 * 1024)}"` };
      expect(await call(addExceptionEndpoint, large)).toMatchObject({ status: 413, json: { limitBytes: 16_384 } });
      const said = { body: '{}', headers: { 'content-length': '16385' } };
      expect(await call(addExceptionEndpoint, said)).toMatchObject({ status: 413 });
    });

    it('answers any body with 2xx or 4xx', async () => {
      const anyText = fc.string({ unit: 'binary', maxLength: 600 });
      const nearly = fc.record(
        {
          match: fc.oneof(
            fc.jsonValue(),
            fc.record(
              {
                fingerprint: fc.oneof(fc.constant(secret.fingerprint), anyText),
                checkId: fc.oneof(fc.constant('secret-expiry'), fc.constant('__proto__'), anyText),
                subject: anyText,
              },
              { requiredKeys: [] },
            ),
          ),
          reason: fc.oneof(anyText, fc.jsonValue()),
          author: fc.oneof(anyText, fc.jsonValue()),
          days: fc.oneof(fc.constantFrom(7, 14, 30, 90), fc.jsonValue()),
          until: fc.oneof(
            fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      );
      const bodies = fc.oneof(
        nearly.map((body) => JSON.stringify(body)),
        fc.json(),
        anyText,
        fc.uint8Array({ maxLength: 100 }).map((bytes) => Uint8Array.from(bytes)),
      );
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const { status, json } = await call(addExceptionEndpoint, { body });
          expect([200, 201, 400, 413]).toContain(status);
          expect(typeof json[status! >= 400 ? 'parameter' : 'id']).toBe('string');
        }),
        { numRuns: 200 },
      );
    });
  });

  describe('GET /api/exceptions', () => {
    it('lists those in force first, then the ended ones', async () => {
      await stored({ id: '00000000-0000-8000-8000-000000000002', createdAt: inDays(-30), until: inDays(-1) });
      await stored({ match: pick(unread) });
      expect((await list()).json).toMatchObject({
        count: 2,
        exceptions: [
          { state: 'active', openFindings: 1, reason: 'so', author: 'Ana' },
          { state: 'ended', openFindings: 2 },
        ],
      });
    });

    it('shows those about one finding, and how to add one', async () => {
      await stored();
      await stored({ id: '00000000-0000-8000-8000-000000000002', match: pick(unread) });
      const { json } = await list({ fingerprint: secret.fingerprint.toUpperCase() });
      expect(json).toMatchObject({ count: 1, exceptions: [{ match: { subject: 'ci-*' } }] });
      expect(json['toAdd']).toMatchObject({ method: 'POST', body: { match: { fingerprint: secret.fingerprint } } });
      expect((await list({ fingerprint: unread.fingerprint })).json).toMatchObject({ count: 2 });
      expect((await list({ fingerprint: '' })).json).toMatchObject({ count: 2 });
    });

    it('offers a body that is taken as it is', async () => {
      const { json } = await list({ fingerprint: secret.fingerprint });
      expect(await add((json['toAdd'] as { body: unknown }).body)).toMatchObject({ status: 201 });
    });

    it.each([
      [{ fingerprint: 'f0' }, 'fingerprint', /"f0" is not a valid fingerprint; allowed: 64 hexadecimal digits/],
      [{ state: 'active' }, 'query', /"state" is not a valid query parameter; allowed: fingerprint, code/],
    ])('says what is wrong with %j', async (query, parameter, detail) => {
      expect(await list(query)).toMatchObject({
        status: 400,
        json: { parameter, detail: expect.stringMatching(detail) as unknown },
      });
    });

    it('says that there is none of an id', async () => {
      expect(await call(exceptionsEndpoint, { params: { id: '../x' } })).toMatchObject({
        status: 404,
        json: { detail: expect.stringContaining('GET /api/exceptions lists them') as unknown },
      });
    });
  });

  describe('DELETE /api/exceptions/{id}', () => {
    it('removes one, once', async () => {
      const id = (await add(asked())).json['id'] as string;
      expect(await remove(id.toUpperCase())).toMatchObject({ status: 204, json: undefined });
      expect(await remove(id)).toMatchObject({ status: 404, json: { title: 'No such exception' } });
    });

    it.each(['', '../runs', 'x'.repeat(5000), "' or true", '\u0000'])('knows none with the id %j', async (id) => {
      expect(await remove(id)).toMatchObject({ status: 404 });
    });
  });

  describe('GET /api/report', () => {
    const exceptionsOf = ({ json }: Awaited<ReturnType<typeof report>>) =>
      (json['findings'] as { exception?: unknown }[]).map(({ exception }) => exception);

    it('says of open findings which exception holds, and counts them as ever', async () => {
      const before = await report();
      await stored();
      const after = await report();
      const shown = { id: expect.any(String) as unknown, reason: 'so', author: 'Ana' };
      expect(exceptionsOf(before)).toEqual([undefined, undefined, undefined]);
      expect(exceptionsOf(after)).toMatchObject([shown, shown, undefined]);
      expect(after.json['totals']).toEqual(before.json['totals']);
    });

    it('shows none that has ended', async () => {
      const before = await report();
      await stored({ until: inDays(-1) });
      const after = await report();
      expect(exceptionsOf(after)).toEqual([undefined, undefined, undefined]);
      expect(after.headers['etag']).toBe(before.headers['etag']);
    });

    it('has another ETag when exceptions come and go', async () => {
      const etagOf = async () => (await report()).headers['etag']!;
      const without = await etagOf();
      await stored();
      const first = await etagOf();
      await stored({ id: '00000000-0000-8000-8000-000000000002' });
      const both = await etagOf();
      expect(new Set([without, first, both]).size).toBe(3);
      expect(await report({ 'if-none-match': without })).toMatchObject({ status: 200 });
      expect(await report({ 'if-none-match': both })).toMatchObject({ status: 304 });
      await remove('00000000-0000-8000-8000-000000000002');
      expect(await report({ 'if-none-match': both })).toMatchObject({ status: 200, headers: { etag: first } });
    });
  });
});

function pick({ fingerprint: own, checkId }: { readonly fingerprint: string; readonly checkId: string }) {
  return { fingerprint: own, checkId };
}
