/**
 * How Kusto finds text in text. `has` looks for whole terms: what stands before and after must be no letter or digit.
 * https://learn.microsoft.com/kusto/query/datatypes-string-operators
 */
import { UnsupportedQueryError } from './values';

type Match = (text: string, sought: string) => boolean;

const isTermCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** `before` and `after`: at which ends the term must stop. */
function findTerm(text: string, sought: string, before: boolean, after: boolean): boolean {
  if (sought === '') return true;
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
    const end = at + sought.length;
    const opens = !before || !isTermCharacter(sought[0]) || !isTermCharacter(text[at - 1]);
    const closes = !after || !isTermCharacter(sought.at(-1)) || !isTermCharacter(text[end]);
    if (opens && closes) return true;
  }
  return false;
}

const CASE_SENSITIVE: Readonly<Record<string, Match>> = {
  '==': (text, sought) => text === sought,
  has: (text, sought) => findTerm(text, sought, true, true),
  hasprefix: (text, sought) => findTerm(text, sought, true, false),
  hassuffix: (text, sought) => findTerm(text, sought, false, true),
  contains: (text, sought) => text.includes(sought),
  startswith: (text, sought) => text.startsWith(sought),
  endswith: (text, sought) => text.endsWith(sought),
};

/** The match behind an operator such as `has_cs` or `!contains`; `undefined` where the operator is none of these. */
export function matcherOf(operator: string): Match | undefined {
  if (operator === '=~' || operator === '!~')
    return negated(operator.startsWith('!'), insensitive(CASE_SENSITIVE['==']));
  if (operator === 'matches regex') return (text, pattern) => toRegExp(pattern).test(text);
  const [, not = '', name = '', sensitive] = /^(!?)([a-z]+?)(_cs)?$/.exec(operator) ?? [];
  const match = name === '' ? undefined : CASE_SENSITIVE[name];
  return match && negated(not === '!', sensitive === undefined ? insensitive(match) : match);
}

/** `has`, as `has_any` and `has_all` use it. */
export const hasTerm: Match = insensitive(CASE_SENSITIVE['has']);

function insensitive(match: Match | undefined): Match {
  if (!match) throw new UnsupportedQueryError('There is no such way to match text.');
  return (text, sought) => match(text.toLowerCase(), sought.toLowerCase());
}

function negated(not: boolean, match: Match): Match {
  return not ? (text, sought) => !match(text, sought) : match;
}

const known = new Map<string, RegExp>();

/** Kusto's expressions are RE2's: what JavaScript spells differently is translated, what it lacks is refused. */
export function toRegExp(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  const found = known.get(key);
  if (found) {
    found.lastIndex = 0;
    return found;
  }
  const [, inline = '', body = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? [];
  if (/\(\?[imsU-]+[):]|\\[AzCQE]|\[\[:/.test(body)) {
    throw new UnsupportedQueryError(`The sandbox does not translate the regular expression ${pattern}.`);
  }
  const unicode = /\\p/i.test(body) ? 'u' : '';
  const made = new RegExp(body.replaceAll('(?P<', '(?<'), [...new Set(flags + inline + unicode)].join(''));
  known.set(key, made);
  return made;
}
