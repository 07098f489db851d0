/**
 * What monitors watch, in Prometheus' text format 0.0.4:
 * https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
 * What is not known has no sample, as 0 would be an answer.
 */
import { SEVERITIES, STATUSES } from '../audit/finding';
import type { RunSummary } from '../audit/overview';

/** Of text format 0.0.4. */
export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricFacts {
  readonly now: Date;
  /** Of the latest report; `undefined`: no audit has finished yet. */
  readonly report: RunSummary | undefined;
  /** When the last report was finished that lacked nothing, ISO 8601. */
  readonly lastCompleteAt: string | undefined;
  /** What `GET /api/status` answers 200 for. */
  readonly healthy: boolean;
  readonly stale: boolean;
  readonly signInsStale: boolean;
  /** It says so, or stopped without a word. */
  readonly lastRunFailed: boolean;
  /** Of this app. */
  readonly version: string;
  /** `undefined`: none are sent. */
  readonly alerts: { readonly counts: Readonly<Record<string, number>>; readonly failing: number } | undefined;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

interface Metric {
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
  /** None where it is not known. */
  readonly samples: readonly Sample[];
}

const PREFIX = 'synapse_audit_';
const OVERALLS = ['clean', 'attention', 'incomplete', 'none'] as const;

/** All of it are gauges. */
export function renderMetrics(facts: MetricFacts): string {
  return metricsOf(facts)
    .filter(({ samples }) => samples.length > 0)
    .map(render)
    .join('');
}

function metricsOf({ now, report, alerts, ...facts }: MetricFacts): readonly Metric[] {
  const since = (instant: string | null | undefined) => optional(instant, (time) => (now.getTime() - time) / 1000);
  const overall = report?.overall ?? 'none';
  return [
    {
      name: 'build_info',
      help: 'The version of the auditor; always 1.',
      samples: [[{ version: facts.version }, 1]],
    },
    {
      name: 'healthy',
      help: 'Whether the last report is fresh and complete, the last run succeeded and alerts arrive.',
      samples: flag(facts.healthy),
    },
    {
      name: 'overall',
      help: 'What the last report says, by state: 1 for the one that it is in; none is before the first report.',
      samples: OVERALLS.map((state): Sample => [{ state }, Number(state === overall)]),
    },
    {
      name: 'findings',
      help: 'Findings of the last report, by status.',
      samples: report === undefined ? [] : STATUSES.map((status): Sample => [{ status }, report.totals[status]]),
    },
    {
      name: 'failing_findings',
      help: 'Failing findings of the last report, by severity.',
      samples:
        report === undefined ? [] : SEVERITIES.map((severity): Sample => [{ severity }, report.severities[severity]]),
    },
    {
      name: 'stale',
      help: 'Whether the last audit of everything is too long ago, or there was none.',
      samples: flag(facts.stale),
    },
    {
      name: 'full_audit_age_seconds',
      help: 'Since the last audit of everything that was published began.',
      samples: since(report?.fullAuditAt),
    },
    {
      name: 'complete_report_age_seconds',
      help: 'Since the last report was finished that lacked nothing.',
      samples: since(facts.lastCompleteAt),
    },
    {
      name: 'sign_ins_stale',
      help: 'Whether the next audit of sign-ins is overdue.',
      samples: flag(facts.signInsStale),
    },
    {
      name: 'sign_in_audit_age_seconds',
      help: 'Since the last audit of sign-ins that was published began; absent where no check of theirs is on.',
      samples: since(report?.signInsAt),
    },
    {
      name: 'last_run_failed',
      help: 'Whether the newest run failed, or stopped before it finished.',
      samples: flag(facts.lastRunFailed),
    },
    {
      name: 'next_expiry_seconds',
      help: 'Until the next credential ends that the last report knows of; negative once it has.',
      samples: optional(report?.nextExpiry?.endsAt, (time) => (time - now.getTime()) / 1000),
    },
    {
      name: 'alerts_enabled',
      help: 'Whether alerts are sent anywhere.',
      samples: flag(alerts !== undefined),
    },
    {
      name: 'alerts',
      help: 'Alerts that are kept, by what became of them.',
      samples: Object.entries(alerts?.counts ?? {}).map(([state, count]): Sample => [{ state }, count]),
    },
    {
      name: 'alerts_failing',
      help: 'Alerts that do not arrive.',
      samples: alerts === undefined ? [] : [[{}, alerts.failing]],
    },
  ];
}

function flag(value: boolean): readonly Sample[] {
  return [[{}, Number(value)]];
}

/** @param valueOf of milliseconds since 1970 */
function optional(instant: string | null | undefined, valueOf: (time: number) => number): readonly Sample[] {
  const time = Date.parse(instant ?? '');
  return Number.isNaN(time) ? [] : [[{}, valueOf(time)]];
}

function render({ name, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => `${PREFIX}${name}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} gauge\n${lines.join('')}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** A backslash, a quote or the end of a line would end the value. */
function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
}
