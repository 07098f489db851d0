import fc from 'fast-check';
import type { Message } from '../../src/alerts/message';
import { mailLinks } from '../../src/alerts/mail-links';
import { newsOf, type ToldChange } from '../../src/alerts/news';
import { renderMail } from '../../src/alerts/render-mail';
import type { Change } from '../../src/audit/compare';
import type { Exception } from '../../src/audit/exception';
import {
  aBlindFinding,
  anotherSecret,
  aRun,
  aSecretFinding,
  aWorkspaceFinding,
  inDays,
  NOW,
  opened,
  PORTAL,
  resolved,
  worsened,
} from './changes';

function aMessage(changes: readonly Change[], overrides: Partial<Message> = {}): Message {
  return {
    audience: 'administrators',
    kind: 'changes',
    to: ['team@example.com'],
    news: newsOf(changes),
    notices: [],
    endedExceptions: [],
    ...overrides,
  };
}

function mailOf(changes: readonly Change[], run = aRun(), overrides: Partial<Message> = {}) {
  return renderMail(aMessage(changes, overrides), run);
}

/** What a reader of the HTML sees, on one line. */
function visible(html: string): string {
  return html
    .replace(/<style>.*?<\/style>|<title>.*?<\/title>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function bothParts(changes: readonly Change[], run = aRun()): readonly string[] {
  const { plainText, html } = mailOf(changes, run);
  return [flat(plainText), visible(html)];
}

describe('each part of the mail', () => {
  it('says what, where, when, what depends on it, since when and what to do', () => {
    for (const part of bothParts([worsened(aSecretFinding(), 'medium')])) {
      expect(part).toContain('High, was medium');
      expect(part).toMatch(/Secret .ci-2024. of application .Nightly loader. expires in 6 days/);
      expect(part).toMatch(/Expires:? in 6 days, 2026-11-28 02:13 UTC/);
      expect(part).toMatch(/Where:? secret Nightly loader \/ ci-2024, directory of the tenant/);
      expect(part).toMatch(/Workspaces:? synw-sales, synw-finance/);
      expect(part).toMatch(/Roles:? Synapse Contributor on synw-sales/);
      expect(part).toMatch(/Owners:? Ada Lovelace/);
      expect(part).toMatch(/Since:? 2026-11-02/);
      expect(part).toContain(
        'az ad app credential reset --id cccccccc-0000-4000-8000-000000000001 --append --display-name rotated-2026-11-22',
      );
    }
  });

  it('puts no resource of Azure into the directory', () => {
    const secret = aSecretFinding();
    const id = '/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/kv/secrets/databricks';
    for (const part of bothParts([
      opened({ ...secret, subject: { ...secret.subject, id, name: 'kv / databricks' } }),
    ])) {
      expect(part).toMatch(/Where:? secret kv \/ databricks /);
      expect(part).not.toContain('directory of the tenant');
    }
  });

  it('says how things stand after the run', () => {
    for (const part of bothParts([opened(aSecretFinding())])) {
      expect(part).toContain('Open after this run: 4 problems (1 high, 1 medium, 2 low). Everything was read.');
    }
  });

  it('says that the picture is incomplete', () => {
    const totals = { fail: 0, notEvaluated: 3, pass: 9, notApplicable: 0 };
    for (const part of bothParts([resolved(aSecretFinding())], aRun({ overall: 'incomplete', totals }))) {
      expect(part).toContain('no known problem. 3 judgements could not be made, so the picture is incomplete.');
    }
  });

  it('does not say that all was read where all could be judged nevertheless', () => {
    for (const part of bothParts([opened(aSecretFinding())], aRun({ overall: 'incomplete' }))) {
      expect(part).toContain('Not everything could be read, so the picture is incomplete.');
    }
  });

  it('says that all is well once it is', () => {
    for (const part of bothParts([resolved(aSecretFinding())], aRun({ overall: 'clean' }))) {
      expect(part).toContain('Everything was read, and nothing fails.');
      expect(part).toMatch(/Failed since:? 2026-11-13/);
      expect(part).not.toMatch(/Now:? /);
    }
  });

  it('says how a resolved problem is now, where its subject is still there', () => {
    for (const part of bothParts([{ ...resolved(aSecretFinding()), now: 'It is the baseline now.' }])) {
      expect(part).toMatch(/Now:? It is the baseline now\./);
    }
  });

  it.each([
    [inDays(0.5), 'Expires', 'in 12 hours'],
    [inDays(0.01), 'Expires', 'in less than an hour'],
    [inDays(1), 'Expires', 'in 24 hours'],
    [inDays(2), 'Expires', 'in 2 days'],
    [inDays(2.99), 'Expires', 'in 2 days'],
    [NOW.toISOString(), 'Expired', 'less than an hour ago'],
    [inDays(-1), 'Expired', '24 hours ago'],
    [inDays(-40), 'Expired', '40 days ago'],
  ])('says of an end at %s: %s %s', (endsAt, name, value) => {
    for (const part of bothParts([opened(aSecretFinding({ evidence: { endsAt } }))])) {
      expect(part).toMatch(new RegExp(`${name}:? ${value}, ${endsAt.slice(0, 10)} ${endsAt.slice(11, 16)} UTC`));
    }
  });

  it('counts on where the evidence has counted already', () => {
    const workspaces = [...Array.from({ length: 20 }, (_, index) => `w${index + 1}`), 'and 30 more'];
    for (const part of bothParts([opened(aSecretFinding({ evidence: { workspaces } }))])) {
      expect(part).toContain('w1, w2, w3, w4, w5, w6 and 44 more');
    }
  });

  it('links to the portal and to the report', () => {
    const reportUrl = 'https://auditor.example/api/report?format=html&x=1';
    const { html, plainText } = mailOf([opened(aSecretFinding())], aRun({ reportUrl }));
    expect(html).toContain(`href="${PORTAL}/#view/Microsoft_AAD_RegisteredApps/`);
    expect(html).toContain('href="https://auditor.example/api/report?format=html&#38;x=1"');
    expect(plainText).toContain(`Whole report: ${reportUrl}\n`);
  });

  it('offers no link that is not https, nor a portal page elsewhere', () => {
    const subject = { ...aSecretFinding().subject, link: 'https://portal.azure.com.evil.example/' };
    const { html, plainText } = mailOf(
      [opened(aSecretFinding({ subject }))],
      aRun({ reportUrl: 'http://localhost:7071/api/report' }),
    );
    expect(html).not.toContain('<a ');
    expect(plainText).not.toContain('://');
  });

  it.each([
    ['user', 'user'],
    ['identity', 'managed identity'],
    ['servicePrincipal', 'service principal'],
  ] as const)('calls a %s a %s', (kind, noun) => {
    const finding = aSecretFinding({ subject: { id: 'one', kind, name: 'ada@contoso.example' } });
    for (const part of bothParts([opened(finding)])) {
      expect(part).toMatch(new RegExp(`Where:? ${noun} ada@contoso\\.example, directory of the tenant`));
    }
  });
});

describe('the subject', () => {
  it('lets a lone problem speak for itself', () => {
    expect(mailOf([opened(aSecretFinding())]).subject).toMatch(
      /^Secret "ci-2024" of application "Nightly loader" expires in 6 days .* - Synapse synw-sales, synw-finance$/,
    );
  });

  it('counts what is alike, the worst first', () => {
    const { subject } = mailOf([
      opened(anotherSecret(1, { evidence: { endsAt: inDays(6) } })),
      opened(anotherSecret(2, { evidence: { endsAt: inDays(7) } })),
      opened(anotherSecret(3, { severity: 'critical', evidence: { endsAt: inDays(-1) } })),
      opened(aWorkspaceFinding()),
    ]);
    expect(subject).toBe(
      '1 credential has expired; 1 workspace is failing; 2 credentials expire within 7 days - Synapse synw-sales',
    );
  });

  it.each([
    [inDays(1), 'within a day'],
    [new Date(Date.parse(inDays(1)) + 1).toISOString(), 'within 7 days'],
    [inDays(7), 'within 7 days'],
    [inDays(7.01), 'within 14 days'],
    [inDays(30), 'within 30 days'],
    [inDays(91), 'later'],
  ])('says of two ends at %s: %s', (endsAt, phrase) => {
    const { subject } = mailOf([1, 2].map((number) => opened(anotherSecret(number, { evidence: { endsAt } }))));
    expect(subject).toContain(`2 credentials expire ${phrase} - Synapse`);
  });

  it('says of ends that have passed that they have', () => {
    const { subject } = mailOf(
      [0, -3].map((days) => opened(anotherSecret(-days, { evidence: { endsAt: inDays(days) } }))),
    );
    expect(subject).toContain('2 credentials have expired');
  });

  it('names no workspace where none is known', () => {
    expect(mailOf([opened(aSecretFinding({ evidence: {} }))]).subject).toMatch(/ - Synapse authentication$/);
  });

  it('tells good news alone as such', () => {
    expect(mailOf([resolved(aSecretFinding()), resolved(anotherSecret(2))]).subject).toMatch(/^2 problems resolved - /);
  });

  it('says that there is more than it has room for', () => {
    const kinds = ['workspace', 'secret', 'certificate', 'roleAssignment', 'servicePrincipal', 'identity'] as const;
    const { subject } = mailOf(
      kinds.map((kind) => opened(aWorkspaceFinding({ subject: { id: kind, kind, name: kind }, fingerprint: kind }))),
    );
    expect(subject).toContain('; and more - Synapse synw-sales');
    expect(subject.length).toBeLessThanOrEqual(150);
  });

  it('is a clean line of at most 150 characters, whatever the names', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constant('\r\nBcc: everybody\u202E'.repeat(40)),
      fc.constant('…'.repeat(400)),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const { subject } = mailOf(
          names.map((hostile, index) =>
            opened(anotherSecret(index, { message: hostile, evidence: { workspaces: names } })),
          ),
        );
        expect(subject.length).toBeLessThanOrEqual(150);
        expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(subject.trim()).not.toBe('');
      }),
    );
  });
});

