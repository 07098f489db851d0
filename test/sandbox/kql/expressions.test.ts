/** Values and conditions, as the documentation of the language describes them. */
import { Timespan } from '../../../sandbox/kql/values';
import { NOW, rowsOf, valueOf, valuesOf } from './query';

test.each([
  ['true and bool(null)', null],
  ['false and bool(null)', false],
  ['true or bool(null)', true],
  ['false or bool(null)', null],
  ['not(bool(null))', null],
  ['long(null) == long(null)', null],
  ['1 == long(null)', null],
  ['1 != long(null)', null],
  ['1 < long(null)', null],
  ['long(null) + 1', null],
  ['isnull(long(null))', true],
  ['isnull("")', false],
  ['isempty("")', true],
  ['isempty(parse_json(""))', true],
  ['isnotempty("x")', true],
  ['isnotnull(1)', true],
  ['iff(bool(null), "yes", "no")', 'no'],
  ['case(bool(null), "a", 1 == 1, "b", "c")', 'b'],
  ['case(1 == 2, "a", "c")', 'c'],
  ['coalesce("", "b", "c")', 'b'],
  ['coalesce(long(null), 2)', 2],
  // The empty text is not null.
  ['"" == ""', true],
  ['"" != "x"', true],
  ['isnull(parse_json("").a)', true],
  ['iff(long(null) == 1, 1, 2)', 2],
  ['coalesce(tostring(dynamic({}).a), "b")', 'b'],
  ['bool(null) == false', null],
  ['1 between (1 .. 3)', true],
  ['3 between (1 .. 3)', true],
  ['4 between (1 .. 3)', false],
  ['4 !between (1 .. 3)', true],
  ['long(null) between (1 .. 3)', null],
  ['datetime(2026-02-28T23:00) between (datetime(2026-02-28) .. 1d)', true],
])('%s is %j', (expression, expected) => {
  expect(valueOf(expression)).toBe(expected);
});

test('where keeps only what is true, not what is unknown', () => {
  const nullable = 'datatable(n: long)[1, long(null), 3]';
  expect(valuesOf(`${nullable} | where n > 1`)).toEqual([3]);
  expect(valuesOf(`${nullable} | where not(n > 1)`)).toEqual([1]);
  expect(valuesOf(`${nullable} | where n != 1`)).toEqual([3]);
});

describe('numbers', () => {
  test.each([
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7 / 2.0', 3.5],
    ['todouble(7) / 2', 3.5],
    ['7 % 3', 1],
    ['-7 % 3', 2],
    ['1 / 0', null],
    ['7 % 0', null],
    ['-1 / 2', 0],
    ['1 / 2.0', 0.5],
    ['tolong(7) / toint(2)', 3],
    ['2 + 3 * 4', 14],
    ['bin(7, 5)', 5],
    ['bin(-7, 5)', -10],
    ['round(2.456, 1)', 2.5],
    ['max_of(1, 3, 2)', 3],
    ['min_of(3, 1, 2)', 1],
    ['abs(-3)', 3],
    ['toint("42")', 42],
    ['tolong("42.5")', null],
    ['tolong(42.9)', 42],
    ['tolong("x")', null],
    ['todouble("1.5")', 1.5],
    ['tobool("True")', true],
    ['tobool("x")', null],
    ['tobool(2)', true],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toBe(expected);
  });
});

