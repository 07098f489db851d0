import type { ShownReport } from './shown-report';

export function renderText(_report: ShownReport): string {
  throw new Error('to be written');
}
