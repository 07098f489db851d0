import type { ShownReport } from './shown-report';

export function renderCsv(_report: ShownReport): string {
  throw new Error('to be written');
}
