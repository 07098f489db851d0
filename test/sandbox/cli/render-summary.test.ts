import { createPaint } from '../../../src/cli/paint';
import { renderSummary } from '../../../sandbox/cli/render-summary';
import { renderText } from '../../../src/report/text';
import { aShownFinding, aShownReport } from '../../fixtures/shown-reports';

const plain = createPaint({ isTTY: false }, {});

describe('the summary of a run', () => {
  it('is its mails and its report', () => {
    const report = aShownReport({ findings: [aShownFinding()] });
    expect(renderSummary(report, [], plain)).toBe(`Mail\n  none\n\n${renderText(report)}`);
  });

  it('lists who was mailed', () => {
    const mails = [{ to: ['a@contoso.example', 'b@contoso.example'], subject: '1 secret expires' }];
    expect(renderSummary(aShownReport(), mails, plain)).toMatch(
      /^Mail\n {2}a@contoso\.example, b@contoso\.example: 1 secret expires\n\nOverall {3}clean/,
    );
  });

  it('leaves remedies of what can wait, and everything past ten, to the report', () => {
    const findings = [
      aShownFinding({ severity: 'medium' }),
      ...Array.from({ length: 13 }, () => aShownFinding({ severity: 'low', message: 'It can wait.' })),
    ];
    const text = renderSummary(aShownReport({ findings }), [], plain);
    expect(text.match(/It can wait\./g)).toHaveLength(10);
    expect(text.match(/az ad app/g)).toHaveLength(1);
    expect(text).toContain('… and 3 more in the report');
  });

  it('tells why pipelines failed, however much else there is', () => {
    const findings = [
      ...Array.from({ length: 13 }, () => aShownFinding({ severity: 'high' })),
      aShownFinding({
        severity: 'high',
        checkId: 'pipeline-authentication-failure',
        message: 'Its secret has expired.',
      }),
    ];
    const text = renderSummary(aShownReport({ findings }), [], plain);
    expect(text).toContain('Its secret has expired.');
    expect(text).toContain('… and 3 more in the report');
  });

  it('shows no mail that could steer the terminal', () => {
    const hostile = 'app\u001b[2J\u202e\u0007\r';
    const text = renderSummary(aShownReport(), [{ to: [hostile], subject: `${hostile}\nOverall   clean` }], plain);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text).toMatch(/^Mail\n {2}app \[2J: app \[2J Overall clean\n/);
  });
});

describe('colours', () => {
  it('are for terminals, and not for everybody', () => {
    expect(createPaint({ isTTY: true }, {})('red', 'x')).toBe('\u001b[31mx\u001b[0m');
    expect(createPaint({ isTTY: true }, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(createPaint({}, {})('red', 'x')).toBe('x');
  });
});
