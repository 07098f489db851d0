import {
  command,
  counted,
  day,
  daysBetween,
  daysInMs,
  evidenceList,
  quoted,
  quotedList,
  steps,
} from '../../src/audit/wording';
import { DAY, inDays, NOW } from '../fixtures/facts';

test('dates are days in UTC', () => {
  expect(day(new Date('2026-11-28T23:59:59.999Z'))).toBe('2026-11-28');
});

test.each([
  [1, 0, 1],
  [1, -1, 0],
  [0, 0, 0],
  [0, -1, -1],
  [-1, 0, -1],
  [-1, -1, -2],
])('from now to %d days and %d ms on there are %d whole days', (days, ms, whole) => {
  expect(daysBetween(NOW, inDays(days, ms))).toBe(whole);
});

test('days are counted in milliseconds', () => {
  expect(daysInMs(1.5)).toBe(1.5 * DAY);
});

test('nouns agree with their number', () => {
  expect(['0', '1', '2'].map((n) => counted(Number(n), 'workspace'))).toEqual([
    '0 workspaces',
    '1 workspace',
    '2 workspaces',
  ]);
});

test('names are quoted, and a sentence names three at most', () => {
  expect(quoted('a')).toBe('“a”');
  expect(quotedList(['a', 'b', 'c'])).toBe('“a”, “b”, “c”');
  expect(quotedList(['a', 'b', 'c', 'd', 'e'])).toBe('“a”, “b”, “c” and 2 more');
});

test('lists in evidence have distinct entries and stop at twenty', () => {
  const entries = (count: number): string[] => Array.from({ length: count }, (_, i) => `w${i}`);
  expect(evidenceList(['a', 'b', 'a'])).toEqual(['a', 'b']);
  expect(evidenceList(entries(20))).toEqual(entries(20));
  expect(evidenceList(entries(22))).toEqual([...entries(20), 'and 2 more']);
});

test('steps stand on lines of their own', () => {
  expect(steps('First:', 'az x')).toBe('First:\naz x');
});

test.each([
  ['/a/b.c-d_e', 'az x --y /a/b.c-d_e --z'],
  ['Synapse User', 'az x --y "Synapse User" --z'],
  ['/resourcegroups/rg(1)?a=b', 'az x --y "/resourcegroups/rg(1)?a=b" --z'],
  ['{"a":1}', `az x --y '{"a":1}' --z`],
  ['$(reboot)', `az x --y '$(reboot)' --z`],
  ["a'b", `az x --y 'a'\\''b' --z`],
  ['a\nb', `az x --y 'a\nb' --z`],
  ['', `az x --y '' --z`],
])('what is put into a command is quoted where a shell would misread it: %j', (word, line) => {
  expect(command`az x --y ${word} --z`).toBe(line);
});
