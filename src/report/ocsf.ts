/**
 * A report as events of OCSF 1.5.0 (https://schema.ocsf.io/1.5.0): a Detection Finding for what a detection found, a Compliance
 * Finding for anything else that was judged.
 */
import ipaddr from 'ipaddr.js';
import { httpsLink } from '../alerts/safe-text';
import type { ShownFinding } from '../audit/exceptions';
import type { Evidence, Severity, Status } from '../audit/finding';
import type { CheckSummary } from '../audit/report';
import { isEvent } from '../audit/stops-when';
import { subscriptionIn } from '../inventory/arm-id';
import type { ShownReport } from './shown-report';
import { toJson } from './to-json';
import { TOOL } from './tool';

const VERSION = '1.5.0';

interface Value {
  readonly id: number;
  /** Its caption; where it is 99 (Other), our own word. */
  readonly name: string;
}

const CLASSES = {
  compliance: { id: 2003, name: 'Compliance Finding' },
  detection: { id: 2004, name: 'Detection Finding' },
} as const;

const SEVERITIES: Readonly<Record<Severity, Value>> = {
  critical: { id: 5, name: 'Critical' },
  high: { id: 4, name: 'High' },
  medium: { id: 3, name: 'Medium' },
  low: { id: 2, name: 'Low' },
  info: { id: 1, name: 'Informational' },
};

/** `Warning` is for what yielded no result for want of information. */
const COMPLIANCE: Readonly<Record<Status, Value>> = {
  fail: { id: 3, name: 'Fail' },
  notEvaluated: { id: 2, name: 'Warning' },
  pass: { id: 1, name: 'Pass' },
  notApplicable: { id: 99, name: 'Not applicable' },
};

const ACTIVITIES = {
  create: { id: 1, name: 'Create' },
  update: { id: 2, name: 'Update' },
  close: { id: 3, name: 'Close' },
} as const;

/** An array of events, one a finding. */
export function renderOcsf(report: ShownReport): string {
  const checks = new Map(report.checks.map((check) => [check.id, check]));
  return toJson(report.findings.map((finding) => eventOf(finding, checks.get(finding.checkId), report)));
}

function eventOf(finding: ShownFinding, check: CheckSummary | undefined, report: ShownReport) {
  const { checkId, severity, subject, message, remediation, exception, evidence, fingerprint } = finding;
  const isDetection = finding.status === 'fail' && isEvent(finding);
  const kind = isDetection ? CLASSES.detection : CLASSES.compliance;
  const activity = activityOf(finding, report);
  const status = lifecycleOf(finding);
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: kind.id,
    class_name: kind.name,
    type_uid: kind.id * 100 + activity.id,
    type_name: `${kind.name}: ${activity.name}`,
    severity_id: SEVERITIES[severity].id,
    severity: SEVERITIES[severity].name,
    time: Date.parse(report.finishedAt),
    message,
    metadata: {
      version: VERSION,
      profiles: ['cloud'],
      product: { name: TOOL.name, vendor_name: TOOL.name, version: TOOL.version, lang: 'en' },
      // The same event, were it fetched twice.
      uid: `${report.runId}/${fingerprint}`,
      correlation_uid: report.runId,
      event_code: checkId,
      tenant_uid: report.tenantId,
    },
    cloud: { provider: 'Azure', account: accountOf(subject.id, report.tenantId), org: { uid: report.tenantId } },
    finding_info: {
      uid: fingerprint,
      title: check?.title ?? checkId,
      desc: message,
      types: [checkId],
      first_seen_time: timeOf(finding.firstSeen),
      last_seen_time: Date.parse(report.finishedAt),
      src_url: httpsLink(subject.link),
      data_sources: finding.sources,
      analytic: { uid: checkId, name: check?.title, type_id: 1, type: 'Rule' },
      ...(isDetection && { attacks: attacksOf(evidence) }),
    },
    status_id: status.id,
    status: status.name,
    status_code: finding.status,
    comment: exception?.reason,
    resources: [{ uid: subject.id, name: subject.name, type: subject.kind }],
    ...(remediation !== '' && {
      remediation: { desc: remediation, references: check === undefined ? undefined : [check.link] },
    }),
    ...(isDetection ? detectionOf(finding) : { compliance: complianceOf(finding, check) }),
    unmapped: { ...(!isDetection && { evidence }), scope: finding.scope, because: finding.because, exception },
  };
}

