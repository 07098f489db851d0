/** Judges aggregated rows in a process that does nothing else; or only counts them, which is the least one can do. */
import { evaluate } from '../../src/audit/evaluate';
import { answerParent } from '../answer-parent';
import { aggregateRows } from '../detections/aggregated-rows';
import { SIGN_IN_CHECKS } from '../detections/audit-traffic';

export interface JudgeQuestion {
  readonly rows: number;
  readonly seed: number;
  /** `floor`: a bare loop over the same rows. */
  readonly what: 'checks' | 'floor';
}

export interface Judged {
  readonly milliseconds: number;
  /** Of the whole process, with the rows in it. */
  readonly peakMemoryBytes: number;
  /** Verdicts, or sign-ins. */
  readonly count: number;
}

function measure({ rows: count, seed, what }: JudgeQuestion): Promise<Judged> {
  const { inventory, rows, watch, from, to } = aggregateRows(count, seed);
  const options = Object.fromEntries(
    SIGN_IN_CHECKS.map((check) => [check.id, check.options.parse(optionsOf(check.id))]),
  );
  const judge = () =>
    evaluate(SIGN_IN_CHECKS, inventory, {
      now: to,
      tenantId: '00000000-0000-4000-8000-000000000000',
      portal: 'https://portal.azure.com',
      graph: 'https://graph.microsoft.com',
      options,
      drift: { compared: [], changes: [] },
      signIns: { period: { from, to }, watch, trustedNetworks: ['198.51.100.0/24'] },
    }).length;
  const sum = () => {
    let signIns = 0;
    for (const row of rows) {
      signIns += row.count;
    }
    return signIns;
  };
  const startedAt = performance.now();
  const result = what === 'checks' ? judge() : sum();
  return Promise.resolve({
    milliseconds: performance.now() - startedAt,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    count: result,
  });
}

/** So that every check has something to judge. */
function optionsOf(checkId: string): object {
  return checkId === 'disallowed-country' ? { denied: ['KP'] } : {};
}

export const answers = { measure };
answerParent(answers);
