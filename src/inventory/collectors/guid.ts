import * as z from 'zod';

/** An id that Azure compares without case, in the one spelling that everything here compares by. */
export const guid = z.string().transform((text) => text.toLowerCase());
