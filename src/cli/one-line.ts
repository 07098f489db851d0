import { multiLine } from '../alerts/safe-text';

/** An error may quote an answer of any length, and names with it. */
const LONGEST = 600;

/** What somebody else says, in one line of a terminal that it cannot steer. */
export function oneLine(text: string): string {
  return multiLine(text, LONGEST).replace(/\s+/g, ' ');
}

/** What was thrown may be anything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
