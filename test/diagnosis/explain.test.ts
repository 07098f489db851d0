/** What the table of cases does not show: how causes are ranked, what is said of what nobody could look at, and limits. */
import * as fc from 'fast-check';
import type { Finding } from '../../src/audit/finding';
import { describeDiagnosis } from '../../src/diagnosis/describe';
import { DIAGNOSIS_SOURCES, type Failure, type Knowledge } from '../../src/diagnosis/diagnosis';
import { explain } from '../../src/diagnosis/explain';
import { anApplication, aSecret, aServicePrincipal, guid, NOW } from '../fixtures/facts';
import { someSignIns } from '../fixtures/sign-ins';
import { aFinding } from '../storage/stored-things';
import { AT, failureOf, HEALTHY, knowledgeOf, type DiagnosisCase } from './cases/case';

const run = (text: string, more: Partial<DiagnosisCase> = {}) => {
  const one = { name: '', text, expected: null, ...more };
  return explain(failureOf(one), knowledgeOf(one));
};
const NOTHING: Knowledge = { now: NOW, tenantId: null, workspace: null, sources: {}, drift: null, findings: null };
const pasted = (text: string): Failure => ({ text, errorCodes: [], pipeline: null, at: null });
const byReport = (text: string, ...findings: Finding[]) => explain(pasted(text), { ...NOTHING, findings });

const EXPIRED = `AADSTS7000222: The provided client secret keys for app '${guid(102)}' are expired.`;
const ARTICLE = 'Token authentication failed - response status code does not indicate success: 401 (unauthorized)';

describe('without anything known', () => {
  test('the answer goes by the error alone, and says so', () => {
    const diagnosis = run(EXPIRED);
    expect(diagnosis).toMatchObject({
      basis: 'errorAlone',
      isAuthentication: true,
      codes: ['AADSTS7000222'],
      couldNotLookAt: [{ what: 'The tenant: this goes by the error alone', permission: null }],
    });
    expect(describeDiagnosis(diagnosis)).toContain('This is general advice, by the error alone');
  });

  test('the article’s error has every advice of the article as a possible cause, none of them surer', () => {
    const { causes } = run(ARTICLE);
    expect(new Set(causes.map(({ certainty }) => certainty))).toEqual(new Set(['possible']));
    expect(causes.map(({ id }) => id)).toEqual([
      'token-rejected',
      'secret-expired',
      'use-secret-missing',
      'changed-setting',
      'outdated-azure-powershell',
    ]);
  });

  test('so has its other error', () => {
    expect(run("Authentication failed for 'Microsoft.ManagedIdentity'").causes.map(({ id }) => id)).toEqual([
      'identity-not-ready',
      'identity-not-supported',
      'caller-refused-by-target',
      'changed-setting',
    ]);
  });

  test('an error that is not known has no cause and says what to bring', () => {
    expect(run('Kaboom')).toMatchObject({ isAuthentication: null, causes: [], couldNotLookAt: [] });
    expect(run('Kaboom').remedy).toContain('paste its whole text');
  });

  test('what is no failure of authentication is called that', () => {
    expect(run('PathNotFound')).toMatchObject({ isAuthentication: false, causes: [] });
  });
});

describe('what could not be read', () => {
  test('is named with its permission, and keeps a cause at what the error says', () => {
    const diagnosis = run('invalid_client', { pipeline: 'load', tenant: HEALTHY, unread: ['applications'] });
    expect(diagnosis.causes[0]).toMatchObject({ id: 'secret-expired', certainty: 'possible' });
    expect(diagnosis.couldNotLookAt).toContainEqual({
      what: 'Applications with their credentials and owners',
      permission: expect.stringContaining('Application.Read.All'),
    });
  });

  test('of sign-ins is most often an export that nobody set up', () => {
    const { couldNotLookAt } = run(EXPIRED, { pipeline: 'load', tenant: HEALTHY, unread: ['servicePrincipalSignIns'] });
    expect(couldNotLookAt).toEqual([
      {
        what: expect.stringContaining('Sign-ins of service principals'),
        permission: expect.stringContaining('in Log Analytics'),
      },
    ]);
  });

  test('is not named where no rule wanted it', () => {
    const { couldNotLookAt } = run(EXPIRED, {
      pipeline: 'load',
      tenant: HEALTHY,
      unread: ['keyVaults', 'userAssignedIdentities'],
    });
    expect(couldNotLookAt).toEqual([]);
  });

  test.each(DIAGNOSIS_SOURCES)('never makes anything more certain than all of it does: %s', (source) => {
    const order = ['possible', 'likely', 'certain'];
    for (const text of [
      EXPIRED,
      ARTICLE,
      'AuthorizationPermissionMismatch',
      'ForbiddenByRbac contoso-kv',
      'invalid_client',
    ]) {
      const whole = run(text, { pipeline: 'load', tenant: HEALTHY });
      const part = run(text, { pipeline: 'load', tenant: HEALTHY, unread: [source] });
      const baseline = run(text);
      const [first] = part.causes;
      const known = [...whole.causes, ...baseline.causes].filter(({ id }) => id === first?.id);
      const most = Math.max(...known.map(({ certainty }) => order.indexOf(certainty)), 0);
      expect(order.indexOf(first?.certainty ?? 'possible')).toBeLessThanOrEqual(Math.max(most, 1));
      // Only the error itself may be certain of what nobody could look at.
      expect(first?.certainty === 'certain' && !known.some(({ certainty }) => certainty === 'certain')).toBe(false);
    }
  });
});

