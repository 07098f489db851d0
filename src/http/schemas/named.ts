import * as z from 'zod';

/** Schemas that stand in `components` of the API's description, by their name there. */
export const NAMED = z.registry<{ readonly id: string }>();

export function named<S extends z.ZodType>(id: string, schema: S): S {
  NAMED.add(schema, { id });
  return schema;
}
