import { withoutLongLists } from '../../../sandbox/kql/long-lists';
import { rowsOf, valuesOf } from './query';

const names = Array.from({ length: 300 }, (_, index) => `name "${index}", \\ or ]`);
const list = (values: readonly string[]) => `dynamic([${values.map((value) => JSON.stringify(value)).join(', ')}])`;

test('a long list is the list that it was', () => {
  expect(valuesOf(`let Names = ${list(names)}; print Names`)).toEqual([names]);
});

test('two of them are not mixed up', () => {
  const others = names.map((name) => `not ${name}`);
  const query = `let Names = ${list(names)}; let Others = ${list(others)}; print Others[1], Names[2]`;
  expect(rowsOf(query).map(Object.values)).toEqual([[others[1], names[2]]]);
});

test('one may stand in a union that tables are missing of', () => {
  const query = `let Names = ${list(names)}; union isfuzzy=true Nowhere, (print Name = tostring(Names[7]))`;
  expect(rowsOf(query).map(({ Name }) => Name)).toEqual([names[7]]);
});

test('the query that is parsed holds no long list, and is the same for another one', () => {
  const [first, second] = [names, names.slice(1)].map((each) => withoutLongLists(`print ${list(each)}`).text);
  expect(first?.length).toBeLessThan(100);
  expect(second).toBe(first);
});

test.each([
  ['a short list', list(['one', 'two'])],
  ['a list of numbers', `dynamic([${Array.from({ length: 900 }, (_, index) => index).join(', ')}])`],
  ['what only looks like a list', `strcat(${JSON.stringify(list(names)).slice(0, 3000)}")`],
])('%s stays where it is', (_, text) => {
  expect(withoutLongLists(`print ${text}`)).toEqual({ text: `print ${text}`, lists: [] });
});