describe('what the tenant shows', () => {
  test('rules causes out, with why', () => {
    const { ruledOut, causes } = run('invalid_client', { pipeline: 'load', tenant: HEALTHY });
    expect(ruledOut).toContainEqual({
      id: 'secret-expired',
      title: 'the client secret of the service principal has expired',
      why: 'No secret of “Nightly loader” had expired by then.',
    });
    expect(causes.map(({ id }) => id)).not.toContain('secret-expired');
  });

  test('is not certain where two principals may be meant', () => {
    const applications = [102, 112].map((id) =>
      anApplication({
        id: guid(id + 1_000),
        appId: guid(id),
        credentials: [aSecret({ keyId: guid(id), endsInDays: -1 })],
      }),
    );
    const text = `invalid_client client '${guid(102)}' client '${guid(112)}'`;
    const { causes } = run(text, {
      pipeline: 'load',
      tenant: { ...HEALTHY, applications, servicePrincipals: [aServicePrincipal()] },
    });
    expect(causes[0]).toMatchObject({ id: 'secret-expired', certainty: 'possible' });
  });

  test('an expired secret is the one that the sign-in log names', () => {
    const credentials = [
      aSecret({ keyId: guid(1), displayName: 'first', startedDaysAgo: 500, endsInDays: -90 }),
      aSecret({ keyId: guid(2), displayName: 'second', startedDaysAgo: 400, endsInDays: -1 }),
    ];
    const row = someSignIns({ applicationId: guid(102), result: '7000222', credentialKeyId: guid(1), last: AT });
    const { causes } = run(EXPIRED, {
      pipeline: 'load',
      tenant: { ...HEALTHY, applications: [anApplication({ credentials })], servicePrincipalSignIns: [row] },
    });
    expect(causes[0]?.about?.key).toBe(`${guid(101)}/${guid(1)}`);
    expect(causes[0]?.evidenceFor).toContainEqual(expect.stringMatching(/^Sign-in log: AADSTS7000222/));
  });

  test('a sign-in that failed at the same time makes nothing certain', () => {
    const row = someSignIns({ applicationId: guid(102), result: '53003', last: AT });
    const { causes } = run('invalid_client', {
      pipeline: 'load',
      tenant: { ...HEALTHY, servicePrincipalSignIns: [row] },
    });
    expect(causes[0]?.id).toBe('conditional-access');
    expect(causes.map(({ certainty }) => certainty)).not.toContain('possible');
  });
});

