/** What several answers have. */
import * as z from 'zod';
import { SEVERITIES, STATUSES } from '../../audit/finding';

export const instant = z.iso.datetime().describe('ISO 8601, UTC.');
export const count = z.int().min(0);
export const runId = z.string().describe('`YYYYMMDDTHHMMSSZ-` and 8 hexadecimal digits.');
export const status = z.enum(STATUSES);
export const severity = z.enum(SEVERITIES);
export const totals = z.record(status, count).describe('Findings by status.');
export const severities = z.record(severity, count).describe('Failing findings by severity.');
export const overall = z
  .enum(['clean', 'attention', 'incomplete'])
  .describe('`clean`: everything was read and nothing fails; `incomplete`: something was not evaluated.');
/** When a run was, what of, and how things stood. */
export const runOutline = {
  runId,
  startedAt: instant,
  finishedAt: instant,
  fullAuditAt: instant,
  signInsAt: instant.nullable(),
  overall,
  totals,
};
export const nextExpiry = z
  .object({ endsAt: instant, name: z.string(), fingerprint: z.string() })
  .nullable()
  .describe('The next credential that ends, of all that were read.');
export const runReference = z.object({ runId, finishedAt: instant }).nullable();
export const changes = z
  .record(z.enum(['opened', 'worsened', 'unchanged', 'resolved', 'unconfirmed']), count)
  .describe('Since the report before, of the checks that ran.');
