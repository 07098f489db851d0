import { HttpRequest } from '@azure/functions';
import { formatOf } from '../../src/http/negotiate';
import { BadRequestError } from '../../src/http/problem';

const asked = (headers: Record<string, string>, query: Record<string, string> = {}) =>
  formatOf(new HttpRequest({ method: 'GET', url: 'https://audit.example/api/report', headers, query }));

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

describe('formatOf', () => {
  it.each<[string, Record<string, string>, string]>([
    ['no header', {}, 'json'],
    ['an empty header', { accept: ' ' }, 'json'],
    ['anything', { accept: '*/*' }, 'json'],
    ['a browser', { accept: BROWSER }, 'html'],
    ['the more wanted of two', { accept: 'text/csv;q=0.5, application/sarif+json' }, 'sarif'],
    ['any text', { accept: 'text/*' }, 'html'],
    ['what is unknown, and anything else', { accept: 'image/png, */*;q=0.1' }, 'json'],
  ])('%s', (_, headers, format) => {
    expect(asked(headers)).toBe(format);
  });

  it('goes by the parameter, whatever the header says', () => {
    expect(asked({ accept: BROWSER }, { format: 'csv' })).toBe('csv');
  });

  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['format', {}, { format: 'xml' }, 'csv'],
    ['Accept', { accept: 'image/png' }, {}, 'text/csv'],
    ['Accept', { accept: ';;;' }, {}, 'text/csv'],
  ])('refuses an unknown %s and says what there is', (parameter, headers, query, allowed) => {
    let thrown: unknown;
    try {
      asked(headers, query);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(BadRequestError);
    expect(thrown).toMatchObject({ parameter, allowed: expect.arrayContaining([allowed]) });
  });
});