describe('open findings of a report', () => {
  const ended = aFinding({
    subject: { id: `${guid(101)}/${guid(1001)}`, kind: 'secret', name: 'Nightly loader / ci' },
    evidence: {
      appId: guid(102),
      endsAt: '2026-11-20T00:00:00.000Z',
      pipelines: ['contoso/load'],
      usedBySynapse: true,
    },
    message: 'Secret “ci” of application “Nightly loader” expired 2 days ago (2026-11-20).',
    remediation: 'az ad app credential reset …',
  });

  test('that name what the error names are the cause, with their remedy', () => {
    expect(byReport(EXPIRED, ended)).toMatchObject({
      basis: 'report',
      causes: [
        {
          id: 'secret-expired',
          certainty: 'certain',
          about: { name: 'Nightly loader / ci' },
          evidenceFor: [`Open finding: ${ended.message}`],
        },
      ],
      remedy: ended.remediation,
    });
  });

  test('of something else that the error could name are none', () => {
    const other = `AADSTS7000222 for app '${guid(777)}'`;
    expect(byReport(other, ended).causes[0]).toMatchObject({ id: 'secret-expired', evidenceFor: [], about: null });
  });

  test('are likely where the error names nothing and there is one, possible where there are two', () => {
    const two = { ...ended, subject: { ...ended.subject, id: 'another' } };
    expect(byReport(ARTICLE, ended).causes[0]).toMatchObject({ id: 'secret-expired', certainty: 'likely' });
    const { causes } = byReport(ARTICLE, ended, two);
    expect(causes.find(({ id }) => id === 'secret-expired')).toMatchObject({ certainty: 'possible', about: null });
  });

  test('that are not due yet tell nothing', () => {
    const later = { ...ended, evidence: { ...ended.evidence, endsAt: '2026-12-20T00:00:00.000Z' } };
    expect(byReport(ARTICLE, later).causes[0]?.id).toBe('token-rejected');
  });

  test('a pipeline is not taken for another whose name begins alike', () => {
    const failure = { ...pasted('invalid_client'), pipeline: 'loa' };
    const { causes } = explain(failure, { ...NOTHING, findings: [ended] });
    expect(causes[0]?.evidenceFor).toEqual([]);
  });

  test('say what a check could not look at', () => {
    const blind = aFinding({
      status: 'notEvaluated',
      message: 'Not evaluated for the tenant: Access was refused.',
      remediation: 'Grant Application.Read.All.',
    });
    expect(byReport(EXPIRED, blind).couldNotLookAt).toEqual([
      { what: 'Not evaluated for the tenant: Access was refused.', permission: 'Grant Application.Read.All.' },
    ]);
  });
});

describe('in plain words', () => {
  test('the cause comes first, then evidence, remedy and what else it may be', () => {
    const text = describeDiagnosis(
      run(EXPIRED, {
        pipeline: 'load',
        tenant: { ...HEALTHY, applications: [anApplication({ credentials: [aSecret({ endsInDays: -1 })] })] },
      }),
    );
    expect(text.split('\n')[0]).toBe('Cause: secret “ci-2026” of application “Nightly loader” has expired.');
    expect(text).toMatch(/What speaks for it:\n {2}- Secret “ci-2026”[^]*What to do:\n {2}Add a new credential/);
  });

  test('what the error names is told', () => {
    const text = `Operation on target Copy orders failed: appid=${guid(1)};oid=${guid(2)};iss=https://sts.windows.net/${guid(3)}/ https://kv-1.vault.azure.net ForbiddenByRbac`;
    expect(run(text).named).toEqual({
      activity: 'Copy orders',
      applicationIds: [guid(1)],
      principalIds: [guid(2)],
      tenantIds: [guid(3)],
      hosts: ['kv-1.vault.azure.net'],
    });
    expect(describeDiagnosis(run(text))).toContain(
      `It names activity “Copy orders”, application ${guid(1)}, principal ${guid(2)}, tenant ${guid(3)}, kv-1.vault.azure.net.`,
    );
  });

  test('nothing in it acts on a terminal', () => {
    const name = 'Evil\u001b[31m\u202egnp.exe\r\nFoo';
    const tenant = {
      ...HEALTHY,
      applications: [anApplication({ displayName: name, credentials: [aSecret({ endsInDays: -1 })] })],
    };
    const text = describeDiagnosis(run(EXPIRED, { pipeline: 'load', tenant }));
    expect(text).toContain('Evil');
    expect(text).not.toMatch(/[\u001b\u202e\r]/);
  });

  test('it says where the text was cut', () => {
    expect(describeDiagnosis(run(`${EXPIRED}${'x'.repeat(40_000)}`))).toContain('too long to be read whole');
  });
});

test('whatever is pasted, it never throws, and the answer is bounded', () => {
  const known = knowledgeOf({ name: '', text: '', expected: null, tenant: HEALTHY });
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'AADSTS7000222',
      'AuthorizationPermissionMismatch',
      'SecretNotFound',
      'contosolake.dfs.core.windows.net',
      `appid=${guid(102)}`,
      `oid=${guid(401)}`,
      'ForbiddenByRbac',
      'contoso-kv.vault.azure.net',
      "Authentication failed for 'Microsoft.ManagedIdentity'",
      'credentials/useSecret/action',
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.option(fc.constantFrom('load', 'x')), (words, pipeline) => {
      const failure = { text: words.join(' '), errorCodes: [], pipeline, at: pipeline === null ? null : AT };
      for (const knowledge of [NOTHING, known, { ...NOTHING, findings: [] }]) {
        const diagnosis = explain(failure, knowledge);
        expect(JSON.stringify(diagnosis).length).toBeLessThan(100_000);
        expect(describeDiagnosis(diagnosis).length).toBeLessThan(100_000);
      }
    }),
    { numRuns: 60 },
  );
});
