/** Operators over tables: each rule that a naive reading gets wrong has a case of its own. */
import { rowsOf, valuesOf } from './query';

const LETTERS = 'let T = datatable(n: long, s: string)[2, "b", 1, "a", long(null), "c", 3, "a"];';

describe('columns', () => {
  test.each([
    ['project n', [{ n: 2 }]],
    ['project x = n * 2, s', [{ x: 4, s: 'b' }]],
    ['project-away n', [{ s: 'b' }]],
    ['project-away s*', [{ n: 2 }]],
    ['project-keep s', [{ s: 'b' }]],
    ['project-rename m = n', [{ m: 2, s: 'b' }]],
    ['project-reorder s, n', [{ s: 'b', n: 2 }]],
    ['extend m = n + 1', [{ n: 2, s: 'b', m: 3 }]],
    ['extend n = n + 1, m = n', [{ n: 3, s: 'b', m: 2 }]],
    ['count', [{ Count: 1 }]],
  ])('%s', (operator, expected) => {
    const rows = rowsOf(`${LETTERS} T | take 1 | ${operator}`);
    expect(rows).toEqual(expected);
    expect(Object.keys(rows[0]!)).toEqual(Object.keys(expected[0]!));
  });
});

describe('order', () => {
  test.each([
    ['sort by n', [3, 2, 1, null]],
    ['order by n desc', [3, 2, 1, null]],
    ['sort by n asc', [null, 1, 2, 3]],
    ['sort by n asc nulls last', [1, 2, 3, null]],
    ['sort by n desc nulls first', [null, 3, 2, 1]],
    ['sort by s asc, n asc', [1, 3, 2, null]],
    ['top 2 by n', [3, 2]],
    ['top 2 by n asc', [null, 1]],
    ['take 2', [2, 1]],
    ['limit 1', [2]],
  ])('%s', (operator, expected) => {
    expect(valuesOf(`${LETTERS} T | ${operator}`)).toEqual(expected);
  });
});

test('distinct keeps the first of equal rows', () => {
  expect(valuesOf(`${LETTERS} T | distinct s`)).toEqual(['b', 'a', 'c']);
  expect(rowsOf(`${LETTERS} union T, T | distinct *`)).toHaveLength(4);
});

