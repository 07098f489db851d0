import type { Paint } from '../../src/report/text';
import { createProgress } from '../../src/cli/progress';

const plain: Paint = (_, text) => text;
const line = {
  source: 'applications',
  count: 12,
  scopes: 1,
  notCollected: 0,
  requests: 2,
  retries: 0,
  milliseconds: 340,
};

function told(change: Partial<typeof line>, paint = plain): readonly string[] {
  const lines: string[] = [];
  createProgress((text) => lines.push(text), paint).info('source collected', { ...line, ...change });
  return lines;
}

it.each([
  ['read', {}, '✓ Applications with their credentials and owners: 12 340 ms'],
  [
    'not read',
    { notCollected: 1, count: 0 },
    '✗ Applications with their credentials and owners: 1 of 1 part not read 340 ms',
  ],
  [
    'read in part',
    { source: 'pipelines', notCollected: 2, scopes: 3 },
    '✗ Pipelines and what they use: 2 of 3 parts not read 340 ms',
  ],
  // No tick: what would say where to look may be what could not be read.
  ['read nowhere', { scopes: 0, count: 0 }, '- Applications with their credentials and owners: nowhere to read it'],
])('a source that was %s is one line', (_, change, expected) => {
  expect(told(change)).toEqual([expected]);
});

it('is coloured where the terminal is', () => {
  expect(told({}, (colour, text) => `<${colour}>${text}</>`)).toEqual([
    '<green>✓</> Applications with their credentials and owners: 12 <dim>340 ms</>',
  ]);
});
