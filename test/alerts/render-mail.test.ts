import fc from 'fast-check';
import type { Message } from '../../src/alerts/message';
import { newsOf } from '../../src/alerts/news';
import { renderMail } from '../../src/alerts/render-mail';
import type { Change } from '../../src/audit/compare';
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
