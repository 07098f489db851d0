import type { ConnectAzure } from '../../src/inventory/azure/clients';
import type { Finding } from '../../src/audit/finding';
import type { ReadUntil } from '../../src/audit/sign-in-window';
import type { Traffic } from '../../sandbox/traffic/traffic';
import type { TrafficAuditor } from './audit-traffic';

const HOUR_MS = 3_600_000;

/** By then every row of the month has arrived. */
const AFTERWARDS_MS = 6 * HOUR_MS;

export interface MonthAudited {
  /** Of all audits, the same one again and again where it lasts. */
  readonly findings: readonly Finding[];
  readonly audits: number;
  /** That were judged, in all audits together. */
  readonly rows: number;
  readonly readMilliseconds: number;
  readonly judgeMilliseconds: number;
}

/**
 * Audits the part of a month that is judged, again and again after so many hours, and once when everything has arrived.
 * @param azureAt what can be read at a moment
 */
export async function auditMonth(
  auditor: TrafficAuditor,
  { judgedFrom, until }: Pick<Traffic, 'judgedFrom' | 'until'>,
  hoursBetween: number,
  azureAt: (now: Date) => ConnectAzure,
): Promise<MonthAudited> {
  const end = until.getTime() + AFTERWARDS_MS;
  const findings: Finding[] = [];
  const sums = { audits: 0, rows: 0, readMilliseconds: 0, judgeMilliseconds: 0 };
  let readUntil: ReadUntil = {};
  for (let at = judgedFrom.getTime(); at < end;) {
    at = Math.min(at + hoursBetween * HOUR_MS, end);
    const now = new Date(at);
    const audit = await auditor.audit(azureAt(now), now, readUntil);
    findings.push(...audit.findings);
    sums.audits += 1;
    sums.rows += audit.rows;
    sums.readMilliseconds += audit.readMilliseconds;
    sums.judgeMilliseconds += audit.judgeMilliseconds;
    readUntil = audit.readUntil;
  }
  return { findings, ...sums };
}
