import fc from 'fast-check';
import { escapeText, html, link, safeAddress } from '../../../src/report/html/html';

const shown = (text: string) => html`<p title="${text}">${text}</p>`.markup;

it('text is text', () => {
  expect(shown('<b>"x"</b> & \'y\' `z`')).toBe(
    '<p title="&#60;b&#62;&#34;x&#34;&#60;/b&#62; &#38; &#39;y&#39; &#96;z&#96;">&#60;b&#62;&#34;x&#34;&#60;/b&#62; &#38; &#39;y&#39; &#96;z&#96;</p>',
  );
});

it('markup of the template stands as it is, also in lists', () => {
  expect(html`<p>${['a', '<'].map((item) => html`<b>${item}</b>`)}</p>`.markup).toBe('<p><b>a</b><b>&#60;</b></p>');
});

it.each<[false | null | undefined]>([[false], [null], [undefined]])('nothing is shown of %s', (nothing) => {
  expect(html`a${nothing}b`.markup).toBe('ab');
});

it('zero is shown', () => {
  expect(html`${0}`.markup).toBe('0');
});

it('an object of foreign make that looks like markup is refused as a type, and is no markup when forced', () => {
  const forged = { markup: '<script>' } as unknown as string;
  expect(() => html`${forged}`.markup).toThrow(TypeError);
});

it.each([
  ['\u202Eexe.txt', '[U+202E]exe.txt'],
  ['a\u0000b', 'a[U+0000]b'],
  ['a\u001Bb', 'a[U+001B]b'],
  ['zero\u200Bwidth', 'zero[U+200B]width'],
  ['half\uD800', 'half[U+D800]'],
  ['line\u2028end', 'line[U+2028]end'],
  ['tag\u{E0041}', 'tag[U+E0041]'],
])('%j is spelt out', (text, spelt) => {
  expect(escapeText(text)).toBe(spelt);
});

it.each(['می‌خواهم', '👩‍💻', 'Zoë', 'a\tb\nc'])('%j stays as it is', (text) => {
  expect(escapeText(text)).toBe(text);
});

it('whatever it is, no text ends what it stands in', () => {
  const acts = /[<>"'`\u202A-\u202E\u2066-\u2069]/;
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !acts.test(escapeText(text))));
});

it.each([
  'https://portal.azure.com/#view/x',
  '?status=fail',
  '#f-1',
  'report/x?y=1',
  '../reports',
  'openapi.json',
  '/api/report',
])('%s may be linked to', (address) => {
  expect(safeAddress(address)).toBe(address);
});

it.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'http://example.com/',
  'https://user:word@example.com/',
  '//example.com',
  '/\\example.com',
  '\\\\example.com',
  'vbscript:x',
  '',
])('%j may not', (address) => {
  expect(safeAddress(address)).toBeUndefined();
  expect(link(address, 'text').markup).toBe('text');
});

it('what a link leads to elsewhere learns nothing of where it stood', () => {
  expect(link('https://example.com', 'x').markup).toBe(
    '<a href="https://example.com/" rel="noreferrer noopener">x</a>',
  );
  expect(link('?a=b', 'x', 'c').markup).toBe('<a href="?a=b" class="c">x</a>');
});