describe('hostile names', () => {
  const hostile = `"><script>alert(1)</script><img src=https://evil.example/x.png onerror='x()'>\r\nBcc: a@b\u202Egpj.exe`;
  const finding = aSecretFinding({
    subject: { id: 'x/y', kind: 'secret', name: hostile, link: `javascript:${hostile}` },
    message: `Secret ${hostile} expires.`,
    evidence: { workspaces: [hostile], roles: [hostile], owners: [hostile], endsAt: hostile },
    remediation: `Do this:\naz ${hostile}`,
    scope: `/x/microsoft.synapse/workspaces/${hostile}`,
  });
  const blind = { ...aBlindFinding('c', ['synapseRoleAssignments'], hostile), message: hostile };

  it('stay text in the HTML', () => {
    const { html } = mailOf([opened(finding), opened(blind), resolved(finding), resolved(blind)]);
    const elements = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, element]) => element?.toLowerCase()));
    for (const element of ['script', 'img', 'iframe', 'object', 'form', 'link']) {
      expect(elements).not.toContain(element);
    }
    expect(html).not.toMatch(/<[^>]*\son[a-z]+=/i);
    expect(html).not.toMatch(/<[^>]+\ssrc=/i);
    expect(html).not.toContain('javascript:');
    expect(visible(html)).toContain('<script>alert(1)</script>');
  });

  it('cannot break lines, turn the writing direction or become links', () => {
    const { plainText, html } = mailOf([opened({ ...finding, remediation: '' }), resolved(blind)]);
    for (const part of [plainText, html]) {
      expect(part).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/);
      expect(part).not.toMatch(/^Bcc:/m);
      expect(part).not.toContain('://evil.example');
    }
  });

  it('of 10,000 characters leave room for the rest', () => {
    const long = aSecretFinding({
      message: 'x'.repeat(10_000),
      subject: { id: 'long', kind: 'secret', name: 'y'.repeat(10_000) },
      evidence: { workspaces: ['z'.repeat(10_000)] },
    });
    const { plainText, html } = mailOf([opened(long), opened(aWorkspaceFinding())]);
    expect(plainText).toContain('lakesales');
    expect(html.length).toBeLessThan(20_000);
  });
});

