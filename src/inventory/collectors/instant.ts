import * as z from 'zod';

/** A point in time as Graph writes it, or nothing; anything else is an answer that can't be trusted. */
export const instant = z
  .string()
  .nullish()
  .transform((text, context) => {
    if (text === null || text === undefined) {
      return null;
    }
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) {
      context.addIssue({ code: 'custom', message: `expected a date, found ${JSON.stringify(text)}` });
      return z.NEVER;
    }
    return date;
  });

/** One that must be there. */
export const requiredInstant = instant.transform((date, context) => {
  if (date === null) {
    context.addIssue({ code: 'custom', message: 'expected a date, found none' });
    return z.NEVER;
  }
  return date;
});
