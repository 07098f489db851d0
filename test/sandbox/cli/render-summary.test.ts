import type { Finding, Severity } from '../../../src/audit/finding';
import type { Report } from '../../../src/audit/report';
import { createPaint } from '../../../sandbox/cli/paint';
import { renderSummary } from '../../../sandbox/cli/render-summary';

const plain = createPaint({ isTTY: false }, {});

function aFailure(severity: Severity, change: Partial<Finding> = {}): Finding {
  return {
    fingerprint: 'f',
    checkId: 'secret-expiry',
    status: 'fail',
    severity,
    subject: { id: 's', kind: 'secret', name: 'ci' },
    message: 'Secret “ci” expires in 3 days.',
    evidence: {},
    remediation: 'Add a new one:\naz ad app credential reset --append',
    scope: 'tenant',
    ...change,
  };
}

function aReport(change: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    runId: '20260301T020000Z-00000000',
    previousRunId: null,
    startedAt: '2026-03-01T02:00:00.000Z',
    finishedAt: '2026-03-01T02:01:00.000Z',
    fullAuditAt: '2026-03-01T02:00:00.000Z',
    signInsAt: null,
    signInPeriod: null,
    tenantId: 't',
    overall: 'clean',
    coverage: { applications: 'collected' },
    totals: { pass: 3, fail: 0, notEvaluated: 0, notApplicable: 1 },
    severities: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    changes: { opened: 0, worsened: 0, unchanged: 0, resolved: 0, unconfirmed: 0 },
    nextExpiry: null,
    checks: [],
    checksOff: [],
    alertsFailing: null,
    findings: [],
    ...change,
  };
}

const render = (report: Report, mails: Parameters<typeof renderSummary>[1] = []) => renderSummary(report, mails, plain);

describe('the summary of a report', () => {
  it('of a healthy tenant is short', () => {
    expect(render(aReport())).toBe(
      [
        'Read',
        '  ✓ Applications with their credentials and owners',
        '',
        'Mail',
        '  none',
        '',
        'Overall   clean   run 20260301T020000Z-00000000',
        'Findings  0 fail, 0 not evaluated, 3 pass, 1 not applicable',
      ].join('\n'),
    );
  });

  it('says what is accepted, until when, by whom and why', () => {
    const exception = { id: 'e', until: '2026-04-01T00:00:00.000Z', author: 'Ana\u001b[2J', reason: 'it\nmoves' };
    const findings = [{ ...aFailure('high'), exception }, aFailure('low')];
    const text = renderSummary({ ...aReport(), findings }, [], plain);
    expect(text).toContain('\n    Accepted until 2026-04-01 00:00 UTC by Ana');
    expect(text).toContain(': it moves\n');
    expect(text).not.toContain('\u001b');
    expect(text.match(/Accepted/g)).toHaveLength(1);
  });

  it('ends with the checks that are switched off', () => {
    expect(render(aReport({ checksOff: ['firewall-open', 'sql-auditing'] }))).toMatch(
      /\nOff {7}firewall-open, sql-auditing$/,
    );
  });

  it('says that alerts did not arrive', () => {
    const alertsFailing = { alerts: 2, reason: 'The sender\u001b[31m is unknown.' };
    const text = render(aReport({ alertsFailing }));
    expect(text).toMatch(/\nAlerts {4}2 did not arrive: The sender.*is unknown\.$/);
    expect(text).not.toContain('\u001b');
  });

  it('names the permission and the scopes of a source that was refused', () => {
    const gap = {
      because: 'forbidden',
      message: 'the long words of the service',
      permission: 'Application.Read.All (Microsoft Graph)',
      scopes: [{ kind: 'tenant', name: 'Contoso', because: 'forbidden' }],
    } as const;
    const text = render(aReport({ overall: 'incomplete', coverage: { applications: gap } }));
    expect(text).toContain('✗ Applications with their credentials and owners: forbidden');
    expect(text).toContain('Not read: tenant Contoso (forbidden)');
    expect(text).toContain('Needs Application.Read.All (Microsoft Graph)');
    expect(text).not.toContain('the long words of the service');
    expect(text).toContain('Overall   incomplete');
  });

  it('gives the reason where a source was not refused, and counts scopes that would fill the screen', () => {
    const scopes = Array.from({ length: 7 }, (_, n) => ({
      kind: 'workspace' as const,
      name: `ws${n}`,
      because: 'unreachable' as const,
    }));
    const gap = { because: 'unreachable', message: 'No connection.', permission: 'Synapse User', scopes } as const;
    const text = render(aReport({ overall: 'incomplete', coverage: { synapseRoleAssignments: gap } }));
    expect(text).toContain('No connection.');
    expect(text).toMatch(/workspace ws4 \(unreachable\)\s+and 2 more/);
    expect(text).not.toContain('ws5');
  });

  it('shows what fails, the most urgent first, with its remedy as it is to be copied', () => {
    const text = render(
      aReport({ findings: [aFailure('medium'), aFailure('critical', { message: 'It has expired.' })] }),
    );
    expect(text).toContain(
      [
        'critical (1)',
        '  ● secret-expiry',
        '    It has expired.',
        '    → Add a new one:',
        '      az ad app credential reset --append',
        '',
        'medium (1)',
      ].join('\n'),
    );
  });

  it('leaves remedies of what can wait, and everything past ten, to the report', () => {
    const text = render(aReport({ findings: Array.from({ length: 13 }, () => aFailure('low')) }));
    expect(text.match(/expires in 3 days/g)).toHaveLength(10);
    expect(text).not.toContain('az ad app');
    expect(text).toContain('… and 3 more in the report');
  });

  it('does not count what passes or was not evaluated among the failures', () => {
    const text = render(aReport({ findings: [aFailure('high', { status: 'notEvaluated' })] }));
    expect(text).not.toContain('high (');
  });

  it('breaks long messages at words, but no commands', () => {
    const command = `az ${'x'.repeat(300)}`;
    const text = render(
      aReport({ findings: [aFailure('high', { message: 'word '.repeat(100).trim(), remediation: command })] }),
    );
    const lines = text.split('\n');
    expect(lines).toContain(`    → ${command}`);
    expect(Math.max(...lines.filter((line) => line.includes('word')).map((line) => line.length))).toBeLessThanOrEqual(
      110,
    );
    expect(text.match(/word/g)).toHaveLength(100);
  });

  it('lists who was mailed', () => {
    expect(
      render(aReport(), [{ to: ['a@contoso.example', 'b@contoso.example'], subject: '1 secret expires' }]),
    ).toContain('Mail\n  a@contoso.example, b@contoso.example: 1 secret expires');
  });

  it('counts failures by severity at its end', () => {
    const severities = { critical: 1, high: 0, medium: 2, low: 0, info: 0 };
    expect(
      render(aReport({ overall: 'attention', severities }))
        .split('\n')
        .at(-1),
    ).toBe('Failing   1 critical, 2 medium');
  });

  it('shows no name of the tenant that could steer the terminal', () => {
    const hostile = 'app\u001b[2J\u202e\u0007\r';
    const text = render(aReport({ findings: [aFailure('high', { message: hostile, remediation: hostile })] }), [
      { to: [hostile], subject: `${hostile}\nOverall   clean` },
    ]);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('app[2J: app[2J Overall   clean');
  });
});

describe('colours', () => {
  it('are for terminals, and not for everybody', () => {
    expect(createPaint({ isTTY: true }, {})('red', 'x')).toBe('\u001b[31mx\u001b[0m');
    expect(createPaint({ isTTY: true }, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(createPaint({}, {})('red', 'x')).toBe('x');
  });
});
