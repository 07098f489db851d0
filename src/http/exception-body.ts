import * as z from 'zod';
import type { Exception } from '../audit/exception';
import { daysInMs } from '../audit/wording';
import { uuidOf } from '../uuid';
import { BadRequestError } from './problem';

const DAYS = [7, 14, 30, 90] as const;
const MAX_CHARACTERS = 500;
const FIELDS = ['match', 'reason', 'author', 'days', 'until'] as const;
const MATCH_FIELDS = ['fingerprint', 'checkId', 'subject'] as const;

const TEXT = `a text of 1 to ${MAX_CHARACTERS} characters`;
const UNTIL = 'a date (2026-12-24) or a time with its zone (2026-12-24T18:00:00Z)';

const text = z.string(TEXT).trim().min(1, TEXT).max(MAX_CHARACTERS, TEXT);

export const exceptionBody = z.strictObject(
  {
    match: z.strictObject(
      {
        fingerprint: z
          .string('the fingerprint of a finding')
          .trim()
          .toLowerCase()
          .regex(/^[0-9a-f]{64}$/, 'the fingerprint of a finding: 64 hexadecimal digits')
          .optional(),
        checkId: text.optional(),
        subject: text.optional(),
      },
      `an object with at least one of ${MATCH_FIELDS.join(', ')}`,
    ),
    reason: text,
    author: text,
    days: z.literal(DAYS, `one of ${DAYS.join(', ')}`).optional(),
    until: z.union([z.iso.date(), z.iso.datetime({ offset: true })], UNTIL).optional(),
  },
  `an object with ${FIELDS.join(', ')}`,
);

export interface ExceptionRequest {
  readonly now: Date;
  /** What `checkId` may name; asked for only where it is given. */
  readonly checkIds: () => Promise<readonly string[]>;
}

/**
 * The exception that a body asks for. Days are whole: one of 7 days, whatever time it is, holds until the midnight (UTC)
 * that comes after 7 days, so that a request that is repeated on the same day asks for the same one.
 * @throws BadRequestError naming the field and what it takes
 */
export async function parseException(body: unknown, { now, checkIds }: ExceptionRequest): Promise<Exception> {
  const parsed = exceptionBody.safeParse(body);
  if (!parsed.success) {
    throw badRequestOf(parsed.error.issues[0]);
  }
  const { match, reason, author, days, until: end } = parsed.data;
  const { fingerprint, checkId, subject } = match;
  if (fingerprint === undefined && checkId === undefined && subject === undefined) {
    throw expected('match', `at least one of ${MATCH_FIELDS.join(', ')}`, MATCH_FIELDS);
  }
  if (fingerprint === undefined && checkId === undefined && /^\**$/.test(subject ?? '')) {
    throw expected('match.subject', 'more than asterisks where it stands alone, as it would silence everything');
  }
  if (checkId !== undefined) {
    const known = await checkIds();
    if (!known.includes(checkId)) {
      throw expected('match.checkId', `one of ${known.join(', ')}`, known);
    }
  }
  const until = untilOf(days, end, now).toISOString();
  const given = {
    ...(fingerprint !== undefined && { fingerprint }),
    ...(checkId !== undefined && { checkId }),
    ...(subject !== undefined && { subject }),
  };
  return { id: exceptionId(given, until), match: given, reason, author, createdAt: now.toISOString(), until };
}

function untilOf(days: number | undefined, until: string | undefined, now: Date): Date {
  if (days !== undefined && until !== undefined) {
    throw expected('until', 'either days or until, not both');
  }
  if (days !== undefined) {
    return new Date(daysInMs(Math.ceil(now.getTime() / daysInMs(1) + days)));
  }
  if (until === undefined) {
    throw expected('days', `one of ${DAYS.join(', ')}, or until: ${UNTIL}`, DAYS.map(String));
  }
  const end = new Date(until);
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + 1);
  if (!(end > now && end <= latest)) {
    throw expected('until', `a time after now and not after ${latest.toISOString()}, a year from now`);
  }
  return end;
}

function badRequestOf(issue: z.core.$ZodIssue | undefined): BadRequestError {
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const allowed = path.length === 0 ? FIELDS : MATCH_FIELDS;
    return expected([...path, ...issue.keys].join('.'), `no other fields than ${allowed.join(', ')}`, allowed);
  }
  const parameter = path.join('.') || 'body';
  return expected(parameter, issue?.message ?? 'something else', parameter === 'days' ? DAYS.map(String) : undefined);
}

function expected(parameter: string, what: string, allowed?: readonly string[]): BadRequestError {
  const name = parameter.slice(0, 100);
  return new BadRequestError(name, `${JSON.stringify(name)}: expected ${what}.`, allowed);
}

/** The same match until the same time is the same exception, however often it is asked for. */
function exceptionId({ fingerprint, checkId, subject }: Exception['match'], until: string): string {
  return uuidOf(
    JSON.stringify(['exception', fingerprint ?? null, checkId ?? null, subject?.toLowerCase() ?? null, until]),
  );
}
