import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { multiplied, openApps, publishAged, type Apps } from './apps';
import { accessibilityFaults, openBrowser, openPage, overflowOf, type OpenedPage } from './browser';
import { reportOf } from '../storage/stored-things';

const STATES = ['attention', 'clean', 'incomplete', 'stale', 'failed', 'neverRun'] as const;
type State = (typeof STATES)[number] | 'large';
const MANY = 10_000;

const addresses = new Map<State, string>();
let apps: Apps;
let browser: Browser;
const opened: Page[] = [];

beforeAll(async () => {
  [apps, browser] = await Promise.all([openApps(), openBrowser()]);
  const set = async (state: State, address: Promise<string>) => addresses.set(state, await address);
  await Promise.all([
    set('attention', apps.audited('contoso')),
    set('clean', apps.audited('healthy')),
    set('incomplete', apps.audited('forbidden')),
    set(
      'neverRun',
      apps.stored(() => Promise.resolve()),
    ),
  ]);
  const { report } = await (await reportOf(apps.storageOf(addresses.get('attention')!))).whole();
  await Promise.all([
    set(
      'stale',
      apps.stored((storage) => publishAged(storage, report, 80)),
    ),
    set(
      'failed',
      apps.stored(async (storage) => {
        await publishAged(storage, report, 3);
        const now = new Date();
        const expiresAt = new Date(now.getTime() + 60_000);
        const lease = await storage.runs.begin({
          runId: '20991231T000000Z-00000001',
          trigger: 'schedule',
          now,
          expiresAt,
        });
        await storage.runs.fail(lease, 'Microsoft Graph was not reachable.', now);
      }),
    ),
    set(
      'large',
      apps.stored((storage) => publishAged(storage, multiplied(report, MANY), 1)),
    ),
  ]);
}, 120_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((page) => page.context().close()));
});
afterAll(async () => {
  await Promise.all([browser.close(), apps.close()]);
});

async function open(state: State, query = '', options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const result = await openPage(browser, `${addresses.get(state)!}${query}`, options);
  opened.push(result.page);
  return result;
}
const PHONE = { width: 360, height: 780 };
const OPEN_ALL = `document.querySelectorAll('details').forEach((box) => { box.open = true; })`;
const shown = (page: Page) => page.locator('.card:visible').count();

/** Of the report that is shown where something needs attention. */
const headerOfAttention = async () => (await reportOf(apps.storageOf(addresses.get('attention')!))).header();

