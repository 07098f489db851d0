import type { PageInput } from '../../../src/report/html/page-input';
import { verdictOf } from '../../../src/report/html/verdict';
import { anExpiry, anInput, anOverview, aReport, aReportWith, hence } from './page-input';

const verdict = (changes: Partial<PageInput> = {}) => verdictOf(anInput(changes));
const status = (changes: Partial<PageInput['status']>) => ({ status: { ...anInput().status, ...changes } });
const expiring = (endsAt: string, isReplaced = false) => ({
  overview: anOverview({ expiries: { total: 1, items: [anExpiry({ endsAt, isReplaced, name: 'Loader' })] } }),
});
const unread = {
  overall: 'incomplete',
  totals: { fail: 0, notEvaluated: 1, pass: 3, notApplicable: 0 },
} as const;

it('clean: healthy, and nothing else is said', () => {
  expect(verdict()).toEqual({
    state: 'clean',
    label: 'Healthy',
    headline: 'Authentication is healthy: everything was read and nothing fails.',
    title: 'Healthy: nothing fails',
    notices: [],
  });
});

it('clean, and what expires next', () => {
  expect(verdict(expiring(hence(80 * 24))).headline).toBe(
    'Authentication is healthy: everything was read and nothing fails; next to expire is “Loader”, in 80 days.',
  );
});

it.each([
  [
    { critical: 2, high: 1, low: 4 },
    '7 problems need attention, 2 critical and 1 high.',
    'Needs attention: 2 critical, 1 high',
  ],
  [{ high: 1 }, '1 problem needs attention, 1 high.', 'Needs attention: 1 high'],
  [{ medium: 3, low: 1 }, '4 problems need attention, 3 medium.', 'Needs attention: 3 medium, 1 low'],
  [{ critical: 1234 }, '1,234 problems need attention, 1,234 critical.', 'Needs attention: 1234 critical'],
])('attention: %j', (severities, headline, title) => {
  expect(verdict({ report: aReportWith(severities) })).toMatchObject({
    state: 'attention',
    headline,
    title,
    notices: [],
  });
});

it('attention, and what breaks next, when', () => {
  expect(verdict({ report: aReportWith({ high: 1 }), ...expiring(hence(5)) }).headline).toBe(
    '1 problem needs attention, 1 high; next to expire is “Loader”, in 5 hours.',
  );
});

it('what a newer one replaced breaks nothing', () => {
  expect(verdict(expiring(hence(5), true)).headline).not.toContain('Loader');
});

it('what was to expire next and has since did so', () => {
  expect(verdict(expiring(hence(-2))).headline).toMatch(/; since then “Loader” expired, 2 hours ago\.$/);
});

it('a long name is cut', () => {
  const items = [anExpiry({ name: 'x'.repeat(500) })];
  expect(verdict({ overview: anOverview({ expiries: { total: 1, items } }) }).headline.length).toBeLessThan(200);
});

it('without an overview the next end is that of the report', () => {
  const report = aReport({ nextExpiry: { endsAt: hence(72), name: 'Old', fingerprint: 'f' } });
  expect(verdict({ report, overview: null }).headline).toContain('next to expire is “Old”, in 3 days');
});

it('incomplete never calls itself healthy, also where nothing is known to fail', () => {
  expect(verdict({ report: aReport(unread) })).toMatchObject({
    state: 'incomplete',
    label: 'Incomplete',
    headline: 'Nothing is known to fail, but 1 judgement could not be made.',
    title: 'Incomplete: 1 not evaluated',
  });
});

it('incomplete where everything could be judged that was read', () => {
  const report = aReport({ overall: 'incomplete' });
  expect(verdict({ report })).toMatchObject({
    headline: 'Nothing is known to fail, but not everything could be read.',
    title: 'Incomplete: not all was read',
  });
});

it('incomplete says what fails, too', () => {
  const report = aReportWith({ critical: 1 }, { overall: 'incomplete', totals: { ...unread.totals, fail: 1 } });
  expect(verdict({ report }).headline).toBe(
    '1 judgement could not be made; of what was seen, 1 problem needs attention, 1 critical.',
  );
});

it('stale outranks whatever was found', () => {
  const report = aReport({ fullAuditAt: hence(-75) });
  expect(verdict({ report, ...status({ stale: true }) })).toMatchObject({
    state: 'stale',
    label: 'Stale',
    headline:
      'The last full audit was 3 days ago, and nobody has looked since. Known then: authentication is healthy: everything was read and nothing fails.',
    title: 'Stale: nothing fails',
  });
});

it('stale sign-ins alone say so', () => {
  expect(verdict({ report: aReport({ signInsAt: hence(-9) }), ...status({ areSignInsStale: true }) })).toMatchObject({
    state: 'stale',
    headline: expect.stringMatching(
      /^Sign-ins were last audited 9 hours ago, and nobody has looked since\. Known so far: /,
    ),
    notices: [],
  });
});

it('failed outranks stale, and says why and how old the rest is', () => {
  const report = aReport({ ...unread, fullAuditAt: hence(-75) });
  expect(
    verdict({ report, ...status({ failure: 'run x failed: no storage', stale: true, areSignInsStale: true }) }),
  ).toMatchObject({
    state: 'failed',
    label: 'Last audit failed',
    headline: expect.stringMatching(
      /^The last audit failed\. What follows is from 4 hours ago: nothing is known to fail, but/,
    ),
    notices: [
      'run x failed: no storage',
      'The last full audit was 3 days ago.',
      'Sign-ins were last audited 1 hour ago: the next audit of them is overdue.',
      'Not everything could be read then: see what could not be seen.',
    ],
  });
});

it('alerts that do not arrive, and a run under way, are told beside', () => {
  expect(verdict(status({ alertTrouble: '404 DomainNotLinked', runningId: 'r2' }))).toMatchObject({
    state: 'clean',
    notices: ['Run r2 is under way.', 'Alerts do not arrive: 404 DomainNotLinked'],
  });
});

it('an older report never speaks of now', () => {
  const older = verdict({ isLatest: false, ...status({ stale: true, failure: 'run x failed: y' }) });
  expect(older).toMatchObject({
    state: 'clean',
    label: 'Older report',
    headline: '4 hours ago: authentication is healthy: everything was read and nothing fails.',
    title: 'Older report: nothing fails',
  });
  expect(older.notices).toEqual(['This is an older report. What is the case now, the latest one tells.']);
});
