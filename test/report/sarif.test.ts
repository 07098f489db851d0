import fc from 'fast-check';
import type { ShownFinding } from '../../src/audit/exceptions';
import { renderSarif } from '../../src/report/sarif';
import type { ShownReport } from '../../src/report/shown-report';
import { TENANT } from '../fixtures/facts';
import {
  A_GAP,
  AN_EXCEPTION,
  anUnevaluatedFinding,
  aShownFinding,
  aShownReport,
  aSubject,
} from '../fixtures/shown-reports';
import { sarifProblems } from './sarif-schema';

interface Result {
  readonly ruleIndex?: number;
  readonly locations: readonly {
    readonly logicalLocations: readonly Record<string, unknown>[];
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
  readonly message: { readonly text: string };
  readonly [name: string]: unknown;
}
interface Run {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly Record<string, unknown>[];
      readonly notifications: readonly { readonly id: string }[];
    };
  };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly Notification[];
    readonly toolConfigurationNotifications: readonly Notification[];
  }[];
  readonly results: readonly Result[];
  readonly [name: string]: unknown;
}
interface Notification {
  readonly descriptor: { readonly id: string; readonly index: number };
  readonly level: string;
  readonly message: { readonly text: string };
}

/** The only run of a valid file. */
function runOf(change: Partial<ShownReport>): Run {
  const log = JSON.parse(renderSarif(aShownReport(change))) as { readonly runs: readonly Run[] };
  expect(sarifProblems(log)).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0]!;
}
function resultOf(change: Partial<ShownFinding>): Result {
  return runOf({ findings: [aShownFinding(change)] }).results[0]!;
}
const invocationOf = (change: Partial<ShownReport>) => runOf(change).invocations[0]!;

describe('the tool', () => {
  it('says its checks once, as rules', () => {
    expect(runOf({}).tool.driver).toMatchObject({
      name: 'Synapse authentication auditor',
      semanticVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      rules: [
        {
          id: 'secret-expiry',
          name: 'SecretExpiry',
          shortDescription: { text: 'Secrets are rotated before they expire' },
          fullDescription: { text: 'A pipeline that signs in with an expired secret stops.' },
          help: {
            text: expect.stringContaining('\n2. Switch what uses it\n'),
            markdown: expect.stringContaining('<https://learn.microsoft.com/'),
          },
          helpUri: 'https://learn.microsoft.com/entra/identity-platform/howto-create-service-principal-portal',
          defaultConfiguration: { level: 'warning' },
          properties: { tags: expect.arrayContaining(['security']), precision: 'high', 'security-severity': '5.5' },
        },
      ],
    });
  });

  it('names tenant and run', () => {
    expect(runOf({})).toMatchObject({
      automationDetails: { id: `synapse-authentication/${TENANT}/20260301T020000Z-00000000` },
      invocations: [{ startTimeUtc: '2026-03-01T02:00:00.000Z', endTimeUtc: '2026-03-01T02:01:00.000Z' }],
      properties: { overall: 'clean', totals: { fail: 0 }, lastComplete: { runId: '20260301T020000Z-00000000' } },
    });
  });
});

