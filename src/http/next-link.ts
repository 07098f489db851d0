/**
 * Where the next page is, as a header: RFC 8288. It asks for the same, by path alone, as an app may be known by several
 * names; a function key stays out of it, as links are logged and passed on.
 * @param pin parameters that say outright what the request left to the time of asking
 */
export function nextLink(
  path: string,
  query: URLSearchParams,
  continuationToken: string | undefined,
  pin: Readonly<Record<string, string>> = {},
): { readonly link?: string } {
  if (continuationToken === undefined) {
    return {};
  }
  const next = new URLSearchParams(query);
  next.delete('code');
  for (const [name, value] of Object.entries({ ...pin, continuationToken })) {
    next.set(name, value);
  }
  return { link: `<${path}?${next.toString()}>; rel="next"` };
}
