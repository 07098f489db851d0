import { previewMessages } from '../../../sandbox/mail-preview/preview-messages';
import { renderMail } from '../../../src/alerts/render-mail';
import type { Finding } from '../../../src/audit/finding';
import type { Report } from '../../../src/audit/report';
import { aBlindFinding, anotherSecret, aRun, aWorkspaceFinding, inDays, NOW, PORTAL } from '../../alerts/changes';

function aReport(findings: readonly Finding[]): Report {
  const { runId, tenantId, overall, totals, severities } = aRun();
  const part: Partial<Report> = {
    runId,
    tenantId,
    overall,
    totals,
    severities,
    finishedAt: NOW.toISOString(),
    findings,
  };
  return part as Report;
}

const EVERYTHING = [
  ...[-3, 0.5, 5, 12, 20].map((days, index) => anotherSecret(index, { evidence: { endsAt: inDays(days) } })),
  aWorkspaceFinding(),
  aWorkspaceFinding({ checkId: 'password-spray', fingerprint: 'spray', evidence: { technique: 'T1110' } }),
  aBlindFinding('c', ['synapseRoleAssignments']),
];

describe('previews of mails', () => {
  it('are of every kind', () => {
    expect(previewMessages(aReport(EVERYTHING), PORTAL).map(({ name }) => name)).toEqual([
      'owner-changes',
      'administrators-changes',
      'first-digest',
      'recovered',
      'blindness',
      'security-events',
      'long',
      'hostile',
    ]);
  });

  it('have a table with the long one', () => {
    const long = previewMessages(aReport(EVERYTHING), PORTAL).find(({ name }) => name === 'long')!;
    expect(renderMail(long.message, long.run).attachments).toHaveLength(1);
  });

  it('are only of what the tenant has, and of blindness', () => {
    expect(previewMessages(aReport([]), PORTAL).map(({ name }) => name)).toEqual(['blindness']);
  });
});
