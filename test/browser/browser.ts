/** Chromium, as the tests use it: whatever a page complains of is kept. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** @throws Error where there is none */
export function openBrowser(): Promise<Browser> {
  const places = (process.env['PATH'] ?? '').split(delimiter);
  const executablePath = NAMES.flatMap((name) => places.map((place) => join(place, name))).find((path) =>
    existsSync(path),
  );
  if (executablePath === undefined) {
    throw new Error(`These tests need ${NAMES.join(' or ')} in the PATH: apt-get install chromium.`);
  }
  // In a container there are no user namespaces to make a sandbox of; the pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface OpenedPage {
  readonly page: Page;
  /** Console errors, exceptions, violations of its policy, and requests for anything but itself. */
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (request.resourceType() !== 'document') {
      complaints.push(`request: ${request.url()}`);
    }
  });
  await page.goto(address);
  return { page, complaints };
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What breaks WCAG 2.2 A or AA, or what axe holds for good practice; empty where nothing does. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate<AxeResults, RunOptions>(
    (options) => (globalThis as unknown as { axe: { run(o: RunOptions): Promise<AxeResults> } }).axe.run(options),
    {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    },
  );
  return results.violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 200))
        .join(' | ')}`,
  );
}

/** Pixels by which the page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
