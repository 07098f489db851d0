/** Answers are described beside the types that they are made by: what is described otherwise does not compile. */
import type * as z from 'zod';

/** Whether one may change does not matter to readers. */
type Plain<T> = T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;

// Each must be generic, though it names its parameter once.
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */
/** The only test that tells `{ a?: string }` from `{}`: neither is more than the other. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/* eslint-enable */

/** `describes<Finding>()(schema)` is the schema, where it describes a finding in every field and nothing else. */
export function describes<T>() {
  return <S extends z.ZodType>(
    schema: Same<Plain<z.output<S>>, Plain<T>> extends true ? S : { readonly 'describes something else than': T },
  ): S => schema as S;
}
