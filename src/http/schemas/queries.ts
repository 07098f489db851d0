/**
 * The query string of each HTTP function: what handlers parse it by, and what `docs/openapi.json` says of it. A message
 * says what is allowed.
 */
import * as z from 'zod';
import { DIFF_KINDS } from '../../audit/diff';
import { SEVERITIES, STATUSES } from '../../audit/finding';
import { RUN_ID } from '../../audit/run-id';
import { FORMATS } from '../../report/formats';
import { ALERT_STATES } from '../../storage/outbox';

/** The host checks it; programs send it as a header instead, so that it stays out of logs. */
const key = { code: z.string().optional().describe('A function key, where it is not sent in `x-functions-key`.') };

export const DEFAULT_TOP = 1000;
export const MAX_TOP = 5000;

/** Longer than any name or ARM id. */
const MAX_TEXT = 1000;

const text = z.string().max(MAX_TEXT, `up to ${MAX_TEXT} characters`);
const texts = z.array(text).default([]);

const paging = {
  continuationToken: z
    .string()
    .min(1, 'a token of the page before')
    .optional()
    .describe('Of the page before: `continuationToken` of its body, or the link `next` of its header.'),
};

/** A page of so many at most. */
const topUpTo = (most: number) => {
  const allowed = `1 to ${most}`;
  return z.coerce.number(allowed).int(allowed).min(1, allowed).max(most, allowed);
};
const top = topUpTo(MAX_TOP);

const runId = z.string().regex(RUN_ID, 'the id of a run, as GET /api/reports lists them').optional();

/** Of a function that takes none. */
export const NO_QUERY = z.object(key);

export const REPORT_QUERY = z.object({
  status: z.array(z.enum(STATUSES)).default([]).describe('Findings of any of these statuses.'),
  severity: z.array(z.enum(SEVERITIES)).default([]).describe('Findings of any of these severities.'),
  check: texts.describe('Findings of any of these checks, by id; `checks` of the report lists them.'),
  subject: text.optional().describe('Findings about the subject with this id, or with this in its name.'),
  workspace: texts.describe('Findings about any of these Synapse workspaces, by name or ARM id.'),
  principal: texts.describe('Findings about any of these applications, by client id or object id.'),
  owner: text
    .optional()
    .describe(
      'Findings about the applications of this owner: a mail address, or a name where there is none; `none`: nobody.',
    ),
  q: text.optional().describe('Findings with all of these words in name or id of the subject, message or check.'),
  top: top.optional().describe(`Findings a page: ${DEFAULT_TOP} in JSON where it is not given, ${MAX_TOP} in files.`),
  ...paging,
  format: z.enum(FORMATS).optional().describe('What `Accept` asks for where it is not given.'),
  ...key,
});
export type ReportQuery = z.output<typeof REPORT_QUERY>;

export const DIFF_QUERY = z.object({
  from: runId.describe('The run before; where it is not given, that of the last full audit before the other.'),
  to: runId.describe('The run after; where it is not given, that of the latest report.'),
  kind: z.array(z.enum(DIFF_KINDS)).default([]).describe('Changes of any of these kinds.'),
  top: top.default(DEFAULT_TOP).describe('Changes a page.'),
  ...paging,
  ...key,
});

export const HISTORY_QUERY = z.object({
  top: topUpTo(1000).default(100).describe('Runs a page.'),
  ...paging,
  audit: z.enum(['full', 'signIns']).optional().describe('Runs that set out to audit this.'),
  ...key,
});

export const ALERTS_QUERY = z.object({
  state: z.enum(ALERT_STATES).default('failed').describe('What became of the alerts.'),
  ...key,
});

export const EXCEPTIONS_QUERY = z.object({
  fingerprint: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^(?:[0-9a-f]{64})?$/, '64 hexadecimal digits, as the report shows them')
    .optional()
    .describe('Exceptions that are about this open finding.'),
  ...key,
});
