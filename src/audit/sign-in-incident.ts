/** Verdicts on sign-ins: incidents with what they rest on, and kinds of sign-ins without one. */
import type { SignInKind, SignIns } from '../inventory/sign-ins';
import type { CheckContext, Verdict } from './check';
import type { Evidence, Severity, Subject } from './finding';
import { codeOf } from './sign-in-codes';
import { countOf, principalKey, type SomeRows } from './sign-in-events';
import { lookFurther, type LookBy } from './sign-in-queries';
import { kindSubject } from './sign-in-subjects';
import { KIND_NAMES, minute, placeOf, spanOf } from './sign-in-wording';
import { evidenceList, steps } from './wording';

export interface Incident {
  readonly subject: Subject;
  readonly severity: Severity;
  readonly message: string;
  readonly rows: SomeRows;
  /** Id in MITRE ATT&CK: https://attack.mitre.org/techniques */
  readonly technique: string;
  readonly evidence?: Evidence;
  readonly remediation: readonly string[];
  readonly lookBy: LookBy;
}

export function incident(found: Incident): Verdict {
  return {
    subject: found.subject,
    status: 'fail',
    severity: found.severity,
    message: found.message,
    evidence: { ...evidenceOf(found.rows, found.technique), ...found.evidence },
    remediation: steps(
      ...found.remediation,
      'Look further, in Log Analytics:',
      ...lookFurther(found.rows, found.lookBy),
    ),
  };
}

/** What a message says, for machines; the sign-ins are those that did not succeed. */
function evidenceOf(rows: SomeRows, technique: string): Evidence {
  const { first, last } = spanOf(rows);
  const listed = (textOf: (row: SignIns) => string): readonly string[] => {
    const texts = new Set<string>();
    for (const row of rows) {
      texts.add(textOf(row));
    }
    texts.delete('');
    return evidenceList([...texts]);
  };
  return {
    technique,
    principals: listed(({ principalName }) => principalName),
    principalIds: listed(principalKey),
    applicationIds: listed(({ applicationId }) => applicationId),
    resources: listed(({ resource }) => resource),
    workspaceIds: listed(({ workspaceId }) => workspaceId),
    addresses: listed(({ address }) => address),
    places: listed(placeOf),
    countries: listed(({ country }) => country),
    count: countOf(rows),
    firstSeen: first.toISOString(),
    lastSeen: last.toISOString(),
    results: listed(({ result }) => result),
    meanings: listed((row) => codeOf(row).meaning),
    tables: listed(({ table }) => table),
    logWorkspaces: listed(({ readFrom }) => readFrom),
  };
}

/**
 * A pass for each kind of sign-ins that was seen and has no incident; nothing for a kind of which there was no row at all.
 *
 * @param nothing what there was none of, as a sentence ends with it
 */
export function passes(
  seen: readonly SignIns[],
  incidents: readonly SignIns[],
  nothing: string,
  { tenantId, signIns }: Pick<CheckContext<unknown>, 'tenantId' | 'signIns'>,
): readonly Verdict[] {
  const failed = kindsOf(incidents);
  const { from, to } = signIns.period;
  return [...kindsOf(seen)]
    .filter((kind) => !failed.has(kind))
    .map((kind) => ({
      subject: kindSubject(kind, tenantId),
      status: 'pass',
      message: `Sign-ins of ${KIND_NAMES[kind].many} from ${minute(from)} to ${minute(to)} UTC: ${nothing}.`,
      evidence: { from: from.toISOString(), to: to.toISOString() },
    }));
}

function kindsOf(rows: readonly SignIns[]): ReadonlySet<SignInKind> {
  const kinds = new Set<SignInKind>();
  for (const { kind } of rows) {
    kinds.add(kind);
  }
  return kinds;
}
