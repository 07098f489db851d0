import type { ShownFinding } from '../../src/audit/exceptions';
import type { ShownReport } from '../../src/report/shown-report';

const PAGE_SIZE = 500;

/**
 * The latest report of the app with the findings of all its pages.
 * @param api base address of the app's functions, such as `http://localhost:7071/api`.
 * @throws Error where the app does not answer with a report.
 */
export async function fetchReport(api: string, signal: AbortSignal): Promise<ShownReport> {
  const findings: ShownFinding[] = [];
  let next: string | undefined;
  for (;;) {
    const { continuationToken, ...page } = await fetchPage(api, next, signal);
    findings.push(...page.findings);
    if (continuationToken === undefined) {
      return { ...page, findings };
    }
    next = continuationToken;
  }
}

async function fetchPage(
  api: string,
  continuationToken: string | undefined,
  signal: AbortSignal,
): Promise<ShownReport> {
  const query = new URLSearchParams({ top: String(PAGE_SIZE), ...(continuationToken && { continuationToken }) });
  const response = await fetch(`${api}/report?${query.toString()}`, {
    headers: { accept: 'application/json' },
    signal,
  });
  if (!response.ok) {
    const problem = await response.text();
    throw new Error(`There is no report to show: GET ${api}/report answered ${response.status} ${problem}`.trim());
  }
  return (await response.json()) as ShownReport;
}