describe('summarize', () => {
  const summarized = (aggregates: string) => rowsOf(`${LETTERS} T | summarize ${aggregates}`);
  test('gives a row for each group, keys first', () => {
    expect(summarized('count(), total = sum(n) by s')).toEqual([
      { s: 'b', count_: 1, total: 2 },
      { s: 'a', count_: 2, total: 4 },
      { s: 'c', count_: 1, total: 0 },
    ]);
  });
  test('without by gives one row, even of nothing', () => {
    expect(rowsOf('SigninLogs | summarize count(), max(TimeGenerated), make_set(AppId), sum(DurationMs)')).toEqual([
      { count_: 0, max_TimeGenerated: null, set_AppId: [], sum_DurationMs: 0 },
    ]);
  });
  test('with by gives no row of nothing', () => {
    expect(rowsOf('SigninLogs | summarize count() by AppId')).toEqual([]);
  });
  test('does not mistake texts that stand side by side for others', () => {
    expect(rowsOf('datatable(a: string, b: string)["x", "yz", "xy", "z"] | summarize count() by a, b')).toHaveLength(2);
    expect(rowsOf('datatable(a: string, b: string)["x,", "y", "x", ",y"] | distinct a, b')).toHaveLength(2);
  });
  test('reads what stands in a group anew for each', () => {
    expect(summarized('twice = count() * 2, size = strlen(strcat_array(make_list(s), "")) by s')).toEqual([
      { s: 'b', twice: 2, size: 1 },
      { s: 'a', twice: 4, size: 2 },
      { s: 'c', twice: 2, size: 1 },
    ]);
  });
  test('takes null for a group of its own', () => {
    expect(summarized('count() by n')).toHaveLength(4);
  });
  test('groups moments by bins', () => {
    const times =
      'datatable(t: datetime)[datetime(2026-03-01T01:59), datetime(2026-03-01T01:01), datetime(2026-03-01T02:00)]';
    expect(rowsOf(`${times} | summarize count() by bin(t, 1h)`)).toEqual([
      { t: new Date('2026-03-01T01:00:00Z'), count_: 2 },
      { t: new Date('2026-03-01T02:00:00Z'), count_: 1 },
    ]);
  });
  test.each([
    ['count()', 4],
    ['countif(n > 1)', 2],
    ['dcount(s)', 3],
    ['dcount(n)', 3],
    ['dcountif(s, n > 1)', 2],
    ['sum(n)', 6],
    ['sumif(n, s == "a")', 4],
    ['avg(n)', 2],
    ['min(n)', 1],
    ['max(n)', 3],
    ['maxif(n, s == "b")', 2],
    ['make_set(s)', ['b', 'a', 'c']],
    ['make_set(n)', [2, 1, 3]],
    ['make_set(s, 2)', ['b', 'a']],
    // The empty text is a value; a null is none.
    ['make_set(iff(s == "b", "", s))', ['', 'a', 'c']],
    ['make_set(dynamic([]))', []],
    ['dcount(iff(s == "b", "", s))', 3],
    ['countif(n > 5)', 0],
    ['sumif(n, n > 5)', 0],
    ['max(todatetime(""))', null],
    ['make_set_if(s, n < 2)', ['a']],
    ['make_set(pack_array(s, "z"))', ['b', 'z', 'a', 'c']],
    ['make_list(s)', ['b', 'a', 'c', 'a']],
    ['make_list(n)', [2, 1, 3]],
    ['make_list_if(s, n > 1)', ['b', 'a']],
    ['take_any(s)', 'b'],
    ['percentile(n, 50)', 2],
    ['percentile(n, 100)', 3],
    ['sum(n) / count()', 1],
    ['array_length(make_set(s))', 3],
    ['iff(countif(n > 2) > 0, "some", "none")', 'some'],
  ])('%s', (aggregate, expected) => {
    expect(Object.values(summarized(`x = ${aggregate}`)[0]!)).toEqual([expected]);
  });
  test('arg_max takes the row of the greatest value along', () => {
    expect(summarized('arg_max(n, s)')).toEqual([{ n: 3, s: 'a' }]);
    expect(summarized('arg_min(n, *) by s')).toEqual([
      { s: 'b', n: 2 },
      { s: 'a', n: 1 },
      { s: 'c', n: null },
    ]);
    expect(summarized('latest = arg_max(n, *), count()')).toEqual([{ latest: 3, s: 'a', count_: 4 }]);
    expect(summarized('(most, whose) = arg_max(n, s)')).toEqual([{ most: 3, whose: 'a' }]);
  });
  test('arg_max of nothing but nulls takes a row along all the same', () => {
    expect(rowsOf('datatable(n: long, s: string)[long(null), "x"] | summarize arg_max(n, s)')).toEqual([
      { n: null, s: 'x' },
    ]);
  });
  test('arg_max without by gives one row of nothing', () => {
    expect(rowsOf('SigninLogs | summarize arg_max(TimeGenerated, AppId)')).toEqual([
      { TimeGenerated: null, AppId: '' },
    ]);
    expect(rowsOf('SigninLogs | summarize arg_max(TimeGenerated, *) by Id')).toEqual([]);
  });
  test('arg_max of several equal values takes the first', () => {
    expect(rowsOf('datatable(n: long, s: string)[1, "x", 1, "y"] | summarize arg_max(n, s)')).toEqual([
      { n: 1, s: 'x' },
    ]);
  });
  test('take_any takes a whole row', () => {
    expect(summarized('take_any(*)')).toEqual([{ n: 2, s: 'b' }]);
  });
  test('sums durations', () => {
    expect(valuesOf('datatable(d: timespan)[1h, 30m] | summarize d = sum(d) | project tostring(d)')).toEqual([
      '01:30:00',
    ]);
    expect(valuesOf('datatable(d: timespan)[1h, 30m] | summarize d = avg(d) | project tostring(d)')).toEqual([
      '00:45:00',
    ]);
  });
});

