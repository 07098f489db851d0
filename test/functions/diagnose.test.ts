/** `POST /api/diagnose` as the host calls it, over Azurite. */
import { HttpRequest, InvocationContext, type HttpResponseInit } from '@azure/functions';
import * as fc from 'fast-check';
import type { Azurite } from '../../sandbox/azurite';
import { appServices } from '../../src/app-services';
import { fingerprint, type Finding } from '../../src/audit/finding';
import check from '../../src/checks/pipeline-authentication-failure';
import { diagnoseEndpoint, MAX_BODY_BYTES } from '../../src/functions/diagnose';
import { MAX_TEXT } from '../../src/diagnosis/recognise';
import { HEALTHY } from '../diagnosis/cases/case';
import { anApplication, aSecret, aWorkspace, guid } from '../fixtures/facts';
import { anInventory, run } from '../fixtures/judge';
import { aFinding, publishNight } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
  Object.assign(process.env, {
    AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
    AzureWebJobsStorage: azurite.connectionString,
  });
});
afterAll(() => azurite.close());

async function post(body: string | Uint8Array<ArrayBuffer>, query: Record<string, string> = {}) {
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://localhost/api/diagnose',
    query,
    body: typeof body === 'string' ? { string: body } : { bytes: body },
  });
  const response: HttpResponseInit = await diagnoseEndpoint(
    request,
    new InvocationContext({ logHandler: () => undefined }),
  );
  const headers = response.headers as Record<string, string>;
  return {
    status: response.status,
    type: headers['content-type'],
    json: JSON.parse(response.body as string) as Record<string, unknown>,
  };
}
const diagnose = (body: unknown) => post(JSON.stringify(body));

const ARTICLE = 'Token authentication failed - response status code does not indicate success: 401 (unauthorized)';
const EXPIRED = `AADSTS7000222: The provided client secret keys for app '${guid(102)}' are expired.`;

/** What the check itself finds, as it is stored. */
const [explained] = run(
  check,
  anInventory(
    {
      ...HEALTHY,
      applications: [anApplication({ credentials: [aSecret({ endsInDays: -1 })] })],
      pipelineFailures: [
        {
          readFrom: aWorkspace().id,
          total: 1,
          hasMore: false,
          runs: [
            {
              kind: 'pipeline',
              runId: 'D9270179-e076-4fe8-8ecf-a85c780e4740',
              name: 'load',
              startedAt: null,
              endedAt: '2026-11-22T02:00:00Z',
              invokedBy: null,
              message: EXPIRED,
              activities: null,
            },
          ],
        },
      ],
    },
    [aWorkspace()],
  ),
);
const ofRun: Finding = { ...explained!, firstSeen: '2026-11-22T03:00:00.000Z' };
const secret = aFinding({
  fingerprint: fingerprint('secret-expiry', 'key-1'),
  subject: { id: `${guid(101)}/${guid(1001)}`, kind: 'secret', name: 'Nightly loader / ci' },
  evidence: { appId: guid(102), endsAt: '2020-01-01T00:00:00.000Z', usedBySynapse: true },
  message: 'Secret “ci” of application “Nightly loader” has expired.',
  remediation: 'az ad app credential reset',
});
const elsewhere = aFinding({
  fingerprint: fingerprint('managed-identity-storage-access', 'x'),
  checkId: 'managed-identity-storage-access',
  scope: aWorkspace({ name: 'other' }).id,
  message: 'The identity of workspace “other” may not read.',
  evidence: {},
});

describe('before the first report', () => {
  it('a text gets the general answer, marked as such', async () => {
    const { status, json } = await diagnose({ text: ARTICLE });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { reportRunId: null, basis: 'errorAlone', fingerprint: null },
    });
    expect(json['answer']).toContain('This is general advice, by the error alone: there is no report to go by');
    expect(Object.keys(json).indexOf('answer')).toBeLessThan(Object.keys(json).indexOf('causes'));
  });

  it('a run is not known, and the answer says how to get there', async () => {
    expect(await diagnose({ runId: 'some-run' })).toMatchObject({
      status: 404,
      type: expect.stringContaining('application/problem+json'),
      json: { detail: expect.stringContaining('POST /api/audit') },
    });
  });
});

