import fc from 'fast-check';
import { formatOf } from '../../src/http/negotiate';
import { BadRequestError } from '../../src/http/problem';
import { FORMATS } from '../../src/report/formats';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

describe('formatOf', () => {
  it.each([
    ['no header', null, 'json'],
    ['an empty header', ' ', 'json'],
    ['anything', '*/*', 'json'],
    ['a browser', BROWSER, 'html'],
    ['the more wanted of two', 'text/csv;q=0.5, application/sarif+json', 'sarif'],
    ['any text', 'text/*', 'html'],
    ['what is unknown, and anything else', 'image/png, */*;q=0.1', 'json'],
  ])('%s', (_, accept, format) => {
    expect(formatOf(undefined, accept)).toBe(format);
  });

  it('goes by the parameter, whatever the header says', () => {
    expect(formatOf('csv', BROWSER)).toBe('csv');
  });

  it.each(['image/png', ';;;', 'text/html;q=0'])('refuses %s and says what there is', (accept) => {
    let thrown: unknown;
    try {
      formatOf(undefined, accept);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(BadRequestError);
    expect(thrown).toMatchObject({ parameter: 'Accept', allowed: expect.arrayContaining(['text/csv']) });
  });

  it('is a format or a refusal, whatever the header', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z*]+\/[a-z*+]+(;q=[0-9.]+)?(,.*)?$/)), (accept) => {
        try {
          expect(FORMATS).toContain(formatOf(undefined, accept));
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequestError);
        }
      }),
    );
  });
});