describe('a result', () => {
  it.each([
    [
      { status: 'fail', severity: 'critical' },
      { kind: 'fail', level: 'error', rank: 95 },
    ],
    [
      { status: 'fail', severity: 'high' },
      { kind: 'fail', level: 'error', rank: 80 },
    ],
    [
      { status: 'fail', severity: 'medium' },
      { kind: 'fail', level: 'warning', rank: 55 },
    ],
    [
      { status: 'fail', severity: 'low' },
      { kind: 'fail', level: 'note', rank: 20 },
    ],
    [
      { status: 'fail', severity: 'info' },
      { kind: 'fail', level: 'note', rank: 0 },
    ],
    [
      { status: 'notEvaluated', severity: 'high' },
      { kind: 'open', level: 'none' },
    ],
    [
      { status: 'pass', severity: 'info' },
      { kind: 'pass', level: 'none' },
    ],
    [
      { status: 'notApplicable', severity: 'info' },
      { kind: 'notApplicable', level: 'none' },
    ],
  ] as const)('of %j is %j', (change, expected) => {
    const result = resultOf(change);
    expect(result).toMatchObject(expected);
    expect(result).toHaveProperty('kind', expected.kind);
    expect('rank' in result).toBe(change.status === 'fail');
  });

  it('says what is wrong where, and all facts', () => {
    const finding = aShownFinding({ subject: { ...aSubject('/Subscriptions/1/Workspaces/W'), kind: 'workspace' } });
    expect(runOf({ findings: [finding] }).results[0]).toEqual({
      ruleId: 'secret-expiry',
      ruleIndex: 0,
      kind: 'fail',
      level: 'error',
      rank: 80,
      message: { text: 'Secret “ci” expires in 3 days.' },
      locations: [
        {
          logicalLocations: [
            {
              name: 'Nightly loader / ci',
              fullyQualifiedName: '/Subscriptions/1/Workspaces/W',
              kind: 'resource',
              properties: { kind: 'workspace' },
            },
          ],
          physicalLocation: {
            artifactLocation: { uri: 'azure/workspace/subscriptions/1/workspaces/w' },
            region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
          },
        },
      ],
      partialFingerprints: { primaryLocationLineHash: finding.fingerprint },
      fingerprints: { 'finding/v1': finding.fingerprint },
      suppressions: [],
      hostedViewerUri: finding.subject.link,
      properties: {
        severity: 'high',
        subject: finding.subject,
        remediation: finding.remediation,
        evidence: finding.evidence,
        scope: TENANT,
        firstSeen: '2026-02-20T02:00:00.000Z',
      },
    });
  });

  it('says why it is open', () => {
    expect(runOf({ findings: [anUnevaluatedFinding()] }).results[0]).toMatchObject({
      kind: 'open',
      properties: { because: 'forbidden', sources: ['applications'] },
    });
  });

  it('that is accepted is suppressed, with reason, author and end', () => {
    expect(resultOf({ exception: AN_EXCEPTION })).toMatchObject({
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'it moves',
          properties: { id: AN_EXCEPTION.id, author: 'Ana', until: '2026-04-01T00:00:00.000Z' },
        },
      ],
    });
  });

  it('of a check that the report does not describe has no index', () => {
    expect(resultOf({ checkId: 'gone' })).not.toHaveProperty('ruleIndex');
  });

  it.each(['javascript:alert(1)', 'http://portal.azure.com/', 'https://user:pass@x.example/', 'no address'])(
    'offers no link %s',
    (link) => {
      expect(resultOf({ subject: { ...aSubject('s'), link } })).not.toHaveProperty('hostedViewerUri');
    },
  );

  it('offers a link as an address that is one for everybody', () => {
    const link = 'https://portal.azure.com/#@t/{x}#y|50%';
    expect(resultOf({ subject: { ...aSubject('s'), link } })).toHaveProperty(
      'hostedViewerUri',
      'https://portal.azure.com/#@t/%7Bx%7D%23y%7C50%25',
    );
  });

  it.each([
    ['../../etc/passwd', 'azure/secret/%2E%2E/%2E%2E/etc/passwd'],
    ['https://x.example/?a#b', 'azure/secret/https%3A/x.example/%3Fa%23b'],
    ['//host/x', 'azure/secret/host/x'],
    ['half \ud800', 'azure/secret/half%20%EF%BF%BD'],
    ['', 'azure/secret'],
  ])('of %j stands in a path of its own', (id, uri) => {
    expect(resultOf({ subject: aSubject(id) }).locations[0]!.physicalLocation.artifactLocation.uri).toBe(uri);
  });

  it.each([
    ['braces are no arguments', 'use {0} or {', 'use {{0}} or {{'],
    ['a name is no link', 'see [here](https://evil.example)', 'see [here] (https://evil.example)'],
    ['nothing turns around or breaks', 'a\u202eb\u0000c\u2028d', 'ab c d'],
  ])('in its message %s', (_, message, text) => {
    expect(resultOf({ message }).message.text).toBe(text);
  });
});

