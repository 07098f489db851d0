import { SEVERITIES, type Severity } from '../audit/finding';
import type { ReportHeader } from '../audit/report';
import { counted } from '../audit/wording';

/** What the command says by its exit code; documented in `docs/command-line.md`. */
export const EXIT_CODES = { clean: 0, findings: 1, incomplete: 2, notRun: 3 } as const;

type Concluded = Pick<ReportHeader, 'overall' | 'severities'>;

/**
 * Incomplete outranks findings, as it does in the report (docs/decisions/0002-incomplete-outranks-attention.md): whoever
 * mends what was found would else take the next exit code for all that there is.
 * @param failOn findings of this severity or above count
 */
export function exitCodeOf(report: Concluded, failOn: Severity): number {
  if (report.overall === 'incomplete') {
    return EXIT_CODES.incomplete;
  }
  return countFrom(report, failOn) > 0 ? EXIT_CODES.findings : EXIT_CODES.clean;
}

/** The same in one line. */
export function conclusionOf(report: Concluded, failOn: Severity): string {
  const count = countFrom(report, failOn);
  const level = failOn === 'critical' ? 'critical severity' : `${failOn} severity or above`;
  const findings = `${count === 0 ? 'no finding' : counted(count, 'finding')} of ${level}`;
  const gaps = report.overall === 'incomplete' ? 'something could not be evaluated; ' : '';
  return `Exit code ${exitCodeOf(report, failOn)}: ${gaps}${findings}.`;
}

function countFrom({ severities }: Concluded, failOn: Severity): number {
  const counting = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return counting.reduce((sum, severity) => sum + severities[severity], 0);
}
