/** How findings are worded: the same quoting, dates, lists and commands in every message. */

const DAY_MS = 86_400_000;

/** Lists in evidence stop here; the last entry then says how many more there are. */
const EVIDENCE_ENTRIES = 20;

const NONE: readonly string[] = [];

/** Names in a sentence stop here. */
const NAMES_IN_SENTENCE = 3;

/** `“Nightly loader”` */
export function quoted(name: string): string {
  return `“${name}”`;
}

/** `2026-11-28` (UTC) */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Milliseconds of a number of days. */
export function daysInMs(days: number): number {
  return days * DAY_MS;
}

/** Whole days from one moment to another, rounded down: negative as soon as `to` is passed. */
export function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS);
}

/** `1 workspace`, `2 workspaces` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `“a”, “b”, “c” and 4 more` */
export function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_IN_SENTENCE).map(quoted).join(', ');
  const more = names.length - NAMES_IN_SENTENCE;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Cuts between characters, never through one. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const cut = text.slice(0, Math.max(0, limit - 3));
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}...`;
}

/** One after the other; empty ones are left out. */
export function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** Distinct entries for evidence, at most {@link EVIDENCE_ENTRIES} of them. */
export function evidenceList(entries: readonly string[]): readonly string[] {
  if (entries.length < 2) {
    // One for all that are empty: most lists of the many findings are.
    return entries.length === 0 ? NONE : entries;
  }
  const distinct = [...new Set(entries)];
  const more = distinct.length - EVIDENCE_ENTRIES;
  return more > 0 ? [...distinct.slice(0, EVIDENCE_ENTRIES), `and ${more} more`] : distinct;
}

/** Steps of a remediation, one a line, so that a command can be copied whole. */
export function steps(...lines: readonly string[]): string {
  return lines.join('\n');
}

/**
 * A command line, as a tagged template: what is interpolated is one word for the shell, quoted where it must be: in double
 * quotes, which every shell knows, where the text is harmless in them, else in single quotes for a POSIX shell. Interpolate
 * ids and provider-validated names only, never display names.
 */
export function command(text: TemplateStringsArray, ...words: readonly string[]): string {
  return String.raw({ raw: text }, ...words.map(shellWord));
}

function shellWord(word: string): string {
  if (/^[\w./:@=,-]+$/.test(word)) {
    return word;
  }
  return /^[\w./:@=,()? -]+$/.test(word) ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