describe('time', () => {
  test.each([
    ['now()', NOW],
    ['ago(1d)', new Date('2026-02-28T02:00:00Z')],
    ['now() - 90m', new Date('2026-03-01T00:30:00Z')],
    ['bin(datetime(2026-03-01T02:59:59), 1h)', new Date('2026-03-01T02:00:00Z')],
    ['bin(datetime(2026-03-01T02:59:59.999), 10m)', new Date('2026-03-01T02:50:00Z')],
    ['bin(datetime(null), 1h)', null],
    ['bin(90m, 1h)', new Timespan(3_600_000)],
    ['bin(-90m, 1h)', new Timespan(-7_200_000)],
    // Bins are counted from 0001-01-01, a Monday.
    ['bin(datetime(2026-03-01), 7d)', new Date('2026-02-23T00:00:00Z')],
    ['startofday(datetime(2026-03-01T02:59:59))', new Date('2026-03-01T00:00:00Z')],
    ['todatetime("2026-03-01 02:00")', NOW],
    ['todatetime("2026-03-01T03:00:00+01:00")', NOW],
    ['todatetime("soon")', null],
    ['datetime(2026-03-02) - datetime(2026-03-01)', new Timespan(86_400_000)],
    ['(datetime(2026-03-02) - datetime(2026-03-01)) / 1h', 24],
    ['2 * 30m', new Timespan(3_600_000)],
    ['datetime_diff("hour", datetime(2026-03-01T02:01), datetime(2026-03-01T01:59))', 1],
    ['datetime_diff("day", datetime(2026-03-01), datetime(2026-03-03))', -2],
    ['datetime_diff("month", datetime(2026-03-01), datetime(2026-02-28))', 1],
    ['datetime_diff("week", datetime(2026-03-01), datetime(2026-02-28))', 1],
    ['datetime_add("month", 1, datetime(2026-01-31))', new Date('2026-02-28T00:00:00Z')],
    ['format_datetime(datetime(2026-03-01T02:05:09), "yyyy-MM-dd HH:mm:ss")', '2026-03-01 02:05:09'],
    ['tostring(datetime(2026-03-01T02:05:09))', '2026-03-01T02:05:09.0000000Z'],
    ['tostring(26h + 500ms)', '1.02:00:00.5000000'],
    ['totimespan("1.02:00:00")', new Timespan(93_600_000)],
    ['hourofday(now())', 2],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });
});

describe('text', () => {
  test.each([
    ['"abc" == "ABC"', false],
    ['"abc" =~ "ABC"', true],
    ['"abc" !~ "ABC"', false],
    ['"abc" contains "B"', true],
    ['"abc" contains_cs "B"', false],
    ['"abc" !contains "B"', false],
    ['"abc" startswith "A"', true],
    ['"abc" endswith "C"', true],
    ['"abc" startswith_cs "A"', false],
    ['"login failed" has "failed"', true],
    ['"login failed" has "FAIL"', false],
    ['"login failed" hasprefix "FAIL"', true],
    ['"login failed" hassuffix "led"', true],
    ['"login_failed" has "login"', true],
    ['"login2 failed" has "login"', false],
    ['"logins login" has "login"', true],
    ['"AzurePowershell/v1.2" has "azurepowershell"', true],
    ['"a b" has ""', true],
    ['"abc" !has "abc"', false],
    ['"abc" has_cs "ABC"', false],
    ['"one two" has_any ("three", "TWO")', true],
    ['"onetwo" has_any ("one", "two")', false],
    ['"DBAF " has_any (dynamic(["DBAF", "DBAS"]))', true],
    ['"FAILED_LOGIN" has_any ("login")', true],
    ['"one two" has_any (dynamic([]))', false],
    ['"a.b" has "a.b"', true],
    ['"xa.b" has "a.b"', false],
    ['"one two" has_all ("one", "three")', false],
    ['"one two" has_any (dynamic(["two"]))', true],
    ['"abc" matches regex "^a.c$"', true],
    ['"ABC" matches regex "(?i)^a.c$"', true],
    ['"b" in ("a", "b")', true],
    ['"B" in ("a", "b")', false],
    ['"B" in~ ("a", "b")', true],
    ['"B" !in~ ("a", "b")', false],
    ['"b" !in ("a", "b")', false],
    ['3 in (dynamic([1, 3]))', true],
    ['long(null) in (1)', false],
    ['long(null) !in (1)', true],
    ['"" in ("")', true],
    ['"a" in (dynamic([]))', false],
    ['"a" !in~ (dynamic([]))', true],
    ['"Straße" in~ ("STRASSE")', false],
    ['tolower("ÄB")', 'äb'],
    ['toupper("ab")', 'AB'],
    ['strcat("a", 1, long(null), true)', 'a1true'],
    ['strcat_array(dynamic(["a", "b"]), "-")', 'a-b'],
    ['substring("abcdef", 2, 3)', 'cde'],
    ['strlen("abc")', 3],
    ['trim(@"\\s+", "  a b ")', 'a b'],
    ['trim("x", "xxaxx")', 'a'],
    ['trim_start("x", "xxax")', 'ax'],
    ['trim_end("x", "axx")', 'a'],
    ['replace_string("a.b.c", ".", "$")', 'a$b$c'],
    ['replace_regex("a1b2", @"(\\d)", @"<\\1>")', 'a<1>b<2>'],
    ['tostring(split("a,b", ",")[1])', 'b'],
    ['tostring(split("a,b", ",", 1))', '["b"]'],
    ['extract(@"v(\\d+)\\.(\\d+)", 2, "Az/v12.34")', '34'],
    ['extract("(x)", 1, "abc")', ''],
    ['extract(@"^(.*?)(?:-ondemand)?(?:\\..*)?$", 1, "shop-ondemand.sql.azuresynapse.net")', 'shop'],
    ['extract(@"(?i)ERR (\\d+)", 1, "Err 7, Level 1")', '7'],
    ['extract(@"(\\d+)", 1, "a12", typeof(long))', 12],
    ['extract(@"(\\d+)", 1, "a", typeof(long))', null],
    ['indexof("abc", "c")', 2],
    ['"a" "b"', 'ab'],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toBe(expected);
  });
});

