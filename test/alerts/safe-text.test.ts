import fc from 'fast-check';
import { clip, escapeHtml, httpsLink, multiLine, portalLink, singleLine } from '../../src/alerts/safe-text';

const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('a text on a single line', () => {
  it.each([
    ['line breaks become blanks', 'a\r\nBcc: x\u2028b\u0085c', 'a Bcc: x b c'],
    ['direction overrides go', 'invoice\u202Efdp.exe \u2066x\u2069\u200F', 'invoicefdp.exe x'],
    ['control characters become blanks', 'a\u0000b\u001B[31mc', 'a b [31mc'],
    ['half characters go, whole ones stay', 'a\uD83Db \u{1F600}', 'ab \u{1F600}'],
    ['letters of any script stay', 'Müller 山田 عربى', 'Müller 山田 عربى'],
    [
      'an address is parted, so that no client makes a link of it',
      'see https://evil.example',
      'see https: //evil.example',
    ],
    ['blanks are joined', '  a \t  b ', 'a b'],
  ])('%s', (_, hostile, shown) => {
    expect(singleLine(hostile, 100)).toBe(shown);
  });

  it('never holds an acting character nor exceeds its limit, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 3, max: 100 }), (text, limit) => {
        const line = singleLine(text, limit);
        expect(line).not.toMatch(ACTING);
        expect(line.length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('a text of several lines', () => {
  it('keeps its lines and addresses and loses the rest', () => {
    expect(multiLine('do:\r\n  az rest --url https://x/y\u202E\n', 100)).toBe('do:\n  az rest --url https://x/y');
  });
});

describe('clipping', () => {
  it('leaves a text that fits', () => {
    expect(clip('1234567890', 10)).toBe('1234567890');
  });

  it('ends what is longer in dots', () => {
    expect(clip('12345678901', 10)).toBe('1234567...');
  });

  it('does not cut through a character', () => {
    expect(clip('123456\u{1F600}8901', 10)).toBe('123456...');
  });
});

describe('a link', () => {
  it.each([
    ['javascript:alert(1)'],
    ['http://portal.azure.com/'],
    ['data:text/html,x'],
    ['https://user:secret@portal.azure.com/'],
    ['/relative'],
    ['https://'],
    [undefined],
  ])('is not made of %s', (address) => {
    expect(httpsLink(address)).toBeUndefined();
    expect(portalLink(address, 'https://portal.azure.com')).toBeUndefined();
  });

  it('leads to the portal only where a portal page is meant', () => {
    expect(portalLink('https://portal.azure.com/#@t/resource/x', 'https://portal.azure.com')).toBe(
      'https://portal.azure.com/#@t/resource/x',
    );
    expect(portalLink('https://portal.azure.com.evil.example/', 'https://portal.azure.com')).toBeUndefined();
  });
});

describe('HTML', () => {
  it('is escaped in text and attributes', () => {
    expect(escapeHtml(`<b a="x" b='y'>&`)).not.toMatch(/[<>"']|&(?!#\d+;)/);
  });
});
