import type { PagePlace } from '../../../src/report/html/page-input';
import { apiLink, filteredLink, keptByForms, nextPageLink, NO_FILTERS } from '../../../src/report/html/links';

const place: PagePlace = { root: '', code: null, top: null, isContinued: false };
const keyed: PagePlace = { ...place, code: 'k&y=/', top: '20' };

it('filters become a query, in one order, those that are empty left out', () => {
  const filters = { ...NO_FILTERS, statuses: ['fail', 'pass'], checks: ['a'], q: 'x y&z' } as const;
  expect(filteredLink(place, filters)).toBe('?status=fail%2Cpass&check=a&q=x+y%26z#findings');
});

it('no filter is a query, too, as an empty address would keep those there are', () => {
  expect(filteredLink(place, NO_FILTERS)).toBe('?#findings');
});

it('the key, and how many a page, stay wherever a link leads to this report', () => {
  expect(filteredLink(keyed, NO_FILTERS)).toBe('?top=20&code=k%26y%3D%2F#findings');
  expect(nextPageLink(keyed, { ...NO_FILTERS, owner: 'o' }, 't')).toBe(
    '?owner=o&top=20&continuationToken=t&code=k%26y%3D%2F#findings',
  );
  expect(keptByForms(keyed)).toEqual([
    ['code', 'k&y=/'],
    ['top', '20'],
  ]);
  expect(keptByForms(place)).toEqual([]);
});

it('other functions are beside the latest report, and one up from that of a run', () => {
  expect(apiLink(place, 'reports')).toBe('reports');
  expect(apiLink({ root: '../', code: 'k' }, 'report/diff', { from: 'a', to: 'b' })).toBe(
    '../report/diff?from=a&to=b&code=k',
  );
});
