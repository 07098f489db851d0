/** Route templates of HTTP functions, as far as ASP.NET's routing and this app meet. */
export type Route = readonly Segment[];

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly optional: boolean };

/**
 * Reads a template such as `report/{runId?}`.
 * @throws Error for constraints, defaults and catch-alls, which the local host does not know.
 */
export function parseRoute(template: string): Route {
  return segmentsOf(template).map((text): Segment => {
    if (!/[{}]/.test(text)) {
      return { kind: 'literal', text: text.toLowerCase() };
    }
    const [, name, optional] = /^\{(\w+)(\?)?\}$/.exec(text) ?? [];
    if (name === undefined) {
      throw new Error(`The local host does not understand "${text}" of the route "${template}".`);
    }
    return { kind: 'parameter', name, optional: optional !== undefined };
  });
}

/**
 * The parameters of a path that the route fits, decoded; letter case of literals does not matter.
 * @param path begins with a slash, still encoded.
 * @throws URIError where the path is not properly encoded.
 */
export function matchRoute(route: Route, path: string): Readonly<Record<string, string>> | undefined {
  const parts = segmentsOf(path).map((part) => decodeURIComponent(part));
  if (parts.length > route.length) {
    return undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [index, segment] of route.entries()) {
    const part = parts[index];
    if (segment.kind === 'literal' ? part?.toLowerCase() !== segment.text : part === '') {
      return undefined;
    }
    if (segment.kind === 'parameter') {
      if (part !== undefined) {
        parameters[segment.name] = part;
      } else if (!segment.optional) {
        return undefined;
      }
    }
  }
  return parameters;
}

/** Sorts the routes that are tried first to the front: a literal goes before a parameter. */
export function compareRoutes(a: Route, b: Route): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = rank(a[index]) - rank(b[index]);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

function rank(segment: Segment | undefined): number {
  return segment === undefined ? 0 : segment.kind === 'literal' ? 1 : segment.optional ? 3 : 2;
}

function segmentsOf(path: string): readonly string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}
