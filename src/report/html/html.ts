/** HTML as a tagged template: whatever is interpolated is text, unless this template made it. */

/** Markup that is safe as it stands. Only {@link html} and its likes make it, so that no text of a tenant can pass for it. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What a template takes; nothing is shown of `false`, `null` and `undefined`, so that `condition && html` does as it reads. */
export type Fragment = Html | string | number | false | null | undefined | readonly Fragment[];

/** Interpolate between tags and inside quoted attributes only: never as a name, unquoted, or in a script or style. */
export function html(literals: TemplateStringsArray, ...fragments: readonly Fragment[]): Html {
  return new Html(String.raw({ raw: literals }, ...fragments.map(markupOf)));
}

function markupOf(fragment: Fragment): string {
  if (fragment instanceof Html) {
    return fragment.markup;
  }
  if (fragment === false || fragment === null || fragment === undefined) {
    return '';
  }
  return typeof fragment === 'object' ? fragment.map(markupOf).join('') : escapeText(String(fragment));
}

/**
 * Safe between tags and inside quoted attributes. Characters that act instead of being shown (controls, direction
 * overrides, what is invisible) are spelt out, as `[U+202E]`: whoever looks into a problem has to see that they are there.
 */
export function escapeText(text: string): string {
  return text
    .replace(
      ACTING,
      (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** All but line breaks, tabs, and the two joiners that Persian, Indian scripts and emoji are written with. */
const ACTING = /(?![\t\n\r\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** An address that may be linked to: https without a name or password in it, or relative to the page; else `undefined`. */
export function safeAddress(address: string | undefined): string | undefined {
  if (address === undefined) {
    return undefined;
  }
  if (URL.canParse(address)) {
    const { protocol, username, password, href } = new URL(address);
    return protocol === 'https:' && username === '' && password === '' ? href : undefined;
  }
  // `//host` and `\\host` are other hosts; a colon before the first slash may be a scheme.
  return /^(?:[?#]|\.{0,2}\/(?![/\\])|[\w-]+(?:[/?#.]|$))[^\s\\]*$/.test(address) ? address : undefined;
}

/** A link, or the text alone where the address is none that may be linked to. */
export function link(address: string | undefined, text: Fragment, className = ''): Html {
  const safe = safeAddress(address);
  if (safe === undefined) {
    return html`${text}`;
  }
  const isElsewhere = safe.startsWith('https:');
  return html`<a href="${safe}"${className !== '' && html` class="${className}"`}${isElsewhere && html` rel="noreferrer noopener"`}>${text}</a>`;
}