describe('with a report', () => {
  beforeAll(() => publishNight(appServices().storage, 0, { findings: [ofRun, secret, elsewhere] }));

  it('a text is explained by what is open', async () => {
    const { json } = await diagnose({ text: EXPIRED });
    expect(json).toMatchObject({
      reportRunId: expect.stringMatching(/^\d{8}T/),
      basis: 'report',
      causes: [{ id: 'secret-expired', certainty: 'certain', evidenceFor: [`Open finding: ${secret.message}`] }],
      remedy: secret.remediation,
    });
    expect(json['answer']).toMatch(/^Cause: the client secret of the service principal has expired\./);
  });

  it('a run is explained by the finding that holds its id, whatever its case', async () => {
    const { status, json } = await diagnose({ runId: 'd9270179-E076-4fe8-8ecf-a85c780e4740' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        basis: 'inventory',
        fingerprint: ofRun.fingerprint,
        codes: ['AADSTS7000222'],
        errors: [{ id: 'entra-secret-expired' }],
        causes: [{ id: 'secret-expired', certainty: 'certain', evidenceFor: ofRun.evidence['evidenceFor'] }],
        remedy: ofRun.remediation,
      },
    });
    expect(json['answer']).toMatch(/^Cause: secret “ci-2026” of application “Nightly loader” has expired\./);
  });

  it('a run that no finding holds, or that is another workspace’s, is not found', async () => {
    expect(await diagnose({ runId: 'nothing' })).toMatchObject({
      status: 404,
      json: { title: 'No such run', detail: expect.stringContaining('Send the text of its error as text.') },
    });
    const other = { runId: 'd9270179-e076-4fe8-8ecf-a85c780e4740', workspace: 'other' };
    expect((await diagnose(other)).status).toBe(404);
    expect((await diagnose({ ...other, workspace: 'CONTOSO' })).status).toBe(200);
  });

  it('findings of other workspaces than the named one don’t count', async () => {
    const text = 'AuthorizationPermissionMismatch';
    const evidence = async (workspace: string) =>
      ((await diagnose({ text, workspace })).json['causes'] as { evidenceFor: string[] }[])[0]?.evidenceFor;
    expect(await evidence('other')).toEqual([`Open finding: ${elsewhere.message}`]);
    expect(await evidence('contoso')).toEqual([]);
  });

  it.each([
    [{}, 'text'],
    [{ text: 'a', runId: 'b' }, 'text'],
    [{ text: ' \n ' }, 'text'],
    [{ text: 7 }, 'text'],
    [{ runId: "x' or 1=1" }, 'runId'],
    [{ text: 'a', workspace: '../x' }, 'workspace'],
    [{ text: 'a', nonsense: 1 }, 'nonsense'],
    [[], 'body'],
    [null, 'body'],
  ])('%j is refused, naming the field', async (body, parameter) => {
    expect(await diagnose(body)).toMatchObject({
      status: 400,
      type: expect.stringContaining('application/problem+json'),
      json: { parameter, detail: expect.stringContaining('expected') },
    });
  });

  it('what is no JSON, and a query that is not known, is refused', async () => {
    expect(await post('{')).toMatchObject({ status: 400, json: { parameter: 'body' } });
    expect(await post('{}', { text: 'x' })).toMatchObject({ status: 400, json: { parameter: 'query' } });
  });

  it('a body past the limit is refused with 413, and one within it is answered', async () => {
    expect(await post(`"${'x'.repeat(MAX_BODY_BYTES)}"`)).toMatchObject({
      status: 413,
      json: { limitBytes: MAX_BODY_BYTES },
    });
    const long = await diagnose({ text: `${EXPIRED}${'x'.repeat(MAX_TEXT)}` });
    expect(long).toMatchObject({ status: 200, json: { clipped: true } });
    expect(long.json['answer']).toContain('only its beginning was looked at');
  });

  it('whatever the body, the answer is 200, 400 or 404', async () => {
    const body = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.record({ text: fc.string({ unit: 'binary' }) }).map((some) => JSON.stringify(some)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (some) => {
        expect([200, 400, 404]).toContain((await post(new Uint8Array(Buffer.from(some)))).status);
      }),
      { numRuns: 25 },
    );
  });
});
