import type * as z from 'zod';

/** Turns an API answer into a checked shape. @throws Error naming the field that is not as documented */
export function parseAnswer<T extends z.ZodType>(schema: T, answer: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `${what} came in an unexpected shape: ${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? 'unknown'}.`,
    );
  }
  return parsed.data;
}
