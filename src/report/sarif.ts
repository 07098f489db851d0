import type { ShownReport } from './shown-report';

export function renderSarif(_report: ShownReport): string {
  throw new Error('to be written');
}