describe.each(STATES)('%s', (state) => {
  const HEADLINES: Readonly<Record<(typeof STATES)[number], RegExp>> = {
    attention: /^\d+ problems need attention, \d+ critical and \d+ high; next to expire is “/,
    clean: /^Authentication is healthy: everything was read and nothing fails/,
    incomplete: /judgements could not be made; of what was seen, \d+ problems need attention/,
    stale: /^The last full audit was 3 days ago, and nobody has looked since/,
    failed: /^The last audit failed\. What follows is from 3 hours ago/,
    neverRun: /^No report yet/,
  };

  it('says so at once, under a policy that nothing breaks', async () => {
    const { page, complaints } = await open(state);
    expect(await page.locator('h1').innerText()).toMatch(HEADLINES[state]);
    expect(await page.locator(`.verdict.is-${state}`).count()).toBe(1);
    expect(await page.title()).toContain('Synapse authentication');
    // Without a report the answer is 404, and Chromium says that much.
    expect(complaints.filter((complaint) => state !== 'neverRun' || !complaint.includes('404'))).toEqual([]);
  });

  it('has no fault of accessibility: light, dark, and on a phone', async () => {
    const { page } = await open(state, '?top=12');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

it('cards that are open have no fault of accessibility', async () => {
  const { page } = await open('attention', '?top=30&severity=critical,low');
  await page.evaluate(OPEN_ALL);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityFaults(page)).toEqual([]);
});

it('what has faults is found to have them', async () => {
  const { page, complaints } = await open('clean');
  await page.evaluate(
    `document.body.insertAdjacentHTML('beforeend', '<img src="data:,"><p onclick="x" style="color: red">')`,
  );
  expect(await accessibilityFaults(page)).toEqual([
    expect.stringMatching(/^image-alt/),
    expect.stringMatching(/^region/),
  ]);
  expect(complaints.filter((complaint) => complaint.includes('Content Security Policy'))).not.toEqual([]);
});

it('nothing is wider than its window', async () => {
  const { page } = await open('attention', '?top=40');
  for (const isOpen of [false, true]) {
    for (const width of [360, 768, 1280, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, isOpen, await overflowOf(page)]).toEqual([width, isOpen, 0]);
    }
    await page.evaluate(OPEN_ALL);
  }
});

it('dark is dark', async () => {
  const { page } = await open('attention', '?top=1', { colorScheme: 'light' });
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(await background()).toBe('rgb(247, 247, 245)');
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background()).toBe('rgb(18, 19, 22)');
});

it('where colours are the reader’s own, pictures stay', async () => {
  const { page } = await open('attention', '?top=1');
  await page.emulateMedia({ forcedColors: 'active' });
  const colours = await page.evaluate<string[]>(
    `[getComputedStyle(document.querySelector('.timeline .block.tone-critical')).fill, getComputedStyle(document.body).backgroundColor]`,
  );
  expect(new Set(colours).size).toBe(2);
});

describe('finding something', () => {
  it('by severity, one page after the other, the key staying in the address', async () => {
    const { page, complaints } = await open('attention', '?code=THEKEY&top=20');
    await page.getByRole('checkbox', { name: /^Medium/ }).check();
    await page.getByRole('button', { name: 'Show' }).click();
    const asked = new URL(page.url()).searchParams;
    expect([...asked.entries()]).toEqual(
      expect.arrayContaining([
        ['severity', 'medium'],
        ['code', 'THEKEY'],
        ['top', '20'],
      ]),
    );
    // The script leaves out what asks for nothing.
    expect(asked.has('q')).toBe(false);
    const facts: string[] = [];
    for (;;) {
      facts.push(...(await page.locator('.card .fact').allInnerTexts()));
      const next = page.getByRole('link', { name: 'Next page' });
      if ((await next.count()) === 0) {
        break;
      }
      await next.click();
      expect(new URL(page.url()).searchParams.get('code')).toBe('THEKEY');
    }
    expect(facts).toHaveLength(47);
    expect(await page.locator('.group h3').allInnerTexts()).toEqual([expect.stringContaining('Medium')]);
    expect(complaints).toEqual([]);
  });

  it('as one types, on the page; and in the whole report on Enter', async () => {
    const { page, complaints } = await open('attention', '?top=20');
    await page.getByRole('searchbox').fill('treasury');
    expect(await shown(page)).toBe(1);
    expect(await page.locator('#result').innerText()).toBe('1 of 20 on this page. Enter looks in the whole report.');
    await page.getByRole('searchbox').fill('');
    expect(await shown(page)).toBe(20);
    await page.getByRole('searchbox').fill('intranet search');
    expect(await shown(page)).toBe(0);
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=intranet/);
    expect(await shown(page)).toBeGreaterThan(0);
    for (const fact of await page.locator('.card .fact').allInnerTexts()) {
      expect(fact).toContain('Intranet Search');
    }
    expect(complaints).toEqual([]);
  });

  it('chips take a filter away', async () => {
    const { page } = await open('attention', '?severity=high,low&check=secret-expiry');
    await page.locator('.chips').getByRole('link', { name: /^High/ }).click();
    expect(new URL(page.url()).searchParams.get('severity')).toBe('low');
    expect(new URL(page.url()).searchParams.get('check')).toBe('secret-expiry');
    await page.getByRole('link', { name: 'Remove all' }).click();
    expect(new URL(page.url()).search).toBe('');
  });

  it.each(['workspaces', 'owners', 'principals'])('of one of the %s, as many as its row counts', async (part) => {
    const { page } = await open('attention');
    const row = page.locator(`section[aria-labelledby="${part}"] tbody tr`).first();
    const counts = (await row.locator('.failing .count').allInnerTexts()).map((text) => parseInt(text, 10));
    const total = counts.reduce((sum, count) => sum + count, 0);
    await row.getByRole('link').first().click();
    expect(await shown(page)).toBe(total);
    expect(total).toBeGreaterThan(0);
  });

  it('from what fails now to its card, which opens', async () => {
    const { page } = await open('attention');
    const entry = page.locator('.briefs a').first();
    const fact = await entry.innerText();
    await entry.click();
    const card = page.locator('.card[open]');
    await card.waitFor();
    expect(await card.locator('.fact').innerText()).toBe(fact);
    expect(await card.getByRole('heading', { name: 'What to do' }).isVisible()).toBe(true);
  });

  it('what passes', async () => {
    const { totals } = await headerOfAttention();
    const { page } = await open('attention');
    await page
      .locator('.checks')
      .getByRole('link', { name: /passing of secret-expiry/ })
      .click();
    expect(await page.locator('.group h3').innerText()).toMatch(new RegExp(`^Passing\\s+\\d+ of ${totals.pass}$`));
  });
});

describe('what scripts add', () => {
  it('lets times in words go on with the clock', async () => {
    const { page } = await open('clean', '?top=1');
    await page.clock.install();
    await page.reload();
    const audited = page.locator('.figure', { hasText: 'Last full audit' }).locator('.value');
    expect(await audited.innerText()).toMatch(/now|minutes? ago/i);
    await page.clock.fastForward('03:00:00');
    expect(await audited.innerText()).toMatch(/^3 hours ago$/);
  });

  it('copies a command', async () => {
    const { page, complaints } = await open('attention', '?check=secret-expiry&top=1', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const command = page.locator('.command').first();
    await command.getByRole('button', { name: 'Copy' }).click();
    await command.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await command.locator('code').innerText());
    expect(complaints).toEqual([]);
  });

  it('opens and closes all', async () => {
    const { page } = await open('attention', '?top=5');
    await page.getByRole('button', { name: 'Expand all' }).click();
    expect(await page.locator('.card[open]').count()).toBe(5);
    await page.getByRole('button', { name: 'Collapse all' }).click();
    expect(await page.locator('.card[open]').count()).toBe(0);
  });
});

