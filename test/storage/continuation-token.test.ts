import fc from 'fast-check';
import { fromContinuationToken, toContinuationToken } from '../../src/storage/continuation-token';
import { InvalidContinuationTokenError } from '../../src/storage/errors';
import { runIdOf } from './stored-things';

const runId = runIdOf(1);
const counts = [3, 1, 5];
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

describe('a continuation token', () => {
  it('brings back its position', () => {
    for (const [chunk, count] of counts.entries()) {
      for (let offset = 0; offset < count; offset++) {
        expect(fromContinuationToken(toContinuationToken(runId, { chunk, offset }), runId, counts)).toEqual({
          chunk,
          offset,
        });
      }
    }
  });

  it('can stand in a URL as it is', () => {
    expect(toContinuationToken(runId, { chunk: 62, offset: 999 })).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['of another report', toContinuationToken(runIdOf(2), { chunk: 0, offset: 0 })],
    ['beyond the chunks', toContinuationToken(runId, { chunk: 3, offset: 0 })],
    ['beyond the findings of a chunk', toContinuationToken(runId, { chunk: 1, offset: 1 })],
    ['with a negative position', toContinuationToken(runId, { chunk: 0, offset: -1 })],
    ['with a negative chunk', toContinuationToken(runId, { chunk: -1, offset: 0 })],
    ['with a broken position', toContinuationToken(runId, { chunk: 0, offset: 0.5 })],
    ['with another spelling of a number', base64url(`${runId} 0x1 0`)],
    ['with something behind', base64url(`${runId} 0 0 0`)],
    ['padded', `${toContinuationToken(runId, { chunk: 0, offset: 0 })}==`],
    ['without numbers', base64url(runId)],
    ['empty', ''],
    ['of a prototype’s property', base64url(`${runId} length 0`)],
  ])('%s is refused', (_, token) => {
    expect(() => fromContinuationToken(token, runId, counts)).toThrow(InvalidContinuationTokenError);
  });

  it('that is any text at all is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => fromContinuationToken(text, runId, counts)).toThrow(InvalidContinuationTokenError);
        expect(() => fromContinuationToken(base64url(text), runId, counts)).toThrow(InvalidContinuationTokenError);
      }),
    );
  });
});
