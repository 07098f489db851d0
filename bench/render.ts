/** The figures as text: tables of right-aligned numbers, and the goals. */
import { median } from './median';
import {
  DELAY_MILLISECONDS,
  INSTANCE_MEGABYTES,
  type AuditFigures,
  type Round,
  type SourceRequests,
} from './measure-audit';
import type { ColdStart } from './measure-load';

export interface Goal {
  readonly title: string;
  readonly found: string;
  readonly goal: string;
  readonly met: boolean;
}

const MOST_AUDIT_RATIO = 1.5;
const MOST_EXTRA_REQUESTS = 0.02;
const MOST_MEGABYTES = 300;
const MOST_HTTP_SHARE = 0.5;

export function goalsOf({ atOnce, delayed, requests }: AuditFigures, { http, timer }: ColdStart): readonly Goal[] {
  // Services that answer at once leave only the auditor's own work in the ratio, and no such service exists.
  const ratio = median(delayed.map(({ floor, published }) => published / floor.milliseconds));
  const extra = sum(requests.map(({ made, least }) => made - least)) / sum(requests.map(({ least }) => least));
  const memory = Math.max(...[...atOnce, ...delayed].map(({ audit }) => audit.peakMemoryBytes)) / 1e6;
  const share = wall(http) / wall(timer);
  return [
    goal(
      `audit, of the floor at ${DELAY_MILLISECONDS} ms an answer`,
      ratio,
      MOST_AUDIT_RATIO,
      (value) => `${value.toFixed(2)} x`,
    ),
    goal('requests beyond the least possible', extra, MOST_EXTRA_REQUESTS, (value) => `${(value * 100).toFixed(1)} %`),
    goal(
      `peak memory of an audit on an instance of ${INSTANCE_MEGABYTES} MB`,
      memory,
      MOST_MEGABYTES,
      (value) => `${value.toFixed(0)} MB`,
    ),
    goal('cold load, HTTP of timer', share, MOST_HTTP_SHARE, (value) => `${value.toFixed(2)} x`),
  ];
}

export function goal(title: string, value: number, most: number, format: (value: number) => string): Goal {
  return { title, found: format(value), goal: `<= ${format(most)}`, met: value <= most };
}

export function renderAudit({ atOnce, delayed, roomy, requests }: AuditFigures): string {
  return [
    `Nightly audit, medians of ${atOnce.length} rounds; services answer at once`,
    renderRounds(atOnce),
    '',
    `The same, medians of ${delayed.length} rounds; services answer ${DELAY_MILLISECONDS} ms later`,
    renderRounds(delayed),
    `One more where V8 has all the memory of this machine: peak ${(roomy.peakMemoryBytes / 1e6).toFixed(0)} MB`,
    '',
    'Requests of an audit',
    renderRequests(requests),
  ].join('\n');
}

function renderRounds(rounds: readonly Round[]): string {
  const of = (values: readonly number[]) => median(values).toFixed(0);
  const ratio = (part: (round: Round) => number) =>
    median(rounds.map((round) => part(round) / round.floor.milliseconds)).toFixed(2);
  const memory = (values: readonly number[]) => (Math.max(...values) / 1e6).toFixed(0);
  const audits = rounds.map(({ audit }) => audit);
  const floors = rounds.map(({ floor }) => floor);
  return table(
    ['', 'wall ms', 'of the floor', 'processor ms', 'peak MB'],
    [
      [
        'floor: fetch and parse the same pages',
        of(floors.map(({ milliseconds }) => milliseconds)),
        '1.00',
        of(floors.map(({ processorMilliseconds }) => processorMilliseconds)),
        memory(floors.map(({ peakMemoryBytes }) => peakMemoryBytes)),
      ],
      ['reading', of(rounds.map(({ read }) => read)), ratio(({ read }) => read), '', ''],
      [
        'audit: read, judge, compare, publish, plan',
        of(rounds.map(({ published }) => published)),
        ratio(({ published }) => published),
        of(audits.map(({ processorMilliseconds }) => processorMilliseconds)),
        memory(audits.map(({ peakMemoryBytes }) => peakMemoryBytes)),
      ],
    ],
  );
}

function renderRequests(requests: readonly SourceRequests[]): string {
  return table(
    ['source', 'made', 'least', ''],
    [
      ...requests.map(({ name, made, least, because }) => [name, String(made), String(least), because]),
      ['all', String(sum(requests.map(({ made }) => made))), String(sum(requests.map(({ least }) => least))), ''],
    ],
    3,
  );
}

export function renderLoad({ http, httpWithIdentity, timer, node }: ColdStart): string {
  return [
    `Cold load of the bundle, medians of ${node.length} fresh processes`,
    table(
      ['', 'wall ms', 'of the timer', 'processor ms', 'files'],
      [http, httpWithIdentity, timer].map((figures) => [
        figures.name,
        wall(figures).toFixed(0),
        (wall(figures) / wall(timer)).toFixed(2),
        median(figures.samples.map(({ processorMilliseconds }) => processorMilliseconds)).toFixed(0),
        String(figures.files.length),
      ]),
    ),
    `Beside it, node -e 0 from start to end: ${median(node).toFixed(0)} ms`,
  ].join('\n');
}

export function renderGoals(goals: readonly Goal[]): string {
  return [
    'Goals',
    table(
      ['', 'found', 'goal', ''],
      goals.map(({ title, found, goal, met }) => [title, found, goal, met ? 'met' : 'MISSED']),
    ),
  ].join('\n');
}

/** @param textFrom from this column on cells are text as in the first, not numbers */
export function table(head: readonly string[], rows: readonly (readonly string[])[], textFrom = Infinity): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 || column >= textFrom ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return all.map((row) => `  ${line(row)}`).join('\n');
}

function wall({ samples }: ColdStart['http']): number {
  return median(samples.map(({ milliseconds }) => milliseconds));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