describe('dynamic values', () => {
  test.each([
    ['parse_json(@\'{"a":[1,{"b":"x"}]}\').a[1].b', 'x'],
    ['dynamic({"a": {"b": -1}}).a["b"]', -1],
    ['dynamic([1, 2, 3])[-1]', 3],
    ['dynamic({"a": 1}).absent', null],
    ['dynamic({"a": 1}).a.b.c', null],
    ['parse_json("no json")', 'no json'],
    ['parse_json("")', null],
    ['tostring(dynamic({"a":[1,null]}))', '{"a":[1,null]}'],
    ['tostring(dynamic({"a": 1}).absent)', ''],
    ['dynamic({"a": "x"}).a == "x"', true],
    ['dynamic({"a": 1}).a == "1"', false],
    ['array_length(dynamic([1, 2]))', 2],
    ['array_length(parse_json("{}"))', null],
    ['bag_pack("a", 1, "b", "x")', { a: 1, b: 'x' }],
    ['bag_keys(dynamic({"a": 1, "b": 2}))', ['a', 'b']],
    ['pack_array(1, "x")', [1, 'x']],
    ['set_difference(dynamic([1, 2, 2]), dynamic([1]))', [2]],
    ['set_union(dynamic([1, 2]), dynamic([2, 3]))', [1, 2, 3]],
    ['set_intersect(dynamic([1, 2]), dynamic([2, 3]))', [2]],
    ['set_has_element(dynamic(["a"]), "a")', true],
    ['array_concat(dynamic([1]), dynamic([2]))', [1, 2]],
    ['gettype(dynamic([1]))', 'array'],
    ['toint(dynamic({"n": "7"}).n)', 7],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });
});