describe('join', () => {
  const SIDES = `let L = datatable(k: string, l: long)["a", 1, "a", 2, "b", 3];
    let R = datatable(k: string, r: long)["a", 10, "a", 20, "c", 30];`;
  test('is innerunique by default: one left row for each key', () => {
    expect(rowsOf(`${SIDES} L | join R on k`)).toEqual([
      { k: 'a', l: 1, k1: 'a', r: 10 },
      { k: 'a', l: 1, k1: 'a', r: 20 },
    ]);
  });
  test.each([
    ['inner', 4],
    ['leftouter', 5],
    ['rightouter', 5],
    ['fullouter', 6],
    ['leftsemi', 2],
    ['leftanti', 1],
    ['rightsemi', 2],
    ['rightanti', 1],
  ])('of kind %s gives %i rows', (kind, count) => {
    expect(rowsOf(`${SIDES} L | join kind=${kind} (R) on k`)).toHaveLength(count);
  });
  test('fills what has no partner with nothing: null, or the empty text', () => {
    expect(rowsOf(`${SIDES} L | join kind=fullouter (R) on k`).slice(-2)).toEqual([
      { k: 'b', l: 3, k1: '', r: null },
      { k: '', l: null, k1: 'c', r: 30 },
    ]);
    expect(rowsOf(`${SIDES} L | join kind=rightanti (R) on k`)).toEqual([{ k: 'c', r: 30 }]);
  });
  test('on null never matches, and an anti join keeps such a row', () => {
    const nulls = 'let L = datatable(k: long)[long(null), 1]; let R = datatable(k: long)[long(null)];';
    expect(valuesOf(`${nulls} L | join kind=inner (R) on k`)).toEqual([]);
    expect(valuesOf(`${nulls} L | join kind=leftanti (R) on k`)).toEqual([null, 1]);
    expect(valuesOf(`${nulls} L | join kind=leftsemi (R) on k`)).toEqual([]);
  });
  test('on columns of other names', () => {
    expect(
      rowsOf(`${SIDES} L | join kind=inner (R | project-rename q = k) on $left.k == $right.q | project l, q, r`),
    ).toHaveLength(4);
  });
  test('on several columns wants all of them equal', () => {
    expect(rowsOf(`${SIDES} L | join kind=inner (R | extend l = 1) on k, l`)).toHaveLength(2);
  });
  test('lookup leaves the right keys out and keeps every left row', () => {
    expect(rowsOf(`${SIDES} L | lookup (R | where r > 10) on k`)).toEqual([
      { k: 'a', l: 1, r: 20 },
      { k: 'a', l: 2, r: 20 },
      { k: 'b', l: 3, r: null },
    ]);
    expect(rowsOf(`${SIDES} L | lookup kind=inner (R) on k`)).toHaveLength(4);
  });
});

describe('union', () => {
  test('parts columns of different types, and loses no value', () => {
    const tables = {
      SigninLogs: [{ AppId: 'a', LocationDetails: { city: 'Berlin' } }],
      AADServicePrincipalSignInLogs: [{ AppId: 'b', LocationDetails: '{"city":"Paris"}' }],
    };
    expect(
      rowsOf(
        `union SigninLogs, AADServicePrincipalSignInLogs
         | project AppId, city = tostring(coalesce(LocationDetails_dynamic, parse_json(LocationDetails_string)).city)`,
        tables,
      ),
    ).toEqual([
      { AppId: 'a', city: 'Berlin' },
      { AppId: 'b', city: 'Paris' },
    ]);
  });
  test('fills columns that a table does not have', () => {
    expect(rowsOf('union (datatable(a: long)[1]), (datatable(b: string)["x"])')).toEqual([
      { a: 1, b: '' },
      { a: null, b: 'x' },
    ]);
  });
  test('says where a row is from', () => {
    const tables = { SigninLogs: [{ AppId: 'a' }], AuditLogs: [{ Result: 'b' }] };
    expect(rowsOf('union withsource=From SigninLogs, AuditLogs | project From', tables)).toEqual([
      { From: 'SigninLogs' },
      { From: 'AuditLogs' },
    ]);
  });
  test('leaves a missing table out where it may, alone or within a pipe', () => {
    const one = 'datatable(a: long)[1]';
    expect(valuesOf(`union isfuzzy=true (${one}), Nowhere`)).toEqual([1]);
    expect(valuesOf(`union isfuzzy=true (${one}), (Nowhere | where a > 1 | summarize a = count())`)).toEqual([1]);
    expect(() => rowsOf('union isfuzzy=true Nowhere')).toThrow('KS205');
    expect(rowsOf('union isfuzzy=true SigninLogs, AuditLogs, Nowhere | summarize max(TimeGenerated)')).toEqual([
      { max_TimeGenerated: null },
    ]);
    expect(
      rowsOf('union isfuzzy=true (Nowhere | summarize t = max(When)), (print t = now()) | extend t = t + 1d'),
    ).toEqual([{ t: new Date('2026-03-02T02:00:00Z') }]);
    const byName = 'let rows = (name: string) { table(name) | project a = 2 };';
    expect(valuesOf(`${byName} union isfuzzy=true (${one}), (rows("Nowhere"))`)).toEqual([1]);
    expect(() => rowsOf(`union (${one}), Nowhere`)).toThrow('KS204');
  });
  test('stands behind a pipe as well', () => {
    expect(valuesOf('datatable(a: long)[1] | union (datatable(a: long)[2])')).toEqual([1, 2]);
  });
});

