/** One message of every kind, made of what an audit found: what the mails of this tenant would look like. */
import { newsOf, type ToldChange } from '../../src/alerts/news';
import type { Message } from '../../src/alerts/message';
import type { MailRun } from '../../src/alerts/mail-content';
import { mailLinks } from '../../src/alerts/mail-links';
import { endOf } from '../../src/audit/ends';
import { stopOf } from '../../src/audit/stops-when';
import { fingerprint, type Finding } from '../../src/audit/finding';
import type { Report } from '../../src/audit/report';

export interface Preview {
  /** Names its files. */
  readonly name: string;
  readonly message: Message;
  readonly run: MailRun;
}

const BASE_URL = 'https://func-audit.contoso.example';
const DAY = 86_400_000;

/** Enough that no mail holds them all. */
const MANY = 400;

/** @param report of a first audit, with all its findings */
export function previewMessages(report: Report, portal: string): readonly Preview[] {
  const finishedAt = new Date(report.finishedAt);
  const run: MailRun = {
    ...report,
    finishedAt,
    baseRunId: '20260101T020000Z-00000000',
    portal,
    timeZone: 'Europe/Berlin',
    ...mailLinks(BASE_URL),
  };
  const without: MailRun = { ...run, reportUrl: undefined, muteUrl: undefined, timeZone: 'UTC' };
  const failing = report.findings.filter(({ status, severity }) => status === 'fail' && severity !== 'info');
  const blind = report.findings.filter(({ status }) => status === 'notEvaluated');
  const ending = failing.filter((finding) => endOf(finding) !== undefined);
  const events = failing.filter((finding) => stopOf(finding, finishedAt) === 'events');
  /** Those that end in at most so many days, the last of them first. */
  const within = (days: number) =>
    ending
      .map((finding) => ({ finding, left: (endOf(finding)?.getTime() ?? 0) - finishedAt.getTime() }))
      .filter(({ left }) => left <= days * DAY)
      .sort((a, b) => b.left - a.left)
      .map(({ finding }) => finding);
  const since = new Date(finishedAt.getTime() - 9 * DAY).toISOString();
  const changed = (kind: ToldChange['kind'], findings: readonly Finding[], more: Partial<ToldChange> = {}) =>
    findings.map((finding): ToldChange => ({ kind, finding, firstSeen: since, ...more }));

  const message = (changes: readonly ToldChange[], more: Partial<Message> = {}): Message => ({
    audience: 'administrators',
    kind: 'changes',
    to: ['operations@contoso.example'],
    news: newsOf(changes),
    notices: [],
    endedExceptions: [],
    ...more,
  });
  const preview = (name: string, of: Message, by = run): Preview => ({ name, message: of, run: by });

  return [
    preview(
      'owner-changes',
      message(
        [
          ...changed('due', within(0).slice(0, 1), { step: 'expired' }),
          ...changed('due', within(7).slice(0, 1), { step: 7 }),
          ...changed('worsened', within(14).slice(0, 1), { from: 'low' }),
        ],
        {
          audience: 'owner',
          to: ['ada@contoso.example'],
        },
      ),
    ),
    preview(
      'administrators-changes',
      message([...changed('opened', failing.slice(0, 12)), ...changed('resolved', ending.slice(0, 1))], {
        notices: [
          'Bob (bob@contoso.example) owns “Nightly loader”, and his account is disabled: you are told until it has another owner.',
        ],
        endedExceptions: [
          {
            id: '00000000-0000-4000-8000-000000000001',
            match: { checkId: 'public-network-access', subject: 'synw-*' },
            reason: 'The private endpoints come with the move to the new network.',
            author: 'ada@contoso.example',
            createdAt: since,
            until: new Date(finishedAt.getTime() - 3_600_000).toISOString(),
          },
        ],
      }),
    ),
    preview('first-digest', message(changed('opened', [...failing, ...blind]), { kind: 'digest' }), {
      ...without,
      baseRunId: null,
    }),
    preview(
      'recovered',
      message(changed('resolved', [...ending.slice(0, 3), ...blind], { now: 'It is valid for 180 days.' })),
      {
        ...run,
        overall: 'clean',
      },
    ),
    preview('blindness', message(changed('opened', blind.length > 0 ? blind : [aBlindness(report.tenantId)]))),
    preview('security-events', message(changed('opened', events))),
    preview('long', message(changed('opened', many(failing)))),
    preview('hostile', message(changed('opened', failing.slice(0, 4).map(hostile))), without),
  ].filter(({ message: { news } }) => Object.values(news).some((part: readonly unknown[]) => part.length > 0));
}

function aBlindness(tenantId: string): Finding {
  return {
    fingerprint: fingerprint('synapse-administrators', `scope:${tenantId}`),
    checkId: 'synapse-administrators',
    status: 'notEvaluated',
    severity: 'high',
    subject: { id: tenantId, kind: 'tenant', name: tenantId },
    message: 'Not evaluated for the tenant: GET /groups answered 403 Authorization_RequestDenied.',
    evidence: {},
    remediation: '',
    scope: tenantId,
    because: 'forbidden',
    sources: ['groups'],
  };
}

function many(findings: readonly Finding[]): readonly Finding[] {
  const copies = Math.ceil(MANY / Math.max(findings.length, 1));
  return findings.flatMap((finding) =>
    Array.from({ length: copies }, (_, index) => ({
      ...finding,
      fingerprint: fingerprint(finding.checkId, `${finding.subject.id} ${index}`),
    })),
  );
}

/** What somebody may call an application, a secret or a rule. */
const HOSTILE = [
  `"><script>alert(1)</script><img src=https://evil.example/x.png onerror='x()'>`,
  `=HYPERLINK("https://evil.example","Click")`,
  'ci\r\nBcc: everybody@contoso.example\r\n\r\nAll is well',
  `invoice\u202Efdp.exe ${'A'.repeat(10_000)}`,
];

function hostile(finding: Finding, index: number): Finding {
  const name = HOSTILE[index % HOSTILE.length] ?? '';
  return {
    ...finding,
    subject: { ...finding.subject, name },
    message: `Secret “${name}” of application “${name}” expires. From then on every sign-in with it fails.`,
    evidence: { ...finding.evidence, workspaces: [name], linkedServices: [name], owners: [name] },
  };
}
