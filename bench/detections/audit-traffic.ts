/** Audits of generated traffic, as the function for sign-ins does them, but for what it stores. */
import type { EvaluationContext } from '../../src/audit/evaluate';
import { evaluate } from '../../src/audit/evaluate';
import { chooseChecks } from '../../src/audit/choose-checks';
import type { Check } from '../../src/audit/check';
import type { Finding } from '../../src/audit/finding';
import { isSignInCheck } from '../../src/audit/sign-in-checks';
import { judgedPeriod, periodsAfter, readUntilAfter, type ReadUntil } from '../../src/audit/sign-in-window';
import checks from '../../src/checks';
import type { ConnectAzure } from '../../src/inventory/azure/clients';
import { collectLogs } from '../../src/inventory/collect-logs';
import type { SignInWatch } from '../../src/inventory/sign-ins';
import { SIGN_IN_SOURCES, type Inventory } from '../../src/inventory/sources';
import type { AuditSettings } from '../../sandbox/traffic/audit-settings';

export interface TrafficAudit {
  readonly findings: readonly Finding[];
  /** That were judged. */
  readonly rows: number;
  readonly readMilliseconds: number;
  readonly judgeMilliseconds: number;
  /** For the next audit. */
  readonly readUntil: ReadUntil;
}

export interface TrafficAuditor {
  /** @param connect only logs are asked */
  audit(connect: ConnectAzure, now: Date, readUntil: ReadUntil): Promise<TrafficAudit>;
}

const TENANT = '00000000-0000-4000-8000-000000000000';

export const SIGN_IN_CHECKS: readonly Check[] = checks.filter(isSignInCheck);

/** @throws Error where a source could not be read: what is measured would be less than it seems */
export function auditorOf(watch: SignInWatch, { trustedNetworks, checkOptions }: AuditSettings): TrafficAuditor {
  const { options, problems } = chooseChecks(SIGN_IN_CHECKS, checkOptions);
  if (problems.length > 0) {
    throw new Error(problems.join('; '));
  }
  return {
    async audit(connect, now, readUntil) {
      const periodOf = periodsAfter(readUntil, now);
      const startedAt = performance.now();
      const inventory = await collectLogs(connect, new Set(SIGN_IN_SOURCES), {
        tenantId: TENANT,
        watch,
        periodOf,
        signal: new AbortController().signal,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      });
      const readAt = performance.now();
      const context: EvaluationContext = {
        now,
        tenantId: TENANT,
        portal: 'https://portal.azure.com',
        graph: 'https://graph.microsoft.com',
        options,
        drift: { compared: [], changes: [] },
        signIns: { period: judgedPeriod(inventory, periodOf, now), watch, trustedNetworks },
      };
      const findings = evaluate(SIGN_IN_CHECKS, inventory, context);
      const judgedAt = performance.now();
      const blind = findings.find(({ status }) => status === 'notEvaluated');
      if (blind !== undefined) {
        throw new Error(`${blind.checkId}: ${blind.message}`);
      }
      return {
        findings,
        rows: rowsIn(inventory),
        readMilliseconds: readAt - startedAt,
        judgeMilliseconds: judgedAt - readAt,
        readUntil: readUntilAfter(readUntil, inventory, now),
      };
    },
  };
}

function rowsIn(inventory: Inventory): number {
  const scopes = SIGN_IN_SOURCES.flatMap((source) => inventory[source] ?? []);
  return scopes.reduce((sum, { result }) => sum + (result.ok ? result.data.length : 0), 0);
}
