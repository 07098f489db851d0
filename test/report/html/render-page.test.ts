import type { PageInput } from '../../../src/report/html/page-input';
import { NO_FILTERS } from '../../../src/report/html/links';
import { renderNoReport } from '../../../src/report/html/render-no-report';
import { renderPage } from '../../../src/report/html/render-page';
import {
  aBrief,
  aCheck,
  aFinding,
  aGroup,
  anExpiry,
  anInput,
  anOverview,
  aReport,
  aReportWith,
  aRun,
  hence,
  NONE,
  textOf,
} from './page-input';

const page = (changes: Partial<PageInput> = {}) => renderPage(anInput(changes));
const text = (changes: Partial<PageInput> = {}) => textOf(page(changes));
const one = <T>(item: T) => ({ total: 1, items: [item] });
const gap = {
  because: 'forbidden',
  message: '403 AuthorizationFailed',
  permission: 'Policy.Read.All (Microsoft Graph)',
  scopes: [
    { kind: 'tenant', name: 'contoso', because: 'forbidden' },
    { kind: 'workspace', name: 'sales', because: 'forbidden' },
  ],
} as const;

describe('whatever the tenant writes', () => {
  const evil = `<img src=x onerror=alert(1)>"'\`</style></script>\u202Egnp.exe\u0000&amp;`;
  const finding = aFinding({
    fingerprint: evil,
    subject: { id: evil, kind: 'secret', name: evil, link: 'javascript:alert(1)' },
    message: evil,
    evidence: { [evil]: evil, workspaces: [evil, evil], roles: Array.from({ length: 9 }, () => evil), endsAt: evil },
    remediation: `az ${evil}\n${evil}`,
    firstSeen: evil,
    exception: { id: evil, reason: evil, author: evil, until: evil },
  });
  const brief = aBrief({ fingerprint: evil, message: evil, name: evil });
  const group = aGroup({ key: evil, name: evil, worst: [brief] });
  const markup = page({
    report: aReport({
      runId: evil,
      previousRunId: evil,
      tenantId: evil,
      overall: 'incomplete',
      coverage: {
        applications: { ...gap, message: evil, permission: evil, scopes: [{ ...gap.scopes[1], name: evil }] },
      },
      checks: [aCheck({ title: evil, why: evil, link: evil })],
      checksOff: [evil],
      nextExpiry: { endsAt: hence(9), name: evil, fingerprint: evil },
      findings: [finding, { ...finding, status: 'notEvaluated' }],
      continuationToken: evil,
    }),
    overview: anOverview({
      expiries: one(anExpiry({ ...brief, breaks: [evil] })),
      failingNow: one(brief),
      workspaces: one(group),
      principals: one(group),
      owners: one({ ...group, applicationIds: [evil] }),
    }),
    trend: [aRun(1, { runId: evil }), aRun(0)],
    status: { stale: true, areSignInsStale: true, failure: evil, runningId: evil, alertTrouble: evil },
    filters: { ...NO_FILTERS, checks: [evil], subject: evil, workspace: evil, principal: evil, owner: evil, q: evil },
    place: { root: '../', code: evil, top: evil, isContinued: true },
  });
  const own = markup.replace(/<(style|script)>.*?<\/\1>/gs, '');

  it('makes no element, no attribute and no handler', () => {
    expect(own).not.toMatch(/<img|<script|<\/style|<\/script/i);
    // Every attribute is one of the page's own, and quoted.
    const tags = own.match(/<[a-z][^>]*>/g) ?? [];
    for (const tag of tags) {
      expect(tag).toMatch(/^<[a-z\d]+(?: [a-zA-Z\d-]+(?:="[^"<>]*")?)*\/?>$/);
      expect(tag.replaceAll(/"[^"]*"/g, '')).not.toMatch(/ (?:on[a-z]+|style)=/);
    }
    expect(tags.length).toBeGreaterThan(200);
  });

  it('is linked to only where it is https or relative', () => {
    const addresses = [...own.matchAll(/ (?:href|action)="([^"]*)"/g)].map(([, address]) => address ?? '');
    expect(addresses.filter((address) => !/^(?:https:|[?#]|\.\.\/[a-z])/.test(address))).toEqual([]);
    expect(addresses.length).toBeGreaterThan(50);
  });

  it('is spelt out where it would act', () => {
    expect(own).not.toMatch(/[\u0000\u202E]/);
    expect(own).toContain('[U+202E]gnp.exe[U+0000]');
  });
});

it('a key that came in the address stands in links and the form, and nowhere else', () => {
  const report = aReportWith({ high: 1 }, { findings: [aFinding()], continuationToken: 't' });
  const overview = anOverview({ workspaces: one(aGroup()), expiries: one(anExpiry({ fingerprint: 'x' })) });
  const markup = page({ report, overview, place: { root: '', code: 'THEKEY', top: null, isContinued: true } });
  const shown = markup.replaceAll(/href="[^"]*code=THEKEY[^"]*"/g, '');
  expect(shown.match(/THEKEY/g)).toEqual(['THEKEY']);
  expect(shown).toContain('<input type="hidden" name="code" value="THEKEY">');
  const inner = [...markup.matchAll(/href="(\?[^"]*|[a-z][^":]*)"/g)].map(([, address]) => address);
  expect(inner.filter((address) => !address?.includes('code=THEKEY'))).toEqual([]);
});

it('nothing is loaded from anywhere', () => {
  const markup = page({ report: aReportWith({ high: 1 }, { findings: [aFinding()] }) });
  expect(markup).not.toMatch(/ src=|@import|url\((?!#hatch)|<link|<iframe|<object/);
});

describe('the frame', () => {
  it('has a language, a title that tells the verdict, one h1, and headings that skip no level', () => {
    const report = aReportWith({ high: 1 }, { findings: [aFinding()], coverage: { applications: gap } });
    const markup = page({ report });
    expect(markup).toContain('<html lang="en">');
    expect(markup).toContain('<title>Needs attention: 1 high · Synapse authentication</title>');
    const levels = [...markup.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.slice(1).forEach((level, index) => {
      expect(level - (levels[index] ?? 0)).toBeLessThanOrEqual(1);
    });
  });

  it.each([
    ['clean', {}],
    ['stale', { status: { ...anInput().status, stale: true } }],
    ['failed', { status: { ...anInput().status, failure: 'run x failed' } }],
    ['incomplete', { report: aReport({ overall: 'incomplete' }) }],
    ['attention', { report: aReportWith({ high: 1 }) }],
    ['older is-clean', { isLatest: false }],
  ] satisfies [string, Partial<PageInput>][])('%s has a look of its own', (look, changes) => {
    expect(page(changes)).toContain(`<header class="verdict is-${look}">`);
  });

  it('an older report leads to the latest', () => {
    const markup = page({ isLatest: false, place: { root: '../', code: null, top: null, isContinued: false } });
    expect(markup).toContain('<a class="button" href="../report">Open the latest report</a>');
    expect(page()).not.toContain('Open the latest report');
  });

  it('anchors of the contents are all there', () => {
    const markup = page();
    for (const [, id] of markup.matchAll(/href="#([a-z]+)"/g)) {
      expect(markup).toContain(` id="${id}"`);
    }
  });
});

describe('at a glance', () => {
  it('tells what changed since the run before', () => {
    const changes = { opened: 2, worsened: 1, unchanged: 9, resolved: 3, unconfirmed: 0 };
    expect(text({ report: aReport({ changes }) })).toContain('2 new, 1 worse, 3 resolved since the run before');
    expect(text()).toContain('No change since the run before');
    expect(text({ report: aReport({ previousRunId: null }) })).not.toContain('the run before');
  });

  it('tells what was not seen, and never that everything was', () => {
    const shown = text({
      report: aReport({ overall: 'incomplete', coverage: { applications: gap, users: 'collected' } }),
    });
    expect(shown).toContain('Not seen 1 of 2 sources');
    expect(shown).not.toContain('Everything');
    expect(text()).toContain('Seen Everything all 2 sources read');
    expect(text()).toContain('Expires next Nothing');
    expect(shown).toContain('Expires next Unknown');
  });
});

describe('failing now', () => {
  const failing = (total: number, given: number) =>
    anOverview({
      failingNow: {
        total,
        items: Array.from({ length: given }, (_, n) => aBrief({ message: `No ${n} fails. So what.` })),
      },
    });

  it('lists the most urgent, folds the others, and counts those that are not there', () => {
    const markup = page({ overview: failing(60, 55) });
    expect(textOf(markup)).toContain('44 more fail now');
    expect(textOf(markup)).toContain('10 more are among what fails');
    expect(markup.match(/No \d+ fails\./g)).toHaveLength(50);
    expect(markup).not.toContain('So what');
  });

  it.each([
    ['clean', 'Everything that was judged can sign in.'],
    ['incomplete', 'Nothing is known to fail now, but not everything could be seen'],
  ] as const)('nothing in a report that is %s', (overall, words) => {
    expect(text({ report: aReport({ overall }) })).toContain(words);
  });

  it('says so where an old report has no such list', () => {
    expect(text({ overview: null }).match(/of a version that kept no/g)).toHaveLength(5);
  });
});

describe('what breaks next', () => {
  const next = (...items: ReturnType<typeof anExpiry>[]) => anOverview({ expiries: { total: items.length, items } });

  it('stands in a table with what stops, and in a picture that says how many', () => {
    const markup = page({
      overview: {
        ...next(anExpiry(), anExpiry({ endsAt: hence(24 * 20) })),
        ended: one(anExpiry({ endsAt: hence(-5) })),
      },
    });
    expect(textOf(markup)).toContain('in 5 days 7 Mar 2026, 06:00 UTC High Nightly loader / ci sales/load-orders');
    expect(markup).toContain(
      'aria-label="Ends within 7 days: 1, 14 days: 1, 30 days: 2, 90 days: 2; ended: 1. The table has each."',
    );
  });

  it('what is replaced is muted, and stops nothing', () => {
    const markup = page({ overview: next(anExpiry({ isReplaced: true })) });
    expect(markup).toContain('class="block hollow"');
    expect(textOf(markup)).toContain('a newer one is in place nothing');
  });

  it('what is not due yet is no problem yet', () => {
    expect(text({ overview: next(anExpiry({ status: 'pass', endsAt: hence(24 * 60) })) })).toContain('Not yet due');
  });

  it('more ends on a day than fit become a number', () => {
    const many = Array.from({ length: 40 }, () => anExpiry({ severity: 'critical', endsAt: hence(50) }));
    const markup = page({ overview: next(...many) });
    const blocks = markup.match(/class="block/g)?.length ?? 0;
    expect(blocks).toBeLessThan(10);
    expect(markup).toMatch(new RegExp(`<text class="rest"[^>]*>\\+${40 - blocks}</text>`));
  });

  it('all that is listed, folded and counted adds up', () => {
    const items = Array.from({ length: 120 }, (_, n) => anExpiry({ endsAt: hence(30 + n) }));
    const shown = text({ overview: anOverview({ expiries: { total: 130, items } }) });
    expect(shown).toContain('92 more within 90 days');
    expect(shown).toContain('30 more are not listed here');
  });

  it('what has ended is counted, however little of it is listed', () => {
    const ended = { total: 700, items: Array.from({ length: 200 }, () => anExpiry({ endsAt: hence(-9) })) };
    const markup = page({ overview: { ...next(anExpiry()), ended } });
    expect(markup).toContain('90 days: 1; ended: 700. The table has each."');
    const blocks = markup.match(/class="block/g)?.length ?? 0;
    expect(markup).toMatch(new RegExp(`<text class="rest"[^>]*>\\+${701 - blocks}</text>`));
    expect(text({ overview: anOverview({ ended }) })).toContain(
      'Nothing that was read ends within 90 days; 700 ends are past.',
    );
  });

  it('a picture of a part says of how many', () => {
    expect(page({ overview: anOverview({ expiries: { total: 9, items: [anExpiry()] } }) })).toContain(
      'aria-label="Of the 1 soonest of 9: ends within 7 days: 1,',
    );
  });

  it.each([
    ['clean', 'Nothing that was read ends within 90 days.'],
    ['incomplete', 'Nothing that was read ends within 90 days, but not everything could be seen'],
  ] as const)('nothing in a report that is %s', (overall, words) => {
    expect(text({ report: aReport({ overall }) })).toContain(words);
  });
});

describe('coverage', () => {
  it('is one calm line where everything was read', () => {
    expect(text()).toContain('Everything was read: 2 sources, none in part.');
  });

  it('names each gap, where it is, what to grant and what was said', () => {
    const shown = text({ report: aReport({ overall: 'incomplete', coverage: { authorizationPolicies: gap } }) });
    expect(shown).toContain('Permission missing The tenant’s authorization policy');
    expect(shown).toMatch(/Not read the tenant, workspace sales/);
    expect(shown).toContain('Grant Policy.Read.All (Microsoft Graph)');
    expect(shown).toContain('403 AuthorizationFailed');
    expect(shown).not.toContain('Everything was read');
  });

  it('asks for no permission where none is missing', () => {
    const scopes = [{ ...gap.scopes[0], because: 'throttled' }] as const;
    const report = aReport({ overall: 'incomplete', coverage: { users: { ...gap, because: 'throttled', scopes } } });
    expect(text({ report })).toContain('Throttled');
    expect(text({ report })).not.toContain('Grant Policy.Read.All');
  });

  it('what only follows from another gap is folded', () => {
    const coverage = { users: gap, workspaces: { ...gap, because: 'upstream' } } as const;
    expect(text({ report: aReport({ overall: 'incomplete', coverage }) })).toContain(
      '1 more could not be looked for, as they depend on these',
    );
  });

  it('checks that are off are named', () => {
    expect(text({ report: aReport({ checksOff: ['new-country', 'password-spray'] }) })).toMatch(
      /2 checks are switched off by setting, so nobody looked at what they judge: new-country , password-spray/,
    );
  });

  it('judgements that were not made are no calm line', () => {
    const totals = { fail: 0, notEvaluated: 2, pass: 1, notApplicable: 0 };
    expect(text({ report: aReport({ overall: 'incomplete', totals }) })).toContain(
      '2 sources were read whole, yet 2 judgements could not be made',
    );
  });
});

describe('findings', () => {
  const showing = (...findings: ReturnType<typeof aFinding>[]) => ({
    report: aReportWith({ critical: 1, high: 2 }, { findings }),
  });

  it('a card has the fact in its line, and all else in it', () => {
    const shown = text(showing(aFinding()));
    expect(shown).toContain(
      'High: Secret “ci” of application “Nightly loader” expires in 5 days. secret Nightly loader / ci',
    );
    expect(shown).toMatch(/From then on every sign-in fails\. What to do Add a new one: az ad app credential reset/);
    expect(shown).toContain('Open in the Azure portal');
    expect(shown).toContain(
      'Why it matters Secrets are rotated before they expire. What signs in with an expired secret stops. Read more',
    );
    expect(shown).toContain('What depends on it Workspaces sales');
    expect(shown).toMatch(/Evidence Ends at 7 Mar 2026, 06:00 UTC Days left 5 None replaced by/);
    expect(shown).toContain('First seen 26 Feb 2026, 02:00 UTC , 4 days ago');
    expect(shown).toContain(`{"match":{"fingerprint":"${'f0'.repeat(32)}"},"reason":"WHY","author":"YOU","days":30}`);
  });

  it('a card can be linked to by the start of its fingerprint', () => {
    expect(page(showing(aFinding()))).toContain('<div class="body" id="f-f0f0f0f0f0f0">');
  });

  it('links to what is on the page stay on it; others ask for it', () => {
    const overview = anOverview({
      failingNow: { total: 2, items: [aBrief(), aBrief({ fingerprint: 'other', name: 'O & P' })] },
    });
    const markup = page({ ...showing(aFinding()), overview });
    expect(markup).toContain('<a href="#f-f0f0f0f0f0f0"><bdi>Secret');
    expect(markup).toContain('<a href="?check=secret-expiry&#38;subject=O+%26+P#f-other">');
  });

  it('stand under their severity, with how many of it are here', () => {
    const shown = text(showing(aFinding({ severity: 'critical' }), aFinding(), aFinding({ status: 'notEvaluated' })));
    expect(shown).toMatch(/Critical 1 .* High 1 of 2 .* Not evaluated/);
  });

  it('a lone one is open, several are not', () => {
    expect(page(showing(aFinding()))).toContain('<details class="card" open>');
    expect(page(showing(aFinding(), aFinding()))).not.toContain('<details class="card" open>');
  });

  it('a long list folds', () => {
    const shown = text(showing(aFinding({ evidence: { pipelines: Array.from({ length: 9 }, (_, n) => `p${n}`) } })));
    expect(shown).toContain('p3 5 more p4');
  });

  it('a list that was cut counts what it leaves out', () => {
    const pipelines = [...Array.from({ length: 6 }, (_, n) => `p${n}`), 'and 12 more'];
    expect(text(showing(aFinding({ evidence: { pipelines } })))).toContain('p3 14 more p4 p5 and 12 more');
  });

  it('tells who accepted it, why and until when', () => {
    const exception = { id: 'e', reason: 'Retired in May', author: 'Vera', until: hence(24 * 9) };
    expect(text(showing(aFinding({ exception })))).toContain(
      'Accepted by Vera until 11 Mar 2026, 06:00 UTC , so that no alert is sent: Retired in May',
    );
  });

  it('tells that it got worse, when and from what', () => {
    const worsened = { worsened: { at: hence(-4), from: 'low' } } as const;
    const shown = text(showing({ ...aFinding(), ...worsened }));
    expect(shown).toContain('worse than low');
    expect(shown).toContain('Got worse 2 Mar 2026, 02:00 UTC, was low');
  });

  it('one that passes asks for nothing', () => {
    const shown = text(showing(aFinding({ status: 'pass', remediation: '' })));
    expect(shown).toContain('Nothing is to be done.');
    expect(shown).not.toContain('Mute its alerts');
  });

  it('the next page is linked to with the same filters, and the first from there', () => {
    const report = aReportWith({ high: 900 }, { findings: [aFinding(), aFinding()], continuationToken: 'next' });
    const filters = { ...NO_FILTERS, severities: ['high'] } as const;
    const markup = page({ report, filters, place: { root: '', code: null, top: null, isContinued: true } });
    expect(markup).toContain('<a href="?severity=high&#38;continuationToken=next#findings" rel="next">Next page</a>');
    expect(markup).toContain('<a href="?severity=high#findings">First page</a>');
    expect(textOf(markup)).toContain('2 findings on this page, the most urgent first; there are more.');
  });

  it('none that match a filter: leads on', () => {
    const markup = page({ filters: { ...NO_FILTERS, q: 'x' } });
    expect(textOf(markup)).toContain('Nothing matches these filters among what is open');
    expect(markup).toContain('?status=fail%2CnotEvaluated%2Cpass%2CnotApplicable&#38;q=x#findings');
  });
});

describe('the filters', () => {
  it('show what is asked for, each to be removed', () => {
    const filters = {
      ...NO_FILTERS,
      statuses: ['pass'],
      severities: ['high', 'low'],
      workspace: 'sales',
      q: 'x',
    } as const;
    const markup = page({ filters, overview: anOverview({ workspaces: one(aGroup()) }) });
    expect(markup).toContain('value="pass" checked');
    expect(markup).not.toContain('value="fail" checked');
    expect(markup).toContain('<option value="sales" selected>Sales (2)</option>');
    expect(markup).toContain('<a href="?status=pass&#38;severity=low&#38;workspace=sales&#38;q=x#findings">High');
    expect(markup).toContain(
      '<a href="?status=pass&#38;severity=high%2Clow&#38;q=x#findings">Workspace: <bdi>Sales</bdi>',
    );
  });

  it('what is open is asked for by default, and is no filter to remove', () => {
    const markup = page();
    expect(markup.match(/name="status" value="(\w+)" checked/g)).toHaveLength(2);
    expect(markup).not.toContain('class="chips"');
  });

  it('a value that no list has stays chosen', () => {
    expect(page({ filters: { ...NO_FILTERS, principal: 'gone' } })).toContain(
      '<option value="gone" selected>gone</option>',
    );
  });
});

describe('groups', () => {
  it('tell what fails, what is most urgent and what ends next, and lead to the findings', () => {
    const group = aGroup({ totals: { fail: 2, notEvaluated: 7 } });
    const markup = page({ overview: anOverview({ principals: one(group) }) });
    expect(markup).toContain('<a href="?principal=sales#findings"><bdi>Sales</bdi></a>');
    expect(textOf(markup)).toMatch(
      /Sales Secret “ci” of .* expires in 5 days\. 2 high 7 not evaluated in 5 days 7 Mar 2026/,
    );
  });

  it('long lists are bounded, and say so', () => {
    const items = Array.from({ length: 80 }, (_, n) => aGroup({ key: `${n}`, name: `Group ${n}` }));
    const shown = text({
      overview: anOverview({ owners: { total: 90, items: items.map((g) => ({ ...g, applicationIds: [] })) } }),
    });
    expect(shown).toContain('44 more owners');
    expect(shown).toContain('40 more are not listed here');
  });
});

describe('the trend', () => {
  it('needs two audits', () => {
    expect(text({ trend: [aRun(0)] })).toContain('One full audit is kept so far: a trend needs two.');
  });

  it('is a picture and a table, incomplete audits marked in both', () => {
    const high = { severities: { ...NONE, high: 4 }, totals: { fail: 4, notEvaluated: 0, pass: 0, notApplicable: 0 } };
    const blind = { overall: 'incomplete', totals: { fail: 0, notEvaluated: 3, pass: 0, notApplicable: 0 } } as const;
    const markup = page({ trend: [aRun(2, high), aRun(1, blind), aRun(0)] });
    expect(markup).toContain(
      'aria-label="Failing findings of the last 3 full audits, from 4 to 0. The table has each."',
    );
    expect(markup.match(/class="unread"/g)).toHaveLength(1);
    expect(textOf(markup)).toContain('1 Mar 2026, 02:00 UTC in part 0 0 0 0 0 3');
    expect(markup).toContain('href="report/run-2"');
  });
});

it('checks tell their totals, each leading to its findings', () => {
  const totals = { fail: 3, notEvaluated: 0, pass: 2, notApplicable: 0 };
  const markup = page({ report: aReport({ checks: [aCheck({ totals })] }) });
  expect(markup).toContain('<a href="?status=fail&#38;check=secret-expiry#findings">3<');
});

it('downloads are of this run, as it is filtered', () => {
  const markup = page({ filters: { ...NO_FILTERS, severities: ['high'] } });
  for (const format of ['json', 'csv', 'ocsf', 'sarif', 'text']) {
    expect(markup).toContain(`href="report/20260302T020000Z-00000001?severity=high&#38;format=${format}"`);
  }
  expect(markup).toContain('href="report/diff?from=20260301T020000Z-00000000&#38;to=20260302T020000Z-00000001"');
});

describe('without a report', () => {
  const place = { root: '../', code: 'K' } as const;

  it.each([
    ['neverRun', 'Never run'],
    ['running', 'Under way'],
    ['failed', 'No report'],
    ['notFound', 'Not found'],
    ['problem', 'Error'],
  ] as const)('%s looks like itself and never like good news', (kind, label) => {
    const markup = renderNoReport({ kind, title: 'T <b>', detail: 'D', place });
    expect(markup).toContain(`class="verdict is-${kind}"`);
    expect(markup).toContain(`<title>${label}: T &#60;b&#62; · Synapse authentication</title>`);
    expect(markup.replace(/<symbol.*?<\/symbol>|<style>.*?<\/style>/gs, '')).not.toMatch(/healthy|i-good/i);
  });

  it('never run: says how to run, and has no latest report to lead to', () => {
    const markup = renderNoReport({ kind: 'neverRun', title: 'T', detail: 'D', place });
    expect(textOf(markup)).toContain('curl -X POST');
    expect(markup).not.toContain('Open the latest report');
    expect(renderNoReport({ kind: 'notFound', title: 'T', detail: 'D', place })).toContain('href="../report?code=K"');
  });
});

it('a date in a message stays on one line', () => {
  const report = aReportWith({ high: 1 }, { findings: [aFinding({ message: 'It ends on 2026-03-07, “a<b”.' })] });
  expect(page({ report })).toContain('<bdi>It ends on <span class="whole">2026-03-07</span>, “a&#60;b”.</bdi>');
});