describe('the size', () => {
  const bytes = (text: string) => Buffer.byteLength(text);
  const many = Array.from({ length: 500 }, (_, index) =>
    opened(anotherSecret(index, { severity: index < 10 ? 'critical' : index < 300 ? 'medium' : 'low' })),
  );

  it('of either part stays below 100 kB, and what is left out is counted', () => {
    const { plainText, html } = mailOf(many);
    expect(bytes(html)).toBeLessThanOrEqual(100_000);
    expect(bytes(plainText)).toBeLessThanOrEqual(100_000);
    for (const part of [flat(plainText), visible(html)]) {
      const [, left, medium, low] = /and (\d+) more in the attached table \((\d+) medium, (\d+) low\)/.exec(part) ?? [];
      const shown = part.match(/expires in 6 days \(/g)?.length ?? 0;
      expect(shown + Number(left)).toBe(500);
      expect(low).toBe('200');
      expect(Number(medium) + 200).toBe(Number(left));
    }
  });

  it('leaves room for what cannot be read, however much is bad', () => {
    expect(visible(mailOf([...many, opened(aBlindFinding('c', ['groups']))]).html)).toContain('Permission missing');
  });

  it('counts the resolved ones that found no room', () => {
    const done = Array.from({ length: 20 }, (_, index) => resolved(anotherSecret(1000 + index)));
    expect(visible(mailOf([...many, ...done]).html)).toMatch(/Recovered .*and \d+ more in the attached table\./);
  });

  it('holds for the most that can be said of each, in letters that cost most', () => {
    const text = '"\u00E9\u{1F600}&'.repeat(3_000);
    const worst = Array.from({ length: 60 }, (_, index) =>
      opened(
        anotherSecret(index, {
          message: text,
          remediation: `az ${text}`,
          evidence: {
            workspaces: Array(20).fill(text),
            roles: Array(20).fill(text),
            owners: [text],
            endsAt: inDays(1),
          },
        }),
      ),
    );
    const { plainText, html } = mailOf(worst);
    expect(bytes(html)).toBeLessThanOrEqual(100_000);
    expect(bytes(plainText)).toBeLessThanOrEqual(100_000);
    expect(visible(html)).toMatch(/and \d+ more in the attached table/);
  });
});

describe('the plain text', () => {
  const { plainText } = mailOf([
    opened(aSecretFinding({ message: 'Secret “a” – the one… isn’t renewed → it stops. '.repeat(5) })),
    opened(aBlindFinding('c', ['applications'])),
  ]);

  it('has plain punctuation', () => {
    expect(plainText).not.toMatch(/[^\n\x20-\x7E]/);
    expect(plainText).toContain(`Secret "a" - the one... isn't renewed -> it stops.`);
  });

  it('wraps at 76 columns, but leaves commands and links whole', () => {
    const long = plainText.split('\n').filter((line) => line.length > 76);
    expect(long).toHaveLength(5);
    for (const line of long) {
      expect(line.trim()).toMatch(/^az |^Azure portal: https:|^Fingerprint: [0-9a-f]{64}$|^POST \/api\/exceptions /);
    }
  });

  it('leaves commands as they are, as another quote would be another command', () => {
    const remediation = "az ad app update --display-name 'a’; rm -rf ~; ’b'";
    expect(mailOf([opened(aSecretFinding({ remediation }))]).plainText).toContain(remediation);
  });

  it('keeps letters of other scripts', () => {
    expect(mailOf([opened(aSecretFinding({ message: 'Müller 山田' }))]).plainText).toContain('Müller 山田');
  });
});

describe('the HTML', () => {
  const { html, subject } = mailOf([opened(aSecretFinding())]);

  it('has commands in blocks of their own and sentences outside', () => {
    const blocks = [...html.matchAll(/<pre[^>]*>(.*?)<\/pre>/gs)].map(([, block]) => block);
    expect(blocks).toHaveLength(2);
    expect(blocks.every((block) => block?.startsWith('az ad app credential'))).toBe(true);
  });

  it('keeps neighbouring commands in one block', () => {
    const remediation = 'Either:\naz first\naz second\nOr in the portal.';
    const blocks = [...mailOf([opened(aSecretFinding({ remediation }))]).html.matchAll(/<pre[^>]*>(.*?)<\/pre>/gs)];
    expect(blocks.map(([, block]) => block)).toEqual(['az first\naz second']);
  });

  it.each([
    'az role assignment create --role x',
    'PATCH https://graph.microsoft.com/v1.0/x',
    'Update-MgServicePrincipal -Id x',
    'AADServicePrincipalSignInLogs | where x == "y"',
  ])('takes for a command: %s', (command) => {
    expect(mailOf([opened(aSecretFinding({ remediation: command }))]).html).toContain('<pre');
  });

  it.each([
    'In the portal: Enterprise applications > Single sign-on.',
    'Owner | Contributor: choose one.',
    'Get it done.',
  ])('takes for a sentence: %s', (sentence) => {
    expect(mailOf([opened(aSecretFinding({ remediation: sentence }))]).html).not.toContain('<pre');
  });

  it('says which colour schemes it knows and what it is', () => {
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html).toContain(`<title>${subject.replaceAll('"', '&#34;')}</title>`);
  });

  it('loads nothing', () => {
    expect(html).not.toMatch(/@import|url\(|<link|\ssrc=/i);
  });

  it('closes what it opens', () => {
    const count = (pattern: RegExp) => html.match(pattern)?.length ?? 0;
    for (const element of ['table', 'tr', 'td', 'p', 'pre', 'a', 'h1', 'h2', 'style', 'body', 'html']) {
      expect([element, count(new RegExp(`<${element}[\\s>]`, 'g'))]).toEqual([
        element,
        count(new RegExp(`</${element}>`, 'g')),
      ]);
    }
  });
});

describe('the sections', () => {
  const titlesOf = (text: string) => [...text.matchAll(/^([A-Z0-9 ]+)\n-+$/gm)].map(([, title]) => title);

  it('are what stops when, in this order, then what is unread, then good news', () => {
    const { plainText, html } = mailOf(
      [
        resolved(anotherSecret(9)),
        opened(aBlindFinding('c', ['groups'])),
        opened(aWorkspaceFinding({ checkId: 'firewall-open', fingerprint: 'weak' })),
        opened(
          aWorkspaceFinding({ checkId: 'password-spray', fingerprint: 'spray', evidence: { technique: 'T1110' } }),
        ),
        ...[60, 20, 10, 6, 0.5, -3].map((days, index) =>
          opened(anotherSecret(index, { evidence: { endsAt: inDays(days) } })),
        ),
      ],
      aRun(),
      { endedExceptions: [anException()] },
    );
    const titles = [
      'Already failing',
      'Stops within 1 day',
      'Security events',
      'Stops within 7 days',
      'Stops within 14 days',
      'Stops within 30 days',
      'Stops later',
      'Needs attention',
      'Cannot be read',
      'Recovered',
      'Exceptions that ended',
    ];
    expect(titlesOf(plainText)).toEqual(titles.map((title) => title.toUpperCase()));
    expect([...html.matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual(titles);
  });

  it('are counted at the top', () => {
    for (const part of bothParts([1, 2, 3].map((number) => opened(anotherSecret(number))))) {
      expect(part).toMatch(/^.{0,120}? 3 Stops within 7 days /);
    }
  });
});

function anException(overrides: Partial<Exception> = {}): Exception {
  return {
    id: 'eeeeeeee-0000-4000-8000-000000000001',
    match: { checkId: 'firewall-open', subject: 'synw-*' },
    reason: 'The move is in spring.',
    author: 'ada@contoso.example',
    createdAt: inDays(-30),
    until: inDays(0),
    ...overrides,
  };
}

describe('an item', () => {
  it('says what depends on it', () => {
    const evidence = {
      linkedServices: ['synw-sales/lake'],
      pipelines: ['synw-sales/load'],
      triggers: ['synw-sales/nightly'],
    };
    for (const part of bothParts([opened(aSecretFinding({ evidence }))])) {
      expect(part).toMatch(/Linked services:? synw-sales\/lake/);
      expect(part).toMatch(/Pipelines:? synw-sales\/load/);
      expect(part).toMatch(/Triggers:? synw-sales\/nightly/);
    }
  });

  it.each([
    [7, 'High, 7-day reminder'],
    ['expired', 'High, has expired'],
  ] as const)('that came to the step %s says so', (step, label) => {
    const due: ToldChange = { ...opened(aSecretFinding()), kind: 'due', step };
    const { plainText, html } = renderMail({ ...aMessage([]), news: newsOf([due]) }, aRun());
    expect(plainText).toContain(`[${label}]`);
    expect(visible(html)).toContain(label);
  });

  it('links to itself in the report, and to where it is muted', () => {
    const finding = aSecretFinding();
    const { plainText, html } = mailOf([opened(finding)], aRun(mailLinks('https://func-audit.example')));
    const report = `https://func-audit.example/api/report?check=secret-expiry&subject=${encodeURIComponent(finding.subject.id)}`;
    const mute = `https://func-audit.example/api/exceptions?fingerprint=${finding.fingerprint}`;
    expect(plainText).toContain(`  In the report: ${report}\n`);
    expect(plainText).toContain(`  Mute: ${mute}\n`);
    expect(html).toContain(`href="${report.replaceAll('&', '&#38;')}"`);
    expect(html).toContain(`href="${mute}"`);
    expect(plainText).toContain('curl -X POST https://func-audit.example/api/exceptions -H');
  });

  it('says how it is muted where nobody said where the app is', () => {
    const finding = aSecretFinding();
    for (const part of bothParts([opened(finding)])) {
      expect(part).toContain('POST /api/exceptions {"match":{"fingerprint":"FINGERPRINT"}');
      expect(part).toMatch(new RegExp(`Fingerprint:? ${finding.fingerprint}`));
    }
  });

  it('that recovered cannot be muted', () => {
    for (const part of bothParts([resolved(aSecretFinding())])) {
      expect(part).not.toContain('FINGERPRINT');
    }
  });

  it('tells its times in the zone of who reads them, and in UTC', () => {
    for (const part of bothParts([worsened(aSecretFinding(), 'low')], aRun({ timeZone: 'Asia/Tokyo' }))) {
      expect(part).toMatch(/Expires:? in 6 days, 2026-11-28 11:13 UTC\+9 \(02:13 UTC\)/);
      expect(part).toContain('audited 2026-11-22 11:13 UTC+9 (02:13 UTC)');
    }
  });
});

describe('what else a mail says', () => {
  it('why somebody gets it', () => {
    const { plainText, html } = mailOf([opened(aSecretFinding())], aRun(), {
      notices: ['Bob <b> owns it\r\nand has left.', ...Array.from({ length: 9 }, (_, index) => `Notice ${index}.`)],
    });
    for (const part of [flat(plainText), visible(html)]) {
      expect(part).toContain('Bob <b> owns it and has left.');
      expect(part).toContain('And 6 more such notices.');
    }
    expect(html).not.toContain('<b>');
  });

  it('which exceptions ended, why they were made and by whom', () => {
    const { plainText, html, subject } = mailOf([], aRun(), { endedExceptions: [anException()] });
    for (const part of [flat(plainText), visible(html)]) {
      expect(part).toContain('Exception for check firewall-open, subject synw-*');
      expect(part).toMatch(/Reason:? The move is in spring\./);
      expect(part).toMatch(/By:? ada@contoso\.example/);
      expect(part).toMatch(/Ended on:? 2026-11-22 02:13 UTC/);
    }
    expect(subject).toBe('1 exception ended - Synapse authentication');
  });

  it('to an owner nothing of the rest of the tenant', () => {
    const { plainText, html } = mailOf([opened(aSecretFinding())], aRun(), { audience: 'owner' });
    for (const part of [flat(plainText), visible(html)]) {
      expect(part).toContain('because you own, or answer for, what is listed here');
      expect(part).not.toContain('Open after this run');
    }
  });

  it('that a first digest is one', () => {
    const { plainText, subject } = mailOf([opened(aSecretFinding())], aRun({ baseRunId: null }), { kind: 'digest' });
    expect(subject).toMatch(/^First audit: Secret "ci-2024" /);
    expect(plainText).not.toContain('new in this run');
    expect(subject.length).toBeLessThanOrEqual(150);
  });

  it('in its subject the worst, not what comes first', () => {
    const { subject } = mailOf([
      opened(anotherSecret(1, { severity: 'low', evidence: { endsAt: inDays(0.5) } })),
      opened(aWorkspaceFinding({ severity: 'critical', checkId: 'password-spray', evidence: { technique: 'T1110' } })),
    ]);
    expect(subject).toMatch(/^1 security event; 1 credential expires within a day - /);
  });
});

describe('the subject of what ends, but not just so', () => {
  it.each([
    [
      { checkId: 'key-vault-credential-expiry', evidence: { endsAt: inDays(300), state: 'disabled' } },
      '2 secrets are failing',
    ],
    [{ evidence: { endsAt: inDays(5), replacedBy: 'another' } }, '2 replaced credentials can be removed'],
  ])('%j', (overrides, phrase) => {
    const { subject } = mailOf([1, 2].map((number) => opened(anotherSecret(number, overrides))));
    expect(subject).toBe(`${phrase} - Synapse authentication`);
  });
});

describe('the attached table', () => {
  it('is there only where the mail has not room for all, and the mail says so', () => {
    const few = mailOf([opened(aSecretFinding())]);
    expect(few.attachments).toEqual([]);
    expect(few.plainText).not.toContain('.csv');
    const many = mailOf(Array.from({ length: 300 }, (_, index) => opened(anotherSecret(index))));
    expect(many.attachments).toMatchObject([
      { name: 'synapse-audit-20261122T021000Z-0a1b2c3d.csv', contentType: 'text/csv' },
    ]);
    expect(many.attachments[0]?.text.match(/"Stops within 7 days"/g)).toHaveLength(300);
    for (const part of [flat(many.plainText), visible(many.html)]) {
      expect(part).toContain('All items are in the attached table synapse-audit-20261122T021000Z-0a1b2c3d.csv.');
    }
  });
});

describe('whatever the names', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      `" onmouseover="x()`,
      '\r\nBcc: a@b',
      '\u202E\u2066gpj.exe',
      '=cmd|x',
      '<!--[if mso]>',
      '</style></td></table>',
      'x'.repeat(10_000),
    ),
  );

  it('no part breaks out of its form, and each stays below 100 kB', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const changes = names.flatMap((hostile, index) => {
          const finding = anotherSecret(index, {
            message: hostile,
            subject: { id: `${hostile}${index}`, kind: 'secret', name: hostile, link: hostile },
            evidence: { workspaces: names, linkedServices: names, owners: names, endsAt: hostile },
            remediation: hostile,
          });
          return [opened(finding), opened({ ...aBlindFinding('c', ['groups'], hostile), message: hostile })];
        });
        const { plainText, html } = mailOf(changes, aRun(mailLinks('https://func-audit.example')), {
          notices: names,
          endedExceptions: names.map((hostile) =>
            anException({ match: { subject: hostile }, reason: hostile, author: hostile, until: hostile }),
          ),
        });
        for (const part of [plainText, html]) {
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(100_000);
          expect(part).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
          expect(part).not.toMatch(/^Bcc:/m);
        }
        expect(html).not.toMatch(/<script|<img|javascript:|<[^>]*\son[a-z]+=/i);
        const tags = html.replace(/<!--.*?-->/g, '').match(/<\/?[^>]*>/g) ?? [];
        expect(tags.filter((tag) => tag.startsWith('<table')).length).toBe(
          tags.filter((tag) => tag === '</table>').length,
        );
        expect(html.match(/<!--/g)).toHaveLength(2);
      }),
    );
  });

  it('the frame stays within its share, with the most that can be said in it', () => {
    const text = '"\u00E9\u{1F600}&'.repeat(3_000);
    const changes = [
      ...[60, 20, 10, 6, 0.5, -3].flatMap((days, index) =>
        Array.from({ length: 30 }, (_, number) =>
          opened(anotherSecret(100 * index + number, { message: text, evidence: { endsAt: inDays(days) } })),
        ),
      ),
      opened({ ...aBlindFinding('c', ['groups']), message: text }),
      resolved(anotherSecret(999, { message: text })),
    ];
    const { html, plainText } = mailOf(changes, aRun(mailLinks('https://func-audit.example')), {
      notices: Array<string>(20).fill(text),
      endedExceptions: Array.from({ length: 40 }, () => anException({ reason: text, author: text })),
    });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100_000);
    expect(Buffer.byteLength(plainText)).toBeLessThanOrEqual(100_000);
  });
});