describe('addresses and places', () => {
  test.each([
    ['ipv4_is_private("10.1.2.3")', true],
    ['ipv4_is_private("172.31.255.255")', true],
    ['ipv4_is_private("172.32.0.0")', false],
    ['ipv4_is_private("127.0.0.1")', false],
    ['ipv4_is_private("100.64.0.1")', false],
    ['ipv4_is_private("x")', null],
    ['ipv4_is_in_range("20.1.2.3", "20.0.0.0/8")', true],
    ['ipv4_is_in_range("21.1.2.3", "20.0.0.0/8")', false],
    ['ipv4_is_in_range("20.1.2.300", "20.0.0.0/8")', null],
    ['ipv4_is_in_any_range("20.1.2.3", "10.0.0.0/8", "20.1.2.0/24")', true],
    ['ipv4_is_in_any_range("20.1.2.3", dynamic(["10.0.0.0/8", "20.1.2.0/24"]))', true],
    ['ipv4_is_in_any_range("20.1.3.3", dynamic(["10.0.0.0/8", "20.1.2.0/24"]))', false],
    ['ipv4_is_in_any_range("::1", dynamic(["10.0.0.0/8"]))', null],
    ['tostring(geo_info_from_ip_address("8.8.8.8").country)', 'United States'],
    ['tostring(geo_info_from_ip_address("2001:4860:4860::8888").country)', 'United States'],
    // The data has neither: nothing is made up.
    ['tostring(geo_info_from_ip_address("8.8.8.8").city)', ''],
    ['todouble(geo_info_from_ip_address("8.8.8.8").latitude)', null],
    ['tostring(geo_info_from_ip_address("10.0.0.4"))', '{}'],
    ['tostring(geo_info_from_ip_address("8.8.8.8:443"))', '{}'],
    ['tostring(geo_info_from_ip_address(""))', '{}'],
    // Berlin to Paris, longitude first.
    ['round(geo_distance_2points(13.405, 52.52, 2.3522, 48.8566) / 1000)', 877],
    ['geo_distance_2points(real(null), 0.0, 0.0, 0.0)', null],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toBe(expected);
  });
});

test('a column that may not exist has a default', () => {
  const rows = 'datatable(a: string)["x"]';
  expect(valuesOf(`${rows} | project column_ifexists("a", "none")`)).toEqual(['x']);
  expect(valuesOf(`${rows} | project column_ifexists("b", "none")`)).toEqual(['none']);
});

describe('neighbouring rows', () => {
  const rows = 'datatable(n: long)[3, 1, 2] | sort by n asc';
  test('are seen in the order of the rows', () => {
    expect(rowsOf(`${rows} | extend before = prev(n), after = next(n), number = row_number()`)).toEqual([
      { n: 1, before: null, after: 2, number: 1 },
      { n: 2, before: 1, after: 3, number: 2 },
      { n: 3, before: 2, after: null, number: 3 },
    ]);
  });
  test('may be further away, and have a default', () => {
    expect(valuesOf(`${rows} | project prev(n, 2, 0)`)).toEqual([0, 0, 1]);
  });
});

describe('what the sandbox does not have is an error that names it', () => {
  test.each([
    ['a function', 'print hash_sha256("x")', 'no function hash_sha256()'],
    ['an aggregate', 'datatable(n: long)[1] | summarize stdev(n)', 'no function stdev()'],
    ['an operator', 'datatable(s: string)["x"] | parse s with "a" b', 'no operator ParseOperator'],
    ['a statement', 'declare query_parameters(a: long = 1); print a', 'does not run the statement'],
    ['a date format', 'print format_datetime(now(), "yyyy gg")', 'does not format gg'],
    ['a regular expression', 'print "x" matches regex @"\\Ax"', 'does not translate the regular expression'],
    ['an unnamed column', 'datatable(n: long)[1] | extend n + 1', 'wants a name for n + 1'],
  ])('%s', (_, query, message) => {
    expect(() => rowsOf(query)).toThrow(message);
  });

  test('a comparison of text with a number, which the parser lets pass', () => {
    expect(() => rowsOf('SigninLogs | where ResultType == 0')).toThrow('compares string with long');
    expect(() => rowsOf('SQLSecurityAuditEvents | where Succeeded == "false"')).toThrow('compares bool with string');
  });
});