describe('mv-expand', () => {
  const rows = 'datatable(id: long, d: dynamic)[1, dynamic(["x", "y"]), 2, dynamic([]), 3, dynamic(null)]';
  test('gives a row for each element, one for null and none for an empty list', () => {
    expect(rowsOf(`${rows} | mv-expand d`)).toEqual([
      { id: 1, d: 'x' },
      { id: 1, d: 'y' },
      { id: 3, d: null },
    ]);
  });
  test('converts, counts and limits', () => {
    expect(rowsOf(`${rows} | mv-expand with_itemindex=at v = d to typeof(string) limit 1 | project id, v, at`)).toEqual(
      [
        { id: 1, v: 'x', at: 0 },
        { id: 3, v: '', at: 0 },
      ],
    );
  });
  test('takes a bag apart, and several columns side by side', () => {
    expect(rowsOf('print d = dynamic({"a": 1, "b": 2}), e = dynamic([7]) | mv-expand d, e')).toEqual([
      { d: { a: 1 }, e: 7 },
      { d: { b: 2 }, e: null },
    ]);
  });
});

describe('let', () => {
  test('names values, tables and functions', () => {
    expect(
      rowsOf(`
        let limit = 2;
        let numbers = materialize(datatable(n: long)[1, 2, 3]);
        let above = (T: (n: long), least: long = 0) { let more = least + 0; T | where n > more };
        let label = (n: long, sign: string = "!") { strcat(n, sign) };
        above(numbers, limit) | extend text = label(n), total = toscalar(numbers | count)`),
    ).toEqual([{ n: 3, text: '3!', total: 3 }]);
  });
  test('a parameter that is left out has its default', () => {
    expect(
      valuesOf('let f = (T: (n: long), least: long = 1) { T | where n > least }; f(datatable(n: long)[1, 2])'),
    ).toEqual([2]);
  });
  test('a table by its name', () => {
    expect(valuesOf('let rows = (name: string) { table(name) | project AppId }; rows("SigninLogs")')).toEqual([]);
    expect(
      rowsOf('let rows = (name: string) { table(name) | project AppId }; rows("SigninLogs")', {
        SigninLogs: [{ AppId: 'a' }],
      }),
    ).toEqual([{ AppId: 'a' }]);
  });
  test('in takes the first column of a table', () => {
    expect(
      valuesOf(`${LETTERS} let wanted = T | where n == 1 | project s; T | where s in (wanted) | project n`),
    ).toEqual([1, 3]);
  });
});

describe('a query that is none is refused as the service does', () => {
  test.each([
    ['a misspelt column', 'SigninLogs | where IPAdress == ""', 'KS142', false],
    [
      'a misspelt column in a fuzzy union',
      'union isfuzzy=true (SigninLogs | where IPAdress == ""), Nowhere',
      'KS142',
      false,
    ],
    ['an unknown table', 'Nowhere | take 1', 'KS204', false],
    ['a misspelt function', 'print tolowr("X")', 'KS211', false],
    ['a member of a text', 'AADServicePrincipalSignInLogs | project LocationDetails.city', 'KS142', false],
    ['bad grammar', 'SigninLogs | | take 1', 'KS', true],
  ])('%s', (_, query, code, syntactic) => {
    expect(() => rowsOf(query)).toThrow(expect.objectContaining({ name: 'InvalidQueryError', syntactic }));
    expect(() => rowsOf(query)).toThrow(code);
  });
});
