import fc from 'fast-check';
import type { ShownFinding } from '../../src/audit/exceptions';
import type { Severity } from '../../src/audit/finding';
import { renderText } from '../../src/report/text';
import { TENANT } from '../fixtures/facts';
import { A_GAP, AN_EXCEPTION, anUnevaluatedFinding, aShownFinding, aShownReport } from '../fixtures/shown-reports';

const aFailure = (severity: Severity, change: Partial<ShownFinding> = {}) => aShownFinding({ severity, ...change });

describe('a report as text', () => {
  it('of a healthy tenant is short', () => {
    expect(renderText(aShownReport({ totals: { pass: 3, fail: 0, notEvaluated: 0, notApplicable: 0 } }))).toBe(
      [
        'Overall   clean   run 20260301T020000Z-00000000',
        `Tenant    ${TENANT}`,
        'Finished  2026-03-01 02:01 UTC',
        'Read at   2026-03-01 02:00 UTC',
        '',
        'Read      ✓ 1 of 1 source whole',
        '',
        'Overall   clean   run 20260301T020000Z-00000000',
        'Findings  0 fail, 0 not evaluated, 3 pass, 0 not applicable',
        'More      findings not on this page: 3',
      ].join('\n'),
    );
  });

  it('says how old its parts are', () => {
    const text = renderText(
      aShownReport({ fullAuditAt: '2026-02-28T02:00:00.000Z', signInsAt: '2026-03-01T02:00:00.000Z' }),
    );
    expect(text).toContain('\nRead at   2026-02-28 02:00 UTC; sign-ins 2026-03-01 02:00 UTC\n');
  });

  it('that lacks something says when there was a whole one', () => {
    const lastComplete = { runId: 'run-0', finishedAt: '2026-02-27T02:01:00.000Z' };
    const later = { overall: 'incomplete', previousRunId: 'run-1' } as const;
    expect(renderText(aShownReport({ ...later, lastComplete }))).toContain(
      '\nComplete  last 2026-02-27 02:01 UTC, run run-0\n',
    );
    expect(renderText(aShownReport({ ...later, lastComplete: null }))).toContain('\nComplete  never so far\n');
    expect(renderText(aShownReport({ overall: 'attention', lastComplete: null }))).not.toContain('Complete');
    const first = { previousRunId: null, lastComplete: null } as const;
    expect(renderText(aShownReport({ overall: 'incomplete', ...first }))).not.toContain('Complete');
  });

  it('names the permission and the scopes of a source that was refused', () => {
    const text = renderText(
      aShownReport({ overall: 'incomplete', coverage: { applications: A_GAP, users: 'collected' } }),
    );
    expect(text).toContain(
      [
        'Read      ✗ 1 of 2 sources whole',
        '  ✗ Applications with their credentials and owners: forbidden',
        '      Not read: tenant Contoso (forbidden)',
        '      Needs Application.Read.All (Microsoft Graph)',
      ].join('\n'),
    );
    expect(text).not.toContain('the long words of the service');
    expect(text).toMatch(/^Overall {3}incomplete/);
  });

  it('gives the reason where a source was not refused, and counts scopes that would fill the screen', () => {
    const scopes = Array.from({ length: 7 }, (_, n) => ({
      kind: 'workspace' as const,
      name: `ws${n}`,
      because: 'unreachable' as const,
    }));
    const gap = { because: 'unreachable', message: 'No connection.', permission: 'Synapse User', scopes } as const;
    const text = renderText(aShownReport({ overall: 'incomplete', coverage: { synapseRoleAssignments: gap } }));
    expect(text).toContain('No connection.');
    expect(text).toMatch(/workspace ws4 \(unreachable\)\s+and 2 more/);
    expect(text).not.toContain('ws5');
  });

  it('counts what was not evaluated by check, and says what a check failed of', () => {
    const thrown = anUnevaluatedFinding({
      checkId: 'firewall-open',
      because: 'checkThrew',
      message: 'The check firewall-open failed on the workspace w: boom',
    });
    const text = renderText(
      aShownReport({ overall: 'incomplete', findings: [anUnevaluatedFinding(), thrown, anUnevaluatedFinding()] }),
    );
    expect(text).toContain(
      [
        'not evaluated (3)',
        '  ○ secret-expiry: 2 (forbidden)',
        '  ○ firewall-open: 1 (checkThrew)',
        '    The check firewall-open failed on the workspace w: boom',
        '',
      ].join('\n'),
    );
    expect(text).not.toContain('Insufficient privileges');
    expect(text).not.toContain('medium (');
  });

  it('shows what fails, the most urgent first, with its remedy as it is to be copied', () => {
    const text = renderText(
      aShownReport({ findings: [aFailure('medium'), aFailure('critical', { message: 'It has expired.' })] }),
    );
    expect(text).toContain(
      [
        'critical (1)',
        '  ● secret-expiry: Nightly loader / ci, since 2026-02-20 02:00 UTC',
        '    It has expired.',
        '    → Add a new one:',
        '      az ad app credential reset --append',
        '',
        'medium (1)',
      ].join('\n'),
    );
  });

  it('shows all failures of the page, unless fewer are wanted', () => {
    const findings = [
      aFailure('high'),
      ...Array.from({ length: 13 }, () => aFailure('low', { message: 'It can wait.' })),
    ];
    const whole = renderText(aShownReport({ findings }));
    expect(whole.match(/It can wait\./g)).toHaveLength(13);
    expect(whole.match(/az ad app/g)).toHaveLength(14);
    const brief = renderText(aShownReport({ findings }), undefined, {
      findingsPerSeverity: 10,
      always: [],
      withRemedy: ['high'],
    });
    expect(brief.match(/It can wait\./g)).toHaveLength(10);
    expect(brief.match(/az ad app/g)).toHaveLength(1);
    expect(brief).toContain('low (13)');
    expect(brief).toContain('  … and 3 more in the report');
  });

  it('says what is accepted, until when, by whom and why', () => {
    const exception = { ...AN_EXCEPTION, author: 'Ana\u001b[2J', reason: 'it\nmoves' };
    const text = renderText(aShownReport({ findings: [aFailure('high', { exception }), aFailure('low')] }));
    expect(text).toContain('\n    Accepted until 2026-04-01 00:00 UTC by Ana [2J: it moves\n');
    expect(text.match(/Accepted/g)).toHaveLength(1);
  });

  it('ends with what follows from it', () => {
    const text = renderText(
      aShownReport({
        overall: 'attention',
        severities: { critical: 1, high: 0, medium: 2, low: 0, info: 0 },
        totals: { fail: 3, notEvaluated: 0, pass: 7, notApplicable: 1 },
        nextExpiry: { endsAt: '2026-03-04T02:00:00.000Z', name: 'Nightly\nloader', fingerprint: 'f' },
        checksOff: ['firewall-open', 'sql-auditing'],
        alertsFailing: { alerts: 2, reason: 'The sender\nis unknown.' },
        findings: [aFailure('critical')],
        continuationToken: 'next',
      }),
    );
    expect(text.split('\n\n').at(-1)).toBe(
      [
        'Overall   attention   run 20260301T020000Z-00000000',
        'Findings  3 fail, 0 not evaluated, 7 pass, 1 not applicable',
        'Failing   1 critical, 2 medium',
        'Next end  2026-03-04 02:00 UTC: Nightly loader',
        'Off       firewall-open, sql-auditing',
        'Alerts    2 did not arrive: The sender is unknown.',
        'More      findings not on this page: 10; there is a next one',
      ].join('\n'),
    );
  });

  it('says nothing of more where the page is all there is', () => {
    expect(renderText(aShownReport({ findings: [aFailure('low')] }))).not.toContain('More');
  });

  it('breaks long messages at words, but no commands', () => {
    const command = `az ${'x'.repeat(300)}`;
    const text = renderText(
      aShownReport({
        findings: [
          aFailure('high', {
            subject: { id: 's', kind: 'secret', name: 'name '.repeat(40).trim() },
            message: 'word '.repeat(100).trim(),
            remediation: command,
          }),
        ],
      }),
    );
    const lines = text.split('\n');
    expect(lines).toContain(`    → ${command}`);
    const wrapped = lines.filter((line) => /word|name/.test(line)).map((line) => line.length);
    expect(Math.max(...wrapped)).toBeLessThanOrEqual(110);
    expect(Math.max(...wrapped)).toBeGreaterThan(105);
    expect(text.match(/word/g)).toHaveLength(100);
    expect(text.match(/name/g)).toHaveLength(40);
  });

  it('is painted where that is wanted, and nothing else changes', () => {
    const report = aShownReport({
      overall: 'incomplete',
      coverage: { applications: A_GAP },
      findings: [aFailure('high', { exception: AN_EXCEPTION }), aFailure('info'), anUnevaluatedFinding()],
    });
    const painted = renderText(report, (colour, text) => `<${colour}>${text}</>`);
    expect(painted).toContain('<bold>Overall</>   <red>incomplete</>');
    expect(painted).toContain('  <red>●</> secret-expiry');
    expect(painted.replace(/<[a-z]+>|<\/>/g, '')).toBe(renderText(report));
  });

  it('holds no name of the tenant that could steer the terminal or pass for a line of the report', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '\u001b[2J',
        '\u202e',
        '\u0007\r',
        '\nOverall   clean',
        '\u2028Overall   clean',
        '\u009b31m',
        '\ud800',
      ),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), (texts) => {
        const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = texts;
        const text = renderText(
          aShownReport({
            overall: 'attention',
            coverage: {
              applications: { ...A_GAP, because: 'failed', message: a, scopes: [{ ...A_GAP.scopes[0]!, name: b }] },
            },
            nextExpiry: { endsAt: '2026-03-04T02:00:00.000Z', name: c, fingerprint: 'f' },
            alertsFailing: { alerts: 1, reason: d },
            findings: [
              aShownFinding({
                subject: { id: 's', kind: 'secret', name: e },
                message: f,
                remediation: g,
                exception: { ...AN_EXCEPTION, author: h, reason: h },
              }),
              anUnevaluatedFinding({ because: 'checkThrew', message: h }),
            ],
          }),
        );
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(text.match(/^Overall.*$/gm)).toEqual([
          'Overall   attention   run 20260301T020000Z-00000000',
          'Overall   attention   run 20260301T020000Z-00000000',
        ]);
      }),
      { numRuns: 50 },
    );
  });
});
