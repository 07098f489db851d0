import * as z from 'zod';
import { BadRequestError } from './problem';

const FIELDS = ['text', 'runId', 'workspace'] as const;

export const diagnoseBody = z.strictObject(
  {
    text: z.string('the text of an error').optional(),
    runId: z
      .string('the id of a run')
      .trim()
      .regex(/^[\w-]{1,100}$/, 'the id of a run, as Synapse Studio shows it')
      .optional(),
    workspace: z
      .string('the name of a workspace')
      .trim()
      .regex(/^[a-z0-9-]{1,50}$/i, 'the name of a workspace: letters, digits and hyphens')
      .optional(),
  },
  'an object with text or runId',
);

/** What is asked for, in one of two ways. */
export type DiagnoseRequest = { readonly workspace: string | null } & (
  { readonly text: string } | { readonly runId: string }
);

/** @throws BadRequestError naming the field and what it takes */
export function parseDiagnose(body: unknown): DiagnoseRequest {
  const parsed = diagnoseBody.safeParse(body);
  if (!parsed.success) {
    throw badRequestOf(parsed.error.issues[0]);
  }
  const { text, runId, workspace = null } = parsed.data;
  if ((text === undefined) === (runId === undefined)) {
    throw expected('text', 'either text, the text of an error, or runId, the id of a run that failed', [
      'text',
      'runId',
    ]);
  }
  if (runId !== undefined) {
    return { runId, workspace };
  }
  if (text === undefined || text.trim() === '') {
    throw expected('text', 'the text of an error, not an empty one');
  }
  return { text, workspace };
}

function badRequestOf(issue: z.core.$ZodIssue | undefined): BadRequestError {
  if (issue?.code === 'unrecognized_keys') {
    return expected(issue.keys.join('.'), `no other fields than ${FIELDS.join(', ')}`, FIELDS);
  }
  return expected(issue?.path.map(String).join('.') || 'body', issue?.message ?? 'something else');
}

function expected(parameter: string, what: string, allowed?: readonly string[]): BadRequestError {
  const name = parameter.slice(0, 100);
  return new BadRequestError(name, `${JSON.stringify(name)}: expected ${what}.`, allowed);
}
