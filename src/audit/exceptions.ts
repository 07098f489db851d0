/** Which exception holds of a finding, and which ones have ended. */
import type { Exception } from './exception';
import type { Finding } from './finding';

/** The exception that silences a finding now; of several the one that holds longest. */
export function exceptionFor(
  finding: Pick<Finding, 'fingerprint' | 'checkId' | 'subject'>,
  exceptions: readonly Exception[],
  now: Date,
): Exception | undefined {
  return exceptions
    .filter(({ until, match }) => Date.parse(until) > now.getTime() && isMeant(finding, match))
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

function isMeant(
  { fingerprint, checkId, subject }: Pick<Finding, 'fingerprint' | 'checkId' | 'subject'>,
  match: Exception['match'],
): boolean {
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
