import { singleLine } from '../../src/alerts/safe-text';
import type { ShownReport } from '../../src/report/shown-report';
import { renderText, SUMMARY, type Paint } from '../../src/report/text';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
}

/** The mails that went out with a report, and the report, as text for a terminal. */
export function renderSummary(report: ShownReport, mails: readonly Mail[], paint: Paint): string {
  return `${mailsOf(mails, paint).join('\n')}\n\n${renderText(report, paint, SUMMARY)}`;
}

function mailsOf(mails: readonly Mail[], paint: Paint): readonly string[] {
  return [
    paint('bold', 'Mail'),
    ...(mails.length === 0 ? ['  none'] : []),
    ...mails.map(({ to, subject }) => `  ${shown(to.join(', '))}: ${shown(subject)}`),
  ];
}

function shown(text: string): string {
  return singleLine(text, Number.POSITIVE_INFINITY);
}
