import fc from 'fast-check';
import { kqlLiteral, withParameters, type KqlParameter } from '../../src/inventory/azure/kql-literal';
import { valueOf } from '../sandbox/kql/query';

describe('a literal', () => {
  test.each<[KqlParameter, string]>([
    ['plain', '"plain"'],
    ['a "quote" and a \\', '"a \\"quote\\" and a \\\\"'],
    ['x"; drop', '"x\\"; drop"'],
    ['two\nlines', '"two\\nlines"'],
    ['ä\u2028😀', '"\\u00e4\\u2028\\ud83d\\ude00"'],
    [3, '3'],
    [true, 'true'],
    [new Date('2026-03-01T02:00:00Z'), 'datetime(2026-03-01T02:00:00.000Z)'],
    [['a', 'b"'], 'dynamic(["a", "b\\""])'],
    [[], 'dynamic([])'],
  ])('of %j is %s', (value, literal) => {
    expect(kqlLiteral(value)).toBe(literal);
  });

  test('stands for exactly the text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(valueOf(kqlLiteral(text))).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  test('stands for exactly the list', () => {
    const texts = ['a', 'b"c', "d'e", '\\', '|', '//', '\u2028'];
    expect(valueOf(kqlLiteral(texts))).toEqual(texts);
    expect(valueOf(kqlLiteral(new Date('2026-03-01T02:00:00.123Z')))).toEqual(new Date('2026-03-01T02:00:00.123Z'));
  });
});

describe('parameters', () => {
  const query = 'let Most = 10;\nlet Names = dynamic(["x"]);\nT | where Name in (Names) | take Most';
  test('take the place of what the query declares', () => {
    expect(withParameters(query, { Most: 5, Names: ['a; let b = 1', '$&'] })).toBe(
      'let Most = 5;\nlet Names = dynamic(["a; let b = 1", "$&"]);\nT | where Name in (Names) | take Most',
    );
  });
  test('that the query does not declare are an error', () => {
    expect(() => withParameters(query, { Least: 1 })).toThrow('declares no Least');
  });
});
