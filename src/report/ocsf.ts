import type { ShownReport } from './shown-report';

export function renderOcsf(_report: ShownReport): string {
  throw new Error('to be written');
}
