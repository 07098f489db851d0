/** An entity tag, or nothing, between commas: RFC 9110, sections 5.6.1 and 8.8.3. The quoted part may hold commas. */
const MEMBER = /[ \t]*(?:(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|$)/y;

/**
 * `true` where a caller has this representation already (RFC 9110, section 13.1.2): tags are compared weakly, and `*` is any.
 * A header that is none counts as absent.
 * @param etag strong
 */
export function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) {
    return false;
  }
  if (ifNoneMatch.trim() === '*') {
    return true;
  }
  const tags = new Set<string | undefined>();
  for (MEMBER.lastIndex = 0; MEMBER.lastIndex < ifNoneMatch.length;) {
    const member = MEMBER.exec(ifNoneMatch);
    if (member === null) {
      return false;
    }
    tags.add(member[1]);
  }
  return tags.has(etag);
}