describe('an audit that lacks something', () => {
  it('was not successful, and says what was not read and which permission that needs', () => {
    const { executionSuccessful, toolExecutionNotifications } = invocationOf({
      overall: 'incomplete',
      coverage: { applications: A_GAP, users: 'collected' },
    });
    expect(executionSuccessful).toBe(false);
    expect(toolExecutionNotifications).toEqual([
      {
        descriptor: { id: 'not-read', index: 0 },
        level: 'error',
        message: {
          text:
            'Applications with their credentials and owners: forbidden. the long words of the service ' +
            'Needs Application.Read.All (Microsoft Graph). Not read: tenant Contoso (forbidden).',
        },
        properties: { source: 'applications', ...A_GAP },
      },
    ]);
  });

  it('is successful where only a licence is lacking', () => {
    const gap = { ...A_GAP, because: 'unlicensed', scopes: [{ ...A_GAP.scopes[0]!, because: 'unlicensed' }] } as const;
    const invocation = invocationOf({ overall: 'attention', coverage: { roleEligibilities: gap } });
    expect(invocation).toMatchObject({ executionSuccessful: true, toolExecutionNotifications: [{ level: 'note' }] });
  });

  it('says which check failed of itself', () => {
    const finding = anUnevaluatedFinding({ because: 'checkThrew', message: 'The check failed: {boom}' });
    const gone = { ...finding, checkId: 'gone' };
    expect(invocationOf({ overall: 'incomplete', findings: [finding, gone] }).toolExecutionNotifications).toEqual([
      expect.objectContaining({
        level: 'error',
        message: { text: 'The check failed: {{boom}}' },
        associatedRule: { id: 'secret-expiry', index: 0 },
      }),
      expect.objectContaining({ associatedRule: { id: 'gone' } }),
    ]);
  });

  it('says which checks are off', () => {
    expect(invocationOf({ checksOff: ['firewall-open'] }).toolConfigurationNotifications).toMatchObject([
      { level: 'note', message: { text: 'The check firewall-open is switched off.' } },
    ]);
  });

  it('says that alerts did not arrive', () => {
    expect(
      invocationOf({ alertsFailing: { alerts: 2, reason: 'No such sender.' } }).toolExecutionNotifications,
    ).toMatchObject([{ level: 'warning', message: { text: 'Alerts that did not arrive: 2. No such sender.' } }]);
  });

  it('says that a page is not all there is', () => {
    const page = { findings: [aShownFinding()], totals: { fail: 3, notEvaluated: 0, pass: 4, notApplicable: 0 } };
    expect(invocationOf(page).toolExecutionNotifications).toMatchObject([
      { level: 'note', message: { text: 'Findings of the report that are not in this file: 6.' } },
    ]);
    expect(invocationOf({ ...page, continuationToken: 'x' }).toolExecutionNotifications[0]!.message.text).toContain(
      '; there is a next page.',
    );
  });

  it('names notifications by their descriptors', () => {
    const { tool, invocations } = runOf({
      overall: 'incomplete',
      coverage: { applications: A_GAP },
      findings: [anUnevaluatedFinding({ because: 'checkThrew' })],
      checksOff: ['firewall-open'],
      alertsFailing: { alerts: 1, reason: 'r' },
      totals: { fail: 3, notEvaluated: 0, pass: 4, notApplicable: 0 },
    });
    const { toolExecutionNotifications: executing, toolConfigurationNotifications: configuring } = invocations[0]!;
    const all = [...executing, ...configuring].map(({ descriptor }) => descriptor);
    expect(all.map(({ id }) => id).sort()).toEqual(tool.driver.notifications.map(({ id }) => id).sort());
    for (const { id, index } of all) {
      expect(tool.driver.notifications[index]!.id).toBe(id);
    }
  });
});

it('is valid SARIF whatever names and messages hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('\ud800', 'https://[::1]/{', '../..', '{', ']( ', '\u202e\u0000', 'https://x', '</script>'),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 7, maxLength: 7 }), (texts) => {
      const [id = '', name = '', link = '', message = '', reason = '', author = '', scope = ''] = texts;
      const run = runOf({
        overall: 'incomplete',
        coverage: { applications: { ...A_GAP, message, scopes: [{ ...A_GAP.scopes[0]!, name }] } },
        alertsFailing: { alerts: 1, reason },
        findings: [
          aShownFinding({
            subject: { id, kind: 'secret', name, link },
            message,
            scope,
            evidence: { texts },
            exception: { ...AN_EXCEPTION, reason, author },
          }),
        ],
      });
      expect(JSON.stringify(run)).not.toMatch(/\\ud[89a-f]/i);
      expect(run.results[0]!.message.text).not.toMatch(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}|\]\(/u);
    }),
    { numRuns: 30 },
  );
});

it('is held against a schema that notices', () => {
  const run = { tool: { driver: { name: 'x' } }, results: [{ message: { text: 'x' }, kind: 'failed' }] };
  expect(sarifProblems({ version: '2.1.0', runs: [run] })).toEqual([
    '/runs/0/results/0/kind must be equal to one of the allowed values',
  ]);
});
