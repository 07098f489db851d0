import type * as z from 'zod';
import { BadRequestError } from './problem';

/**
 * Reads a query string as its schema says. A list is written with commas; a key that is repeated is joined with them, as
 * the host does it. Empty members of a list ask for nothing.
 * @param schema an object of lists and single values; errors other than of enumerations say in their message what is allowed
 * @throws BadRequestError naming the first parameter that is unknown or wrong, and what is allowed
 */
export function parseQuery<S extends z.ZodObject>(schema: S, query: URLSearchParams): z.output<S> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const names = Object.keys(shape);
  const given: Record<string, string | readonly string[]> = {};
  for (const name of query.keys()) {
    if (!Object.hasOwn(shape, name)) {
      throw notAllowed('query', name, names);
    }
    const text = query.getAll(name).join(',');
    given[name] = isList(shape[name]) ? text.split(',').filter((member) => member !== '') : text;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const [name = '', index] = issue?.path ?? [];
  const value = given[String(name)];
  const wrong = String(typeof value === 'string' ? value : value?.[Number(index)]);
  const allowed = issue?.code === 'invalid_value' ? issue.values.map(String) : issue?.message;
  throw notAllowed(String(name), wrong, allowed ?? '');
}

/** @param allowed the values, or in words what they must be */
export function notAllowed(parameter: string, value: string, allowed: readonly string[] | string): BadRequestError {
  const kind = parameter === 'query' ? 'query parameter' : parameter;
  const [words, values] = typeof allowed === 'string' ? [allowed, undefined] : [allowed.join(', '), allowed];
  return new BadRequestError(
    parameter,
    `${JSON.stringify(value.slice(0, 100))} is not a valid ${kind}; allowed: ${words}.`,
    values,
  );
}

function isList(schema: z.core.$ZodType | undefined): boolean {
  const definition = schema?._zod.def as (z.core.$ZodTypeDef & { readonly innerType?: z.core.$ZodType }) | undefined;
  return definition?.type === 'array' || (definition?.innerType !== undefined && isList(definition.innerType));
}
