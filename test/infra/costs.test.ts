/** The sums in docs/deployment.md are those of their parts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(__dirname, '../../docs/deployment.md'), 'utf8');
const numberOf = (cell: string) => Number(cell.replace(/[^\d.]/g, ''));
const rowsAfter = (title: string) =>
  (text.split(title)[1] ?? '')
    .split('\n\n')[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('seconds are runs by seconds each, and add up', () => {
  const rows = rowsAfter('Seconds each');
  const functions = rows.filter(([, runs = '', each = '']) => /^\d/.test(runs) && each !== '');
  expect(functions).toHaveLength(5);
  for (const [, runs = '', each = '', seconds = ''] of functions) {
    expect(numberOf(seconds)).toBe(numberOf(runs) * numberOf(each));
  }
  const [, runs = '', , seconds = ''] = rows.find(([name]) => name === 'together')!;
  expect(numberOf(runs)).toBe(functions.reduce((sum, [, each = '']) => sum + numberOf(each), 0));
  expect(numberOf(seconds)).toBe(functions.reduce((sum, [, , , each = '']) => sum + numberOf(each), 0));
});

test('amounts add up', () => {
  const rows = rowsAfter('Arithmetic');
  const amounts = rows.filter(([name = '', , amount = '']) => amount.startsWith('$') && !name.includes('Together'));
  const [, , together = ''] = rows.find(([name = '']) => name.includes('Together'))!;
  expect(amounts.length).toBeGreaterThan(4);
  expect(numberOf(together)).toBeCloseTo(
    amounts.reduce((sum, [, , amount = '']) => sum + numberOf(amount), 0),
    2,
  );
});

test('there are as many alert rules as are paid for', () => {
  const rules = readFileSync(join(__dirname, '../../infra/alert-rules.bicep'), 'utf8').match(/loadTextContent\(/g);
  expect(text).toContain(`${rules?.length} × $0.50`);
});