it('the headline counts what the report counts', async () => {
  const { totals, severities } = await headerOfAttention();
  const { page } = await open('attention');
  const counts = `${totals.fail} problems need attention, ${severities.critical} critical and ${severities.high} high; `;
  expect((await page.locator('h1').innerText()).slice(0, counts.length)).toBe(counts);
});

describe('without scripts', () => {
  it('everything can be asked for and opened, and no button is there that does nothing', async () => {
    const { page, complaints } = await open('attention', '?code=K&top=10', { javaScriptEnabled: false });
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['Show']);
    await page.getByRole('searchbox').fill('loader');
    await page.getByRole('checkbox', { name: /^Passing/ }).check();
    await page.getByRole('button', { name: 'Show' }).click();
    const asked = new URL(page.url()).searchParams;
    expect([asked.get('q'), asked.getAll('status'), asked.get('code')]).toEqual([
      'loader',
      ['fail', 'notEvaluated', 'pass'],
      'K',
    ]);
    const card = page.locator('.card').first();
    await card.locator('summary').first().click();
    expect(await card.locator('.body').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('a link to a finding opens it', async () => {
    const { page } = await open('attention', '', { javaScriptEnabled: false });
    await page.locator('.briefs a').first().click();
    expect(await page.locator('.card .body:visible').count()).toBe(1);
  });
});

it('on paper everything is unfolded, also without scripts', async () => {
  const { page } = await open('attention', '?top=3', { javaScriptEnabled: false });
  const height = (of: string) => page.locator(of).first().boundingBox();
  await page.emulateMedia({ media: 'print' });
  expect((await height('.card .body'))?.height).toBeGreaterThan(100);
  expect(await page.locator('.filters').isVisible()).toBe(false);
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  // Several pages, each of which has an object of its own.
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(3);
});

it('the keyboard alone leads everywhere, and is always seen', async () => {
  const { page } = await open('attention', '?top=2');
  await page.keyboard.press('Tab');
  expect(
    await page.evaluate(
      `document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0`,
    ),
  ).toBe(true);
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  // The mark of a hidden checkbox is on its label.
  const focused = `(() => {
    const element = document.activeElement;
    const marked = element.type === 'checkbox' ? element.nextElementSibling : element;
    return [element.closest('summary.card, .card > summary') !== null, getComputedStyle(marked).outlineStyle, element.outerHTML.slice(0, 120)];
  })()`;
  const unseen: string[] = [];
  let isCard = false;
  for (let steps = 0; steps < 200 && !isCard; steps++) {
    await page.keyboard.press('Tab');
    const [card, outline, markup] = await page.evaluate<[boolean, string, string]>(focused);
    if (outline === 'none') {
      unseen.push(markup);
    }
    isCard = card;
  }
  expect(unseen).toEqual([]);
  expect(isCard).toBe(true);
  await page.keyboard.press('Enter');
  expect(await page.locator('.card[open]').count()).toBe(1);
});

it('an older report leads to the latest', async () => {
  const { page } = await open('attention');
  const { previousRunId } = await headerOfAttention();
  await page.goto(`${addresses.get('attention')!}/${previousRunId!}`);
  expect(await page.locator('.state').innerText()).toBe('Older report');
  await page.getByRole('link', { name: 'Open the latest report' }).click();
  expect(await page.locator('.state').innerText()).toBe('Needs attention');
});

describe('what cannot be answered', () => {
  it('is a page that says why, where a page was wanted', async () => {
    const { page } = await open('attention', '?severity=urgent');
    expect(await page.locator('h1').innerText()).toBe('Bad request');
    expect(await page.locator('.lead').innerText()).toContain('"urgent" is not a valid severity; allowed: critical');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${addresses.get('attention')!}/20200101T000000Z-00000000`);
    expect(await page.locator('.state').innerText()).toBe('Not found');
  });

  it('is a problem document for everybody else', async () => {
    const response = await fetch(`${addresses.get('attention')!}?severity=urgent`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ]);
  });
});

describe(`${MANY.toLocaleString('en')} findings`, () => {
  it('are there a hundred at a time, and the document stays small', async () => {
    const { page, complaints } = await open('large');
    expect(await page.locator('h1').innerText()).toContain('10,000 problems need attention');
    expect(await shown(page)).toBe(100);
    expect(await page.evaluate(`document.querySelectorAll('*').length`)).toBeLessThan(25_000);
    expect(await overflowOf(page)).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('a search finds the one, wherever it stands', async () => {
    const { page } = await open('large');
    await page.getByRole('searchbox').fill('no-100-40');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=no-100-40/);
    expect(await page.locator('.card .meta .name').allInnerTexts()).toEqual([expect.stringMatching(/ no-100-40$/)]);
  });

  it('have no fault of accessibility', async () => {
    const { page } = await open('large', '?top=10');
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
