/** One report in each of its formats but HTML, which needs more than the report. Renderers are loaded when asked for. */
import type { Format } from './formats';
import type { ShownReport } from './shown-report';

/**
 * @param format `html` is a page: see `functions/report-page.ts`
 * @returns the body; its media type is in `MEDIA_TYPES`
 */
export async function render(report: ShownReport, format: Exclude<Format, 'html'>): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(report);
    case 'csv':
      return (await import('./csv')).renderCsv(report);
    case 'ocsf':
      return (await import('./ocsf')).renderOcsf(report);
    case 'sarif':
      return (await import('./sarif')).renderSarif(report);
    case 'text':
      return (await import('./text')).renderText(report);
  }
}