/** What passes is closed, so that whoever keeps findings by their `uid` takes it for no problem any more. */
function activityOf({ status, firstSeen }: ShownFinding, { startedAt }: ShownReport): Value {
  switch (status) {
    case 'fail':
    case 'notEvaluated':
      return firstSeen === undefined || firstSeen >= startedAt ? ACTIVITIES.create : ACTIVITIES.update;
    case 'pass':
    case 'notApplicable':
      return ACTIVITIES.close;
  }
}

function lifecycleOf({ status, exception }: ShownFinding): Value {
  switch (status) {
    case 'fail':
    case 'notEvaluated':
      return exception === undefined ? { id: 1, name: 'New' } : { id: 3, name: 'Suppressed' };
    case 'pass':
      return { id: 4, name: 'Resolved' };
    case 'notApplicable':
      return { id: 99, name: COMPLIANCE.notApplicable.name };
  }
}

/** The subscription where the subject is in one, else the tenant. */
function accountOf(subjectId: string, tenantId: string) {
  return /^\/subscriptions\/[^/]+/i.test(subjectId)
    ? { uid: subscriptionIn(subjectId), type_id: 13, type: 'Azure Subscription' }
    : { uid: tenantId, type_id: 99, type: 'Microsoft Entra tenant' };
}

function complianceOf({ status, checkId, message, severity }: ShownFinding, check: CheckSummary | undefined) {
  const { id, name } = COMPLIANCE[status];
  const standards = [TOOL.name];
  return {
    control: check?.title ?? checkId,
    desc: check?.why,
    standards,
    requirements: [checkId],
    status_id: id,
    status: name,
    status_detail: message,
    checks: [
      {
        uid: checkId,
        name: check?.title,
        standards,
        status_id: id,
        status: name,
        severity_id: SEVERITIES[severity].id,
        severity: SEVERITIES[severity].name,
      },
    ],
  };
}

function detectionOf({ evidence, exception }: ShownFinding) {
  const { count } = evidence;
  return {
    is_alert: exception === undefined,
    start_time: timeOf(evidence['firstSeen']),
    end_time: timeOf(evidence['lastSeen']),
    count: Number.isInteger(count) ? count : undefined,
    evidences: [
      { name: 'sign-ins', data: evidence },
      ...listIn(evidence, 'addresses')
        // The last entry of a long list says how many more there are.
        .filter((address) => ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address))
        .map((ip) => ({ name: 'address', src_endpoint: { ip } })),
    ],
  };
}

/** Ids of MITRE ATT&CK: a sub-technique is `T1078.004`. */
function attacksOf(evidence: Evidence) {
  return [evidence['technique'], evidence['techniqueAfter']].flatMap((given) => {
    const [id, technique, sub] = /^(T\d{4})(?:\.(\d{3}))?$/.exec(typeof given === 'string' ? given : '') ?? [];
    if (id === undefined || technique === undefined) {
      return [];
    }
    const address = `https://attack.mitre.org/techniques/${technique}/`;
    return [
      {
        technique: { uid: technique, src_url: address },
        ...(sub !== undefined && { sub_technique: { uid: id, src_url: `${address}${sub}/` } }),
      },
    ];
  });
}

function listIn(evidence: Evidence, key: string): readonly string[] {
  const value = evidence[key];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Milliseconds since 1970. */
function timeOf(instant: unknown): number | undefined {
  const time = typeof instant === 'string' ? Date.parse(instant) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
