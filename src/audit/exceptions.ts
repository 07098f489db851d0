/** Which exception holds of a finding, and which ones have ended. */
import { isOpen } from './compare';
import type { Exception } from './exception';
import type { Finding } from './finding';

/** What an exception is made for. */
export type Exceptable = Pick<Finding, 'fingerprint' | 'checkId' | 'subject'>;

/** A finding as the report shows it: with the exception that holds of it at the time of asking. */
export interface ShownFinding extends Finding {
  readonly exception?: Pick<Exception, 'id' | 'reason' | 'author' | 'until'>;
}

export function isActive({ until }: Exception, now: Date): boolean {
  return Date.parse(until) > now.getTime();
}

/** The finding with the exception that silences it, where it is one that alerts are about and there is one. */
export function showException(finding: Finding, exceptions: readonly Exception[], now: Date): ShownFinding {
  const exception = isOpen(finding) ? exceptionFor(finding, exceptions, now) : undefined;
  if (exception === undefined) {
    return finding;
  }
  const { id, reason, author, until } = exception;
  return { ...finding, exception: { id, reason, author, until } };
}

/** The exception that silences a finding now; of several the one that holds longest. */
export function exceptionFor(finding: Exceptable, exceptions: readonly Exception[], now: Date): Exception | undefined {
  return exceptions
    .filter((exception) => isActive(exception, now) && isMeant(finding, exception.match))
    .reduce<Exception | undefined>(
      (longest, one) => (longest && longest.until >= one.until ? longest : one),
      undefined,
    );
}

/** Exceptions that ended after `from` (`null`: ever) and not after `to`. */
export function endedBetween(exceptions: readonly Exception[], from: Date | null, to: Date): readonly Exception[] {
  return exceptions.filter(({ until }) => {
    const end = Date.parse(until);
    return end <= to.getTime() && (from === null || end > from.getTime());
  });
}

/** `true` where everything that is given holds of the finding. */
export function isMeant({ fingerprint, checkId, subject }: Exceptable, match: Exception['match']): boolean {
  return (
    Object.keys(match).length > 0 &&
    (match.fingerprint === undefined || match.fingerprint === fingerprint) &&
    (match.checkId === undefined || match.checkId === checkId) &&
    (match.subject === undefined || hasForm(subject.name, match.subject))
  );
}

/** `*` stands for any characters. Looked for part by part, as a regular expression of many `*` could take forever. */
function hasForm(name: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.toLowerCase().split('*');
  const text = name.toLowerCase();
  const last = others.pop();
  if (last === undefined) {
    return text === first;
  }
  let position = first.length;
  for (const part of others) {
    const found = text.indexOf(part, position);
    if (found < 0) {
      return false;
    }
    position = found + part.length;
  }
  return text.startsWith(first) && text.length - last.length >= position && text.endsWith(last);
}
